"""Tables of the staff's side: rooms, the relay's map, files that pass, ratings, promises, presences."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from adapters.storage.codec import JSON_COLUMN, Moment
from adapters.storage.tables import Counter, case_, metadata

room = Table(
    "room",
    metadata,
    Column("case_id", String, ForeignKey(case_.c.id), primary_key=True),
    Column("place", String, primary_key=True),
    Column("thread", String, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Index("ix_room_thread", "thread"),
)

relay = Table(
    "relay",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("case_id", String, ForeignKey(case_.c.id), nullable=False),
    Column("direction", String, nullable=False),
    Column("source", String, nullable=False),
    Column("target", String, nullable=False),
    Column("outbox_key", String, nullable=False, unique=True),
    Column("by", String, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("source", "target", name="uq_relay_source"),
    Index("ix_relay_case_id", "case_id"),
)

kept_file = Table(
    "kept_file",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("case_id", String, primary_key=True),
    Column("media_type", String, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("kept_at", Moment, nullable=False),
)

rating = Table(
    "rating",
    metadata,
    Column("case_id", String, ForeignKey(case_.c.id), primary_key=True),
    Column("score", Integer, nullable=False),
    Column("comment", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("resolved_by", String, nullable=False),
    Column("at", Moment, nullable=False),
)

callback = Table(
    "callback",
    metadata,
    Column("id", String, primary_key=True),
    Column("case_id", String, ForeignKey(case_.c.id), nullable=False),
    Column("kind", String, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("zone", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("state", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_callback_case_id", "case_id"),
)

duty = Table(
    "duty",
    metadata,
    Column("staff_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("is_away", Boolean, nullable=False),
    Column("until", Moment),
    Column("given_at", Moment),
    Column("tenants", JSON_COLUMN),
)

correction = Table(
    "correction",
    metadata,
    Column("case_id", String, ForeignKey(case_.c.id), primary_key=True),
    Column("category", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", Moment, nullable=False),
)

desk_session = Table(
    "desk_session",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("name", String, nullable=False),
    Column("mark", String(64), nullable=False),
    Column("form_key", String, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Index("ix_desk_session_name", "name"),
)
