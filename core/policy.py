"""Who has to agree before something is done: a table of the operator's, checked as a whole at start."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from core.conditions import Fact, FactValue
from core.tables import Row, Table

Verdict = Literal["auto", "confirm", "ask", "refuse"]
"""Runs now; waits for the customer's yes; waits for staff; is not done here."""


class Agreement(BaseModel):
    """What a row of the table says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verdict: Verdict


FACTS = (
    Fact("effect", "choice", ("read", "write", "money")),
    Fact("needs", "choice", ("policy", "customer", "staff")),
    Fact("amount", "number", is_optional=True),
    Fact("over", "choice", ("nothing", "limit", "call", "customer", "day")),
    Fact("standing", "choice", ("normal", "new", "watched")),
    Fact("confidence", "choice", ("high", "some", "low")),
    Fact("tainted", "flag"),
)
"""effect, needs: as the tool declares them. amount: the money it would move, if any. over: the highest cap it
passes: `limit` (staff look), `call` (never), the customer's or the house's sum of the last 24 hours. standing: of the
customer, as a look-up told it. confidence: that the customer wished for this; high: in so many words. tainted: the
model has read what nobody vouches for."""


def _row(name: str, verdict: Verdict, **when: str | bool | list[str]) -> Row[Agreement]:
    return Row[Agreement](name=name, when=dict(when), then=Agreement(verdict=verdict))  # pyright: ignore[reportArgumentType]


DEFAULT_ROWS = (
    _row("never in one go", "refuse", over="call"),
    _row("the tool asks for staff", "ask", needs="staff"),
    _row("over a cap", "ask", over=["limit", "customer", "day"]),
    _row("money of somebody watched", "ask", effect="money", standing="watched"),
    _row("the tool asks the customer", "confirm", needs="customer"),
    _row("foreign text may have ordered it", "confirm", tainted=True, confidence=["some", "low"]),
    _row("anything else", "auto"),
)


class Policy:
    """Judges an effect. Raises `SettingsError` for a table with gaps or rows that nothing can reach."""

    def __init__(self, rows: tuple[Row[Agreement], ...] = DEFAULT_ROWS) -> None:
        self._table = Table(rows, FACTS, name="[approvals] rows")

    def judge(self, facts: Mapping[str, FactValue]) -> tuple[Verdict, str]:
        """The verdict, and why in one line."""
        found = self._table.decide(facts)
        return found.decision.verdict, found.why


def passes(amount: Decimal | None, caps: Mapping[str, Decimal], spent: Mapping[str, Decimal]) -> str:
    """The highest cap that an amount passes; `nothing` when it passes none. A cap of 0 is no cap, but for `limit`."""
    if amount is None:
        return "nothing"
    if 0 < caps["call"] < amount:
        return "call"
    for name in ("day", "customer"):
        if 0 < caps[name] < amount + spent[name]:
            return name
    return "limit" if amount > caps["limit"] else "nothing"
