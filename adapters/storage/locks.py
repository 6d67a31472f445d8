"""One transaction at a time about the same thing, where several replicas share a database."""

from sqlalchemy import Connection, text

_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def hold(connection: Connection, name: str) -> None:
    """Others that hold this name wait until this transaction ends. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(_HOLD, {"name": name})
