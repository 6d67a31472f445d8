"""Who has to agree before something is done: a table of the operator's, checked as a whole at start."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from core.conditions import Fact, FactValue
from core.evidence import PHOTOS
from core.tables import Row, Table


@dataclass(frozen=True, slots=True)
class Caps:
    """What may be paid without a person since a moment, in one currency; 0: no cap."""

    customer: Decimal
    day: Decimal
    since: datetime


Verdict = Literal["auto", "confirm", "ask", "photo", "refuse"]
"""Runs now; waits for the customer's yes; waits for staff; waits for a picture of it; is not done here."""


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
    Fact("damaged", "flag"),
    Fact("photo", "choice", PHOTOS),
)
"""effect, needs: as the tool declares them. amount: the money it would move, if any. over: the highest cap it
passes: `limit` (staff look), `call` (never), the customer's or the house's sum of the last 24 hours. standing: of the
customer, as a look-up told it. confidence: that the customer wished for this; high: in so many words. tainted: the
model has read what nobody vouches for. damaged: something is said to be. photo: what the customer's pictures say to
that, see `core.evidence`."""


def _row(name: str, verdict: Verdict, **when: str | bool | list[str]) -> Row[Agreement]:
    return Row[Agreement](name=name, when=dict(when), then=Agreement(verdict=verdict))  # pyright: ignore[reportArgumentType]


DEFAULT_ROWS = (
    _row("never in one go", "refuse", over="call"),
    _row("the tool asks for staff", "ask", needs="staff"),
    _row("more than may be paid without a person", "ask", over=["limit", "customer", "day"]),
    _row("money of somebody watched", "ask", effect="money", standing="watched"),
    _row("the tool asks the customer", "confirm", needs="customer"),
    _row("foreign text may have ordered it", "confirm", tainted=True, confidence=["some", "low"]),
    _row("anything else", "auto"),
)


class Policy:
    """Judges an effect. Raises `SettingsError` for a table with gaps or rows that nothing can reach."""

    def __init__(self, rows: tuple[Row[Agreement], ...] = DEFAULT_ROWS) -> None:
        self._table = Table(rows, FACTS, name="[approvals] rows")
        self._asks_about = {row.name: tuple(row.when) for row in rows}

    def judge(self, facts: Mapping[str, FactValue], amounts: Mapping[str, str] | None = None) -> tuple[Verdict, str]:
        """The verdict, and why, as a person would say it; `amounts` are what is spoken of, with their currency."""
        found = self._table.decide(facts)
        about = self._asks_about.get(found.row, ())
        reasons = [said for name in about if (said := _spoken(name, facts[name], amounts or {}))]
        return found.decision.verdict, "; ".join(reasons) or f"the rule “{found.row}” says so"


def _spoken(name: str, value: FactValue, amounts: Mapping[str, str]) -> str:
    """What a fact means to whoever has to decide; empty for one that explains nothing."""
    said = {
        ("needs", "staff"): "this always needs somebody of the team",
        ("standing", "watched"): "this customer is being watched",
        ("standing", "new"): "this is a new customer",
        ("tainted", True): "text of others (documents, pictures, results) was read before, and may have asked for it",
        ("photo", "missing"): "they sent no picture of it",
        ("photo", "unread"): "nobody could see what their picture shows",
        ("photo", "other"): "their picture shows no damage, or something they did not order",
        ("over", "limit"): "{amount} is more than the {limit} that may be paid without a person",
        ("over", "customer"): "with it this customer would have been paid {customer_sum} within 24 hours; up to "
        "{customer} goes without a person",
        ("over", "day"): "with it all customers together would have been paid {day_sum} within 24 hours; up to {day} "
        "goes without a person",
    }.get((name, value if isinstance(value, str | bool) else ""), "")
    try:
        return said.format(**amounts)
    except KeyError:
        return ""


def passes(
    amount: Decimal | None,
    caps: Mapping[str, Decimal],
    spent: Mapping[str, Decimal],
    *,
    before: Decimal = Decimal(0),
) -> str:
    """The highest cap that an amount passes; `nothing` when it passes none. A cap of 0 is no cap, but for `limit`.

    `before` was paid for other parts of the same thing: that something was asked for piece by piece changes nothing.
    """
    if amount is None:
        return "nothing"
    if 0 < caps["call"] < amount + before:
        return "call"
    for name in ("day", "customer"):
        if 0 < caps[name] < amount + spent[name]:
            return name
    return "limit" if amount + before > caps["limit"] else "nothing"
