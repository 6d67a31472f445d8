"""Timers kept in the database, each rung once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from adapters.storage.database import Database
from adapters.storage.enginetables import timer
from core.timers import Timer

_FIRST_WAIT_S = 60.0
_LONGEST_WAIT_S = 3_600.0

_STATE = select(timer.c.state).where(timer.c.id == bindparam("id")).with_for_update()
_ADD = insert(timer)
_REPLACE = (
    update(timer)
    .where(timer.c.id == bindparam("of_id"))
    .values(
        {name: bindparam(name) for name in ("kind", "due_at", "look_at", "payload", "case_id", "state", "attempts")}
    )
)
_CANCEL = update(timer).where(timer.c.id == bindparam("of_id"), timer.c.state == "waiting").values(state="cancelled")
_LOOK = (
    select(timer)
    .where(
        timer.c.state == "waiting",
        timer.c.look_at <= bindparam("now"),
        timer.c.kind.in_(bindparam("kinds", expanding=True)),
    )
    .order_by(timer.c.look_at, timer.c.id)
    .limit(bindparam("limit"))
)
_DUE = _LOOK.with_for_update(skip_locked=True)
_IS_DUE = _LOOK.with_only_columns(timer.c.id)
_TAKE = (
    update(timer)
    .where(timer.c.id == bindparam("of_id"))
    .values(look_at=bindparam("look_at"), attempts=timer.c.attempts + 1)
)
_RANG = (
    update(timer)
    .where(timer.c.id == bindparam("of_id"), timer.c.state == "waiting", timer.c.due_at == bindparam("was_due_at"))
    .values(state="rang")
)


def set_timer(connection: Connection, new: Timer) -> bool:
    """Keep a timer together with what it belongs to; False when it has rung before."""
    values: dict[str, Any] = {
        "kind": new.kind,
        "due_at": new.due_at,
        "look_at": new.due_at,
        "payload": dict(new.payload),
        "case_id": new.case_id,
        "state": "waiting",
        "attempts": 0,
    }
    state = connection.execute(_STATE, {"id": new.id}).scalar_one_or_none()
    if state == "rang":
        return False
    if state is None:
        connection.execute(_ADD, {"id": new.id, **values})
    else:
        connection.execute(_REPLACE, {"of_id": new.id, **values})
    return True


def cancel_timer(connection: Connection, timer_id: str) -> bool:
    """Stop a timer together with what it belonged to."""
    return connection.execute(_CANCEL, {"of_id": timer_id}).rowcount == 1


class StoredTimers:
    """The `Timers` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def set(self, timer: Timer) -> bool:
        """Keep it; False when it has rung."""
        return await self._database.write(partial(set_timer, new=timer))

    async def cancel(self, timer_id: str) -> bool:
        """It will not ring; False when there was nothing to stop."""
        return await self._database.write(partial(cancel_timer, timer_id=timer_id))

    async def take(self, kinds: Sequence[str], *, limit: int) -> list[Timer]:
        """Due timers of these kinds, each to one taker; what is not reported as `rang` comes back."""
        asked = {"now": self._database.now(), "kinds": list(kinds), "limit": limit}
        # Most looks find nothing, and those should cost no write.
        if not await self._database.read(lambda connection: connection.execute(_IS_DUE, asked).first() is not None):
            return []
        return await self._database.write(partial(_take, asked=asked, now=self._database.now()))

    async def rang(self, timer: Timer) -> None:
        """Its handler is through. One that was set anew meanwhile stays."""
        done = {"of_id": timer.id, "was_due_at": timer.due_at}

        def work(connection: Connection) -> None:
            connection.execute(_RANG, done)

        await self._database.write(work)


def _take(connection: Connection, asked: dict[str, Any], now: datetime) -> list[Timer]:
    rows = connection.execute(_DUE, asked).all()
    for row in rows:
        wait_s = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2**row.attempts)
        connection.execute(_TAKE, {"of_id": row.id, "look_at": now + timedelta(seconds=wait_s)})
    return [_timer(row) for row in rows]


def _timer(row: Row[Any]) -> Timer:
    return Timer(id=row.id, kind=row.kind, due_at=row.due_at, payload=row.payload, case_id=row.case_id)
