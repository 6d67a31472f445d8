"""Tables of who is known to be which customer, and of what they were asked to prove it."""

from sqlalchemy import Column, Index, Integer, String, Table

from adapters.storage.codec import Moment
from adapters.storage.tables import metadata

link = Table(
    "identity_link",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("platform", String, primary_key=True),
    Column("author_id", String, primary_key=True),
    Column("customer_id", String, nullable=False),
    Column("how", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("until", Moment),
    Column("by", String, nullable=False),
    Index("ix_identity_link_customer_id", "customer_id"),
)

challenge = Table(
    "identity_challenge",
    metadata,
    Column("id", String, primary_key=True),
    Column("tenant", String, nullable=False),
    Column("platform", String, nullable=False),
    Column("author_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("customer_id", String, nullable=False),
    Column("about", String, nullable=False),
    Column("secret", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("waiting_turn", String, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("used_at", Moment),
    Index("ix_identity_challenge_author_id", "author_id", "tenant", "platform"),
    Index("ix_identity_challenge_about", "about"),
)
