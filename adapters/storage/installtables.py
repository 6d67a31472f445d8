"""Tables of the workspaces that have installed the bot."""

from sqlalchemy import Column, String, Table, Text

from adapters.storage.codec import Moment
from adapters.storage.tables import metadata

installation = Table(
    "installation",
    metadata,
    Column("platform", String, primary_key=True),
    Column("tenant", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("token", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("at", Moment, nullable=False),
)

install_state = Table(
    "install_state",
    metadata,
    # A digest: whoever reads the database cannot finish somebody else's installation.
    Column("digest", String, primary_key=True),
    Column("until", Moment, nullable=False),
)
