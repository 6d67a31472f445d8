"""Tables of what was learned from people: verified answers with their variants, and gaps."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from adapters.storage.codec import JSON_COLUMN, Moment
from adapters.storage.tables import Counter, metadata

verified_answer = Table(
    "verified_answer",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("text", Text, nullable=False),
    Column("owner", String, nullable=False),
    Column("state", String, nullable=False),
    Column("approved_on", Date),
    Column("expires_on", Date),
    Column("audience", JSON_COLUMN, nullable=False),
    Column("case_id", String, nullable=False),
    Column("changed", Integer, nullable=False),
    Index("ix_verified_answer_case_id", "case_id"),
)

answer_variant = Table(
    "answer_variant",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("answer_id", Counter, ForeignKey(verified_answer.c.id, ondelete="CASCADE"), nullable=False),
    Column("text", Text, nullable=False),
    Column("case_id", String, nullable=False),
    Index("ix_answer_variant_answer_id", "answer_id"),
    Index("ix_answer_variant_case_id", "case_id"),
)

gap = Table(
    "gap",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("kind", String, nullable=False),
    Column("question", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("case_id", String, nullable=False),
    Column("turn_id", String, nullable=False),
    Column("thread", String, nullable=False),
    Column("answer", Text, nullable=False),
    Column("correction", Text, nullable=False),
    UniqueConstraint("case_id", "turn_id", "kind", name="uq_gap_case_id"),
    Index("ix_gap_at", "at"),
)
