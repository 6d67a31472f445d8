"""Tables of what models cost and of what spares them: the ledger, sums by scope, reservations, summaries."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from adapters.storage.codec import Moment
from adapters.storage.tables import metadata

model_call = Table(
    "model_call",
    metadata,
    Column("turn_id", String, primary_key=True),
    Column("fence", Integer, primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("day", String(10), nullable=False),
    Column("case_id", String, nullable=False),
    Column("customer_id", String, nullable=False),
    Column("author_id", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("platform", String, nullable=False),
    Column("route", String, nullable=False),
    Column("model", String, nullable=False),
    Column("endpoint", String, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("cached_tokens", BigInteger, nullable=False),
    Column("repeated_tokens", BigInteger, nullable=False),
    Column("is_estimate", Boolean, nullable=False),
    Column("nanos", BigInteger),
    Column("ms", Integer, nullable=False),
    Column("first_ms", Integer),
    Column("outcome", String, nullable=False),
    Index("ix_model_call_day", "day"),
    Index("ix_model_call_case_id", "case_id"),
)

budget = Table(
    "budget",
    metadata,
    Column("key", String, primary_key=True),
    Column("case_id", String, nullable=False),
    Column("customer_id", String, nullable=False),
    Column("author_id", String, nullable=False),
    Column("requests", BigInteger, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("nanos", BigInteger, nullable=False),
    Column("held_requests", BigInteger, nullable=False),
    Column("held_tokens", BigInteger, nullable=False),
    Column("held_nanos", BigInteger, nullable=False),
)

reservation = Table(
    "reservation",
    metadata,
    Column("turn_id", String, primary_key=True),
    Column("fence", Integer, primary_key=True, autoincrement=False),
    Column("case_id", String, nullable=False),
    Column("customer_id", String, nullable=False),
    Column("author_id", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("platform", String, nullable=False),
    Column("day", String(10), nullable=False),
    Column("scopes", String, nullable=False),
    Column("requests", BigInteger, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("nanos", BigInteger, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index("ix_reservation_expires_at", "expires_at"),
)

summary = Table(
    "summary",
    metadata,
    Column("case_id", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("through", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
)
