"""Finished steps of turns, so that a restart makes none of them again."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import Connection, bindparam, delete, insert, select

from adapters.storage.codec import dump_json
from adapters.storage.enginetables import step
from adapters.storage.holding import must_hold
from core.turn import InboxEvent, Turn

_OF_TURN = select(step.c.key, step.c.result).where(
    step.c.turn_id == bindparam("turn_id"), step.c.covers == bindparam("covers")
)
_ADD = insert(step)
_FORGET = delete(step).where(step.c.turn_id == bindparam("of_turn"))


def covers(events: Iterable[InboxEvent]) -> str:
    """Tells one set of messages and decisions from another, by their content."""
    return hashlib.blake2b(dump_json(list(events)).encode(), digest_size=12).hexdigest()


def finished_steps(connection: Connection, turn_id: str, asked: str) -> dict[str, JsonValue]:
    """What earlier attempts finished over the same messages."""
    rows = connection.execute(_OF_TURN, {"turn_id": turn_id, "covers": asked}).all()
    return {row.key: row.result for row in rows}


def keep_step(connection: Connection, held: Turn, key: str, result: JsonValue, *, now: datetime) -> None:
    """Save a step that is finished. Raises `LostTurn`."""
    must_hold(connection, held)
    row = {"turn_id": held.id, "covers": held.covers, "key": key, "result": result, "at": now}
    known = connection.execute(_OF_TURN, {"turn_id": held.id, "covers": held.covers}).all()
    if key not in {each.key for each in known}:
        connection.execute(_ADD, row)


def forget_steps(connection: Connection, turn_id: str) -> None:
    """The turn has ended."""
    connection.execute(_FORGET, {"of_turn": turn_id})
