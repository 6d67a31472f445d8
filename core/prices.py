"""What models cost: a price book by endpoint and model, and the sums it gives.

Money is counted in whole nanos, billionths of the currency, so that sums are exact on every database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from fnmatch import fnmatchcase

from core.modelling import Used
from core.section import Section
from core.settings import Amount as NonNegative

NANOS = 1_000_000_000
"""Of one unit of the currency."""
_MILLION = 1_000_000


class Rates(Section):
    """What is paid for: tokens, requests, or both. A flat price a request is the whole price where only it is set."""

    input: NonNegative = Decimal(0)
    """For a million tokens of prompt."""
    cached: NonNegative | None = None
    """For a million of them that the endpoint had cached; left out: the same."""
    output: NonNegative = Decimal(0)
    """For a million tokens of answer."""
    request: NonNegative = Decimal(0)
    """For each request, however long."""


class PriceRow(Rates):
    """The price of some models; the first row that fits a call holds."""

    endpoint: str = ""
    """Host of the endpoint, with its port if it has one; empty: any."""
    model: str = "*"
    """The model's id; `*` stands for any characters."""


class Offer(Rates):
    """A price list to compare the same traffic under."""

    name: str


class MoneySettings(Section):
    """What models cost, in one currency."""

    currency: str = "USD"
    """Only written beside sums."""
    prices: tuple[PriceRow, ...] = ()
    """What is paid, by endpoint and model."""
    compare: tuple[Offer, ...] = ()
    """Price lists that `firstline cost` compares the same traffic under."""


@dataclass(frozen=True, slots=True)
class Price:
    """Rates in nanos: a million tokens each, and a request."""

    input: int = 0
    cached: int = 0
    output: int = 0
    request: int = 0

    @classmethod
    def of(cls, rates: Rates) -> "Price":
        """The rates as whole numbers."""
        cached = rates.input if rates.cached is None else rates.cached
        return cls(nanos(rates.input), nanos(cached), nanos(rates.output), nanos(rates.request))

    def cost(self, *, input_tokens: int, output_tokens: int, cached_tokens: int = 0, requests: int = 1) -> int:
        """Nanos, rounded up; `cached_tokens` are part of `input_tokens`."""
        cached = min(cached_tokens, input_tokens)
        tokens = (input_tokens - cached) * self.input + cached * self.cached + output_tokens * self.output
        return -(-tokens // _MILLION) + requests * self.request

    def dearest(self, other: "Price") -> "Price":
        """The higher of each rate."""
        return Price(
            max(self.input, other.input),
            max(self.cached, other.cached),
            max(self.output, other.output),
            max(self.request, other.request),
        )


class PriceBook:
    """Looks prices up."""

    def __init__(self, rows: Sequence[PriceRow] = ()) -> None:
        self._rows = [(row.endpoint, row.model, Price.of(row)) for row in rows]
        self._known: dict[tuple[str, str], Price | None] = {}
        self.ceiling = Price()
        """No call costs more, as far as prices are known."""
        for _, _, price in self._rows:
            self.ceiling = self.ceiling.dearest(price)

    def find(self, endpoint: str, model: str) -> Price | None:
        """The price of a model there; None when nothing is known."""
        key = (endpoint, model)
        if key not in self._known:
            self._known[key] = next(
                (
                    price
                    for at, pattern, price in self._rows
                    if at in ("", endpoint, endpoint.partition(":")[0]) and fnmatchcase(model, pattern)
                ),
                None,
            )
        return self._known[key]

    def cost(self, used: Used) -> int | None:
        """What a call cost, in nanos; None when its price is not known."""
        price = self.find(used.endpoint, used.model)
        if price is None:
            return None
        return price.cost(
            input_tokens=used.input_tokens,
            output_tokens=used.output_tokens,
            cached_tokens=used.cached_tokens,
            requests=used.requests,
        )


def nanos(amount: Decimal) -> int:
    """A sum of money as whole nanos, rounded up."""
    return int((amount * NANOS).to_integral_value(ROUND_CEILING))


def money(amount_nanos: int) -> Decimal:
    """Nanos as a sum of money."""
    return Decimal(amount_nanos) / NANOS
