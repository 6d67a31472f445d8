"""What models cost, told to people: sums, a forecast from own traffic, and the same traffic under other prices."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.prices import Offer, Price

FORECAST_DAYS = 30
_LOOK_BACK_DAYS = 28
_EIGHTY_PERCENT = 1.28
"""Standard deviations on either side that hold four fifths of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Spent:
    """A sum over calls of the ledger."""

    key: str
    """The day, route, case, tenant, customer or model that it is about."""
    calls: int
    requests: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    repeated_tokens: int
    nanos: int
    unpriced: int
    """Calls whose price is not known; they count as nothing."""
    estimated: int
    """Calls whose tokens the endpoint did not tell."""
    unsuccessful: int
    cases: int
    turns: int
    ms: int
    """Of all calls together."""

    @property
    def tokens(self) -> int:
        """In and out."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the next days will cost if traffic goes on as it was."""

    days: int
    from_days: int
    """How many days it was learnt from."""
    expected_nanos: int
    low_nanos: int
    high_nanos: int
    """Four times in five it is between the two."""


def forecast(by_day: Sequence[Spent], *, today: date, days: int = FORECAST_DAYS) -> Forecast | None:
    """From the last 28 whole days, those without traffic included; None before there was a whole one."""
    known = {date.fromisoformat(each.key): each.nanos for each in by_day if each.key}
    whole = [day for day in known if day < today]
    if not whole:
        return None
    first = max(min(whole), today - timedelta(days=_LOOK_BACK_DAYS))
    spent = [known.get(first + timedelta(days=n), 0) for n in range((today - first).days)]
    mean = statistics.fmean(spent)
    # What a day costs varies, and so does our idea of the mean, which rests on so few days.
    spread = statistics.stdev(spent) * (days + days * days / len(spent)) ** 0.5 if len(spent) > 1 else mean * days
    around = _EIGHTY_PERCENT * spread
    expected = mean * days
    return Forecast(days, len(spent), round(expected), round(max(0.0, expected - around)), round(expected + around))


@dataclass(frozen=True, slots=True)
class Compared:
    """The same traffic under another price list."""

    name: str
    nanos: int
    per_case: int
    per_request: int
    """What an average request costs there: a flat price below it is cheaper."""


def compared(total: Spent, offers: Sequence[Offer]) -> list[Compared]:
    """Each list's sum over all calls, the cheapest first."""
    told: list[Compared] = []
    for offer in offers:
        cost = Price.of(offer).cost(
            input_tokens=total.input_tokens,
            output_tokens=total.output_tokens,
            cached_tokens=total.cached_tokens,
            requests=total.requests,
        )
        told.append(Compared(offer.name, cost, cost // max(1, total.cases), cost // max(1, total.requests)))
    return sorted(told, key=lambda each: each.nanos)
