"""Figures about cases, each recomputed from raw events: nothing here is a counter that could drift.

Confirmed: the customer said so. Assumed: they stayed quiet. The two are never added up silently: `resolution_strict`
counts confirmed ones alone, `resolution` both, `resolution_commercial` those of both that no person touched; each is
less the cases that opened again within seven days.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from core.clocks import TargetsOf
from core.errors import SettingsError
from core.event import Event as Event
from core.prices import NANOS
from core.waiting import Waits, percentile, untargeted, waits

_AGAIN = timedelta(days=7)


@dataclass(slots=True)
class _Tale:
    """One case as its events tell it."""

    opened: bool = False
    resolution: str = ""
    resolved_at: datetime | None = None
    is_again: bool = False
    is_closed: bool = False
    reasons: list[str] = field(default_factory=list[str])
    was_with_people: bool = False
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    requests: int = 0
    tokens: int = 0
    nanos: int = 0
    unpriced: int = 0
    score: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """A report. Rates are shares of all cases, from 0 to 1; None where there is nothing to divide by."""

    cases: int
    confirmed: int
    assumed: int
    reopened: int
    """Resolved cases whose customer came back within seven days."""
    closed: int
    handed_off: int
    reasons: dict[str, int]
    resolution: float | None
    resolution_strict: float | None
    resolution_commercial: float | None
    deflection: float | None
    first_response_p50_s: float | None
    first_response_p95_s: float | None
    ratings: int
    csat: float | None
    requests: int
    tokens: int
    requests_per_resolved: float | None
    tokens_per_resolved: float | None
    cost: float
    """Money of all model calls, in the currency of `[money]`."""
    cost_per_resolved: float | None
    unpriced: int
    """Calls whose price is not known; they count as nothing."""
    waits: Waits
    """How long people took, by the targets of their teams."""

    def as_data(self) -> dict[str, object]:
        """For JSON and CSV."""
        data = asdict(self)
        return data | data.pop("waits")


def figures(
    events: Sequence[Event],
    *,
    since: datetime | None = None,
    targets: TargetsOf = untargeted,
    now: datetime | None = None,
) -> Figures:
    """The report on the cases opened at or after `since`; `now` is for clocks that still run."""
    tales = _tales(events)
    begun = {event.case_id: event.at for event in events if event.what == "opened"}
    counts = {case for case, tale in tales.items() if tale.opened and (since is None or begun[case] >= since)}
    told = [tale for case, tale in tales.items() if case in counts]
    good = [tale for tale in told if tale.resolution in ("confirmed", "assumed") and not tale.is_again]
    firsts = sorted(
        (tale.answered_at - tale.asked_at).total_seconds() for tale in told if tale.asked_at and tale.answered_at
    )
    scores = [tale.score for tale in told if tale.score]
    reasons = Counter(reason for tale in told for reason in tale.reasons)
    cost = sum(tale.nanos for tale in told) / NANOS
    requests, tokens = sum(tale.requests for tale in told), sum(tale.tokens for tale in told)
    return Figures(
        cases=len(told),
        confirmed=sum(tale.resolution == "confirmed" for tale in told),
        assumed=sum(tale.resolution == "assumed" for tale in told),
        reopened=sum(tale.is_again for tale in told),
        closed=sum(tale.is_closed for tale in told),
        handed_off=sum(bool(tale.reasons) for tale in told),
        reasons=dict(reasons.most_common()),
        resolution=_share(len(good), len(told)),
        resolution_strict=_share(sum(tale.resolution == "confirmed" for tale in good), len(told)),
        resolution_commercial=_share(sum(not tale.was_with_people for tale in good), len(told)),
        deflection=_share(sum(not tale.was_with_people for tale in told), len(told)),
        first_response_p50_s=percentile(firsts, 0.5),
        first_response_p95_s=percentile(firsts, 0.95),
        ratings=len(scores),
        csat=_share(sum(scores), len(scores)),
        requests=requests,
        tokens=tokens,
        requests_per_resolved=_share(requests, len(good)),
        tokens_per_resolved=_share(tokens, len(good)),
        cost=cost,
        cost_per_resolved=_share(cost, len(good)),
        unpriced=sum(tale.unpriced for tale in told),
        waits=waits(_by_case(events, counts), targets, now),
    )


def differences(told: Figures, counted: Mapping[str, float]) -> list[str]:
    """Names of figures that the database counts otherwise than the events tell."""
    data = told.as_data()
    return [name for name, value in counted.items() if abs(float(str(data[name] or 0)) - value) > 1e-6]


def day(text: str) -> datetime:
    """A date that somebody typed, in UTC. Raises `SettingsError`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError([f"{text!r} is no date: write it like 2026-03-31."]) from None
    return found.astimezone()


def _tales(events: Sequence[Event]) -> dict[str, _Tale]:
    tales: dict[str, _Tale] = {}
    for event in events:
        _tell(tales.setdefault(event.case_id, _Tale()), event)
        before = tales.get(event.detail.get("linked", "")) if event.what == "opened" else None
        if before is not None and before.resolved_at is not None and event.at - before.resolved_at <= _AGAIN:
            # They came back after the case was closed for good: it had not been solved either.
            before.is_again = True
    return tales


def _by_case(events: Sequence[Event], counts: Collection[str]) -> dict[str, list[Event]]:
    told: dict[str, list[Event]] = {case: [] for case in counts}
    for event in events:
        if event.case_id in counts:
            told[event.case_id].append(event)
    return told


def _tell(tale: _Tale, event: Event) -> None:
    match event.what:
        case "opened":
            tale.opened = True
        case "turn":
            tale.requests += int(event.detail["requests"])
            tale.tokens += int(event.detail["tokens"])
        case "spent":
            tale.nanos += int(event.detail["nanos"] or 0)
            tale.unpriced += not event.detail["nanos"]
        case "rated":
            tale.score = int(event.detail["score"])
        case "said:customer":
            tale.asked_at = tale.asked_at or event.at
        case "said:bot" | "said:person":
            tale.answered_at = tale.answered_at or event.at
        case _:
            _move(tale, event)


def _move(tale: _Tale, event: Event) -> None:
    match event.what:
        case "hand_over":
            tale.reasons.append(event.detail.get("reason_code", ""))
            tale.was_with_people = True
        case "claim" | "take_over" | "speak" | "transfer" | "assign":
            tale.was_with_people = True
        case "resolve":
            tale.resolved_at, tale.resolution = event.at, "asked"
        case "confirm" | "assume":
            tale.resolution = "confirmed" if event.what == "confirm" else "assumed"
        case "reopen":
            tale.is_again = tale.resolved_at is not None and event.at - tale.resolved_at <= _AGAIN
            tale.resolution = ""
        case "close":
            tale.is_closed = True
            tale.resolution = event.detail.get("resolution", tale.resolution)
        case _:
            pass


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None
