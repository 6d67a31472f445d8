"""Adding rows whose number the database gives."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Insert


def add_numbered(connection: Connection, statement: Insert, values: Mapping[str, Any]) -> int:
    """Insert one row; the number it got as its primary key."""
    key = connection.execute(statement, values).inserted_primary_key
    assert key is not None, "one row was inserted"
    return int(key[0])
