"""Core values as columns: frozen dataclasses to JSON and back, and moments in UTC."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json
from sqlalchemy import JSON, DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

JSON_COLUMN = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def dump_json(value: object) -> str:
    """JSON text of any core value; the database engines use it for every JSON column."""
    return to_json(value).decode()


def load_json(text: str | bytes) -> Any:
    """Plain JSON values; `Packed` columns make core values of them."""
    return from_json(text)


@cache
def _reader(value_type: Any) -> TypeAdapter[Any]:
    return TypeAdapter(value_type)


class Packed(TypeDecorator[Any]):
    """A JSON column that holds one kind of core value."""

    impl = JSON_COLUMN
    cache_ok = True

    def __init__(self, value_type: Any) -> None:
        super().__init__()
        self.value_type = value_type

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """The engine's serializer understands dataclasses, so they pass as they are."""
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """The core value; a row that an older version wrote gets the defaults of newer fields."""
        return None if value is None else _reader(self.value_type).validate_python(value)


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite keeps it as text of fixed width, which sorts by time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite drops the zone when it writes, so the value must be in UTC before."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What SQLite gives back has lost its zone."""
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
