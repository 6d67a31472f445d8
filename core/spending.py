"""What may be spent on models and what was: amounts, caps, and the tab of whoever is spending.

A turn reserves a block as it begins, in the transaction that begins it; its calls draw from that block and ask
for more only when it is used up. What was really spent is settled in the transaction that ends the turn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, Protocol

from core.errors import BudgetReached
from core.modelling import Used
from core.prices import NANOS, Price, nanos
from core.settings import BudgetSettings

Scope = Literal["turn", "case", "customer", "tenant", "day"]
SCOPES: tuple[Scope, ...] = ("turn", "case", "customer", "tenant", "day")
_WORDS: Mapping[Scope, str] = {
    "turn": "in this turn",
    "case": "in this case",
    "customer": "for this customer today",
    "tenant": "for this workspace today",
    "day": "today",
}
PLENTY = 1 << 60


@dataclass(frozen=True, slots=True)
class Amount:
    """So many requests, tokens, and nanos of money."""

    requests: int = 0
    tokens: int = 0
    nanos: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.requests + other.requests, self.tokens + other.tokens, self.nanos + other.nanos)

    def __sub__(self, other: "Amount") -> "Amount":
        return Amount(self.requests - other.requests, self.tokens - other.tokens, self.nanos - other.nanos)

    def covers(self, other: "Amount") -> bool:
        """Nothing of the other is missing here."""
        return self.requests >= other.requests and self.tokens >= other.tokens and self.nanos >= other.nanos

    def least(self, other: "Amount") -> "Amount":
        """The lower of each unit."""
        return Amount(min(self.requests, other.requests), min(self.tokens, other.tokens), min(self.nanos, other.nanos))

    def most(self, other: "Amount") -> "Amount":
        """The higher of each unit."""
        return Amount(max(self.requests, other.requests), max(self.tokens, other.tokens), max(self.nanos, other.nanos))

    def only(self, units: "Amount") -> "Amount":
        """Without the units that the other has none of."""
        return Amount(
            self.requests if units.requests else 0,
            self.tokens if units.tokens else 0,
            self.nanos if units.nanos else 0,
        )


NOTHING = Amount()


@dataclass(frozen=True, slots=True)
class Caps:
    """What may be spent at most, by scope; 0 of a unit is no cap."""

    by_scope: Mapping[Scope, Amount] = field(default_factory=dict[Scope, Amount])
    block: Amount = NOTHING
    """What a turn reserves as it begins, and at least what it asks for when that is used up."""
    expires_s: float = 900.0
    """A reservation that nobody settled is paid in full after it."""


def caps_of(settings: BudgetSettings, ceiling: Price | None = None) -> Caps:
    """The caps that settings say; `ceiling` is what calls cost at most."""
    found: dict[Scope, Amount] = {}
    for scope in SCOPES:
        cap = Amount(
            getattr(settings, f"requests_per_{scope}"),
            getattr(settings, f"tokens_per_{scope}"),
            nanos(getattr(settings, f"money_per_{scope}")),
        )
        if cap != NOTHING:
            found[scope] = cap
    asked = settings.block_requests, settings.block_tokens
    price = (ceiling or Price()).cost(input_tokens=asked[1], output_tokens=0, requests=asked[0])
    block = Amount(*asked, max(price, 1))
    return Caps(found, block, settings.expires_min * 60)


def reached(scope: Scope, cap: Amount, room: Amount) -> str:
    """Which cap leaves no room, in words; empty when all do."""
    for unit, limit, left in (
        ("model requests", cap.requests, room.requests),
        ("tokens", cap.tokens, room.tokens),
        ("of the currency", cap.nanos, room.nanos),
    ):
        if limit and left <= 0:
            told = f"{limit / NANOS:g}" if unit == "of the currency" else str(limit)
            return f"{told} {unit} {_WORDS[scope]}"
    return ""


@dataclass(frozen=True, slots=True)
class Account:
    """On whose account a model is asked."""

    turn_id: str = ""
    fence: int = 0
    case_id: str = ""
    customer_id: str = ""
    author_id: str = ""
    tenant: str = ""
    platform: str = ""
    day: str = ""
    """In UTC, `2026-11-24`."""

    def keys(self, caps: Caps) -> list[tuple[str, Scope, Amount]]:
        """What has a cap and bears on this account, always in the same order."""
        person = self.customer_id or (f"{self.platform}.{self.author_id}" if self.author_id else "")
        known: dict[Scope, str] = {
            "turn": self.turn_id if self.case_id else "",
            "case": self.case_id,
            "customer": f"{self.tenant}:{person}:{self.day}" if person else "",
            "tenant": f"{self.platform}.{self.tenant}:{self.day}" if self.tenant else "",
            "day": self.day,
        }
        return sorted((f"{scope}:{known[scope]}", scope, cap) for scope, cap in caps.by_scope.items() if known[scope])

    def units(self, caps: Caps) -> Amount:
        """Which units are capped for it anywhere: those that are not 0."""
        total = NOTHING
        for _, _, cap in self.keys(caps):
            total = total + cap
        return total


Outcome = Literal["done", "failed", "cut", "unknown"]
"""`cut`: it was broken off, by the endpoint or by us. `unknown`: the process ended; paid at its ceiling."""


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One line of the ledger."""

    route: str
    """The kind of work."""
    used: Used
    outcome: Outcome
    at: datetime
    ms: int = 0
    first_ms: int | None = None
    """From the question to the first event of the answer."""
    repeated_tokens: int = 0
    """Of the prompt: those that began the prompt before it in the same conversation too."""


class Tab:
    """What one attempt at a turn may still spend, and what it has spent."""

    __slots__ = ("account", "began_at", "calls", "drawn", "granted", "is_recovered", "refused", "spent", "units")

    def __init__(
        self,
        account: Account,
        *,
        granted: Amount = NOTHING,
        units: Amount = NOTHING,
        refused: str = "",
        is_recovered: bool = False,
        began_at: datetime | None = None,
    ) -> None:
        self.account = account
        self.granted = granted
        self.units = units
        """Which units are capped: only they are drawn."""
        self.refused = refused
        """Which cap left nothing as the turn began, in words."""
        self.is_recovered = is_recovered
        """What an attempt before this one spent was settled at its ceiling."""
        self.began_at = datetime.now(UTC) if began_at is None else began_at
        self.drawn = NOTHING
        self.spent = NOTHING
        self.calls: list[ModelCall] = []

    @property
    def free(self) -> Amount:
        """What may be drawn without asking."""
        return (self.granted - self.drawn - self.spent).only(self.units)

    def add(self, call: ModelCall) -> None:
        """Put a call on it."""
        self.calls.append(call)
        used = call.used
        self.spent = self.spent + Amount(used.requests, used.input_tokens + used.output_tokens, used.nanos or 0)


class Till(Protocol):
    """Caps and ledger in the database."""

    def house_tab(self) -> Tab:
        """A tab for what no turn asks for: filling the index of knowledge, warming up."""
        ...

    async def more(self, tab: Tab, least: Amount) -> Amount:
        """Reserve at least this much more. Raises `BudgetReached`; then nothing was reserved."""
        ...

    async def settle(self, tab: Tab) -> None:
        """Save the calls of a tab that is no turn's, and give back what was reserved and not spent."""
        ...


async def draw(tab: Tab, need: Amount, till: Till) -> Amount:
    """Take what a call may cost at most; returns what was taken. Raises `BudgetReached`."""
    need = need.only(tab.units)
    while not tab.free.covers(need):
        missing = (need - tab.free).most(NOTHING)
        if tab.refused:
            raise BudgetReached(tab.refused)
        tab.granted = tab.granted + await till.more(tab, missing)
    tab.drawn = tab.drawn + need
    return need
