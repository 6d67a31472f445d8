"""Tables of the library, the same on SQLite and PostgreSQL.

Most of it is derived and can be read anew from the sources; what people decided (`kb_source`, `kb_cleared`) cannot.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import JSON

JSON_COLUMN = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

metadata = MetaData()

meta = Table(
    "kb_meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", BigInteger, nullable=False),
    Column("text", String, nullable=False),
)

source = Table(
    "kb_source",
    metadata,
    Column("name", String, primary_key=True),
    Column("settings", JSON_COLUMN, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("report", JSON_COLUMN),
)

cleared = Table(
    "kb_cleared",
    metadata,
    Column("passage_id", String, primary_key=True),
    Column("by", String, nullable=False),
    Column("at", String, nullable=False),
)

document = Table(
    "kb_document",
    metadata,
    Column("source", String, primary_key=True),
    Column("place", String, primary_key=True),
    Column("sha256", String, nullable=False),
    Column("about", JSON_COLUMN, nullable=False),
)

passage = Table(
    "kb_passage",
    metadata,
    Column("source", String, primary_key=True),
    Column("place", String, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("id", String, nullable=False),
    Column("shown", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("audience", JSON_COLUMN, nullable=False),
    Column("language", String, nullable=False),
    Column("changed", String, nullable=False),
    Column("flags", JSON_COLUMN, nullable=False),
    Column("is_flagged", Boolean, nullable=False),
    Index("ix_kb_passage_id", "id"),
)

vector = Table(
    "kb_vector",
    metadata,
    Column("embedder", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

DERIVED = (document, passage)
VERSION = 1
"""Counted up when a derived table changes its shape; then it is made anew and the next sync fills it."""
