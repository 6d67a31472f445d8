"""What people look at: posts, explanations, and what it took."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, or_, select

from adapters.storage.database import Database
from adapters.storage.posts import delivery_of
from adapters.storage.tables import outbox, turn
from core.conversation import Thread
from core.turn import Posted, TurnTrace

_POSTS = (
    select(outbox)
    .where(outbox.c.thread == bindparam("thread"), outbox.c.id > bindparam("after"))
    .order_by(outbox.c.id)
    .limit(bindparam("limit"))
)
_TRACES = (
    select(turn)
    .where(or_(turn.c.id == bindparam("id"), turn.c.case_id == bindparam("id")))
    .order_by(turn.c.began_at, turn.c.id)
)
_SUMS = select(func.coalesce(func.sum(turn.c.requests), 0), func.coalesce(func.sum(turn.c.tokens), 0))
_OF_CASE = _SUMS.where(turn.c.case_id == bindparam("case_id"))
_OF_DAY = _SUMS.where(turn.c.ended_at >= bindparam("begin"), turn.c.ended_at < bindparam("end"))


class StoredDesk:
    """The `Desk` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def posts(self, thread: Thread, *, after: int, limit: int) -> list[Posted]:
        """Posts of a thread whose delivery id is above `after`, oldest first, with their state."""
        asked = {"thread": thread.key, "after": after, "limit": limit}
        return await self._database.read(
            lambda connection: [
                Posted(delivery_of(row), row.state, row.at, row.why) for row in connection.execute(_POSTS, asked).all()
            ]
        )

    async def trace(self, turn_or_case: str) -> list[TurnTrace]:
        """Why it happened: the turn of this id, or all turns of the case of this id, oldest first."""
        return await self._database.read(
            lambda connection: [trace_of(row) for row in connection.execute(_TRACES, {"id": turn_or_case}).all()]
        )

    async def usage(self, case_id: str) -> tuple[int, int]:
        """Model requests and tokens of a case so far."""
        return await self._database.read(
            lambda connection: _pair(connection.execute(_OF_CASE, {"case_id": case_id}).one())
        )

    async def usage_of_day(self, day: date) -> tuple[int, int]:
        """Model requests and tokens of all turns that ended on this day (UTC)."""
        begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
        span = {"begin": begin, "end": begin + timedelta(days=1)}

        def work(connection: Connection) -> tuple[int, int]:
            return _pair(connection.execute(_OF_DAY, span).one())

        return await self._database.read(work)


def _pair(row: Row[Any, Any]) -> tuple[int, int]:
    return int(row[0]), int(row[1])


def trace_of(row: Row[Any]) -> TurnTrace:
    """The row as the core sees it."""
    return TurnTrace(
        id=row.id,
        case_id=row.case_id,
        state=row.state,
        outcome=row.outcome,
        attempt=row.attempt,
        began_at=row.began_at,
        ended_at=row.ended_at,
        steps=row.trace or (),
        used=row.used or (),
    )
