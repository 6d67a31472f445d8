"""The raw events of cases, and the same figures counted by the database itself."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, select

from adapters.storage.audit import note as noted
from adapters.storage.database import Database
from adapters.storage.desktables import rating
from adapters.storage.moneytables import model_call
from adapters.storage.tables import audit, case_, message, turn
from core.prices import NANOS
from core.report import Event

_AUDIT = select(audit).order_by(audit.c.seq)
_SAID = select(message.c.case_id, message.c.speaker, message.c.at).order_by(message.c.seq)
_TURNS = select(turn.c.case_id, turn.c.ended_at, turn.c.requests, turn.c.tokens).where(turn.c.ended_at.is_not(None))
_SPENT = select(model_call.c.case_id, model_call.c.at, model_call.c.nanos).where(model_call.c.case_id != "")
_RATED = select(rating.c.case_id, rating.c.at, rating.c.score, rating.c.comment)


class StoredLedger:
    """Reads what happened."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def events(self) -> list[Event]:
        """Everything that figures are made of, oldest first."""
        return await self._database.read(read_events)

    async def note(self, case_id: str, what: str, *, by: str, **detail: str) -> None:
        """Keep that somebody did something with a case that changes nothing in it."""
        now = self._database.now()
        await self._database.write(
            lambda connection: noted(connection, at=now, case_id=case_id, what=what, by=by, **detail)
        )

    async def counted(self) -> dict[str, float]:
        """Some of the figures, by the database's own sums over the tables as they stand now."""
        return await self._database.read(count)


def read_events(connection: Connection, *, of_cases: Sequence[str] | None = None) -> list[Event]:
    """All events over one connection; of some cases, only what their clocks are computed from."""
    moves = _AUDIT if of_cases is None else _AUDIT.where(audit.c.case_id.in_(of_cases))
    words = _SAID if of_cases is None else _SAID.where(message.c.case_id.in_(of_cases))
    events = [
        Event(row.at, row.case_id, row.what, row.by, {key: str(value) for key, value in row.detail.items()})
        for row in connection.execute(moves).all()
    ]
    events += [Event(row.at, row.case_id, f"said:{row.speaker}", row.speaker) for row in connection.execute(words)]
    if of_cases is not None:
        return sorted(events, key=lambda event: event.at)
    events += [
        Event(row.ended_at, row.case_id, "turn", "bot", {"requests": str(row.requests), "tokens": str(row.tokens)})
        for row in connection.execute(_TURNS)
    ]
    events += [
        Event(row.at, row.case_id, "spent", "bot", {"nanos": "" if row.nanos is None else str(row.nanos)})
        for row in connection.execute(_SPENT)
    ]
    events += [
        Event(row.at, row.case_id, "rated", "customer", {"score": str(row.score)}) for row in connection.execute(_RATED)
    ]
    return sorted(events, key=lambda event: event.at)


def count(connection: Connection) -> dict[str, float]:
    """Sums over the tables themselves, not over events."""

    def one(statement: Select[Any]) -> float:
        return float(connection.execute(statement).scalar_one() or 0)

    cases = select(func.count()).select_from(case_)
    return {
        "cases": one(cases),
        "confirmed": one(cases.where(case_.c.resolution == "confirmed")),
        "assumed": one(cases.where(case_.c.resolution == "assumed")),
        "closed": one(cases.where(case_.c.state == "closed")),
        "requests": one(select(func.sum(turn.c.requests)).where(turn.c.ended_at.is_not(None))),
        "tokens": one(select(func.sum(turn.c.tokens)).where(turn.c.ended_at.is_not(None))),
        "cost": one(select(func.sum(model_call.c.nanos)).where(model_call.c.case_id != "")) / NANOS,
        "ratings": one(select(func.count()).select_from(rating)),
        "csat": one(select(func.avg(rating.c.score))),
    }
