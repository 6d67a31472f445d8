"""Tables of what keeps turns going: timers, finished steps, replicas, and how far channels were read."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table

from adapters.storage.codec import JSON_COLUMN, Moment
from adapters.storage.tables import metadata, partial_index

timer = Table(
    "timer",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("look_at", Moment, nullable=False),
    Column("payload", JSON_COLUMN, nullable=False),
    Column("case_id", String, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    partial_index("ix_timer_waiting", "look_at", "kind", where="state = 'waiting'"),
)

step = Table(
    "step",
    metadata,
    Column("turn_id", String, primary_key=True),
    Column("covers", String(32), primary_key=True),
    Column("key", String, primary_key=True),
    Column("result", JSON_COLUMN, nullable=False),
    Column("at", Moment, nullable=False),
)

replica = Table(
    "replica",
    metadata,
    Column("id", String, primary_key=True),
    Column("host", String, nullable=False),
    Column("beat", Integer, nullable=False),
    Column("beat_at", Moment, nullable=False),
    Column("state", String, nullable=False),
    partial_index("ix_replica_alive", "id", where="state = 'alive'"),
)

cursor = Table(
    "cursor",
    metadata,
    Column("place", String, primary_key=True),
    Column("platform", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("position", String, nullable=False),
    Column("behind", String),
    Column("is_direct", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_cursor_platform", "platform", "tenant"),
)
