"""Sums over the ledger of model calls."""

from typing import Any, Literal

from sqlalchemy import Connection, String, case, func, literal, select

from adapters.storage.database import Database
from adapters.storage.moneytables import model_call
from core.costs import Spent

By = Literal["day", "route", "case", "tenant", "customer", "model", "outcome"]
_COLUMNS: dict[By, Any] = {
    "day": model_call.c.day,
    "route": model_call.c.route,
    "case": model_call.c.case_id,
    "tenant": model_call.c.platform + ":" + model_call.c.tenant,
    "customer": case((model_call.c.customer_id != "", model_call.c.customer_id), else_=model_call.c.author_id),
    "model": model_call.c.model,
    "outcome": model_call.c.outcome,
}


class StoredCosts:
    """Reads what models cost."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by(self, what: By, *, since: str = "") -> list[Spent]:
        """Sums by one thing, from a day on (`2026-11-24`)."""
        column = _COLUMNS[what]
        statement = _sums(column, since).group_by(column).order_by(column)
        return await self._database.read(lambda connection: _read(connection, statement))

    async def total(self, *, since: str = "") -> Spent:
        """One sum over everything from a day on."""
        statement = _sums(literal("", String), since)
        return (await self._database.read(lambda connection: _read(connection, statement)))[0]


def _sums(key: Any, since: str) -> Any:
    call = model_call.c

    def total(column: Any) -> Any:
        return func.coalesce(func.sum(column), 0)

    return select(
        key,
        func.count(),
        total(call.requests),
        total(call.input_tokens),
        total(call.output_tokens),
        total(call.cached_tokens),
        total(call.repeated_tokens),
        total(call.nanos),
        total(case((call.nanos.is_(None), 1), else_=0)),
        total(case((call.is_estimate, 1), else_=0)),
        total(case((call.outcome != "done", 1), else_=0)),
        func.count(func.distinct(func.nullif(call.case_id, ""))),
        func.count(func.distinct(func.nullif(call.turn_id, ""))),
        total(call.ms),
    ).where(call.day >= since)


def _read(connection: Connection, statement: Any) -> list[Spent]:
    return [Spent(str(row[0] or ""), *map(int, row[1:])) for row in connection.execute(statement).all()]
