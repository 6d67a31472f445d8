"""The table of timers."""

from sqlalchemy import Column, Integer, String, Table

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
