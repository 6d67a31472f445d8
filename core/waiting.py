"""How long customers waited for people, and which clocks ran out: figures from events, by the targets of the teams."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from core.clocks import Run, Target, TargetOf, TargetsOf, runs
from core.conversation import Thread
from core.event import Event
from core.hours import OpenHours, zone_of


@dataclass(frozen=True, slots=True)
class Waits:
    """Open time until people answered. Clocks that ended for another reason count only if they had run out."""

    person_response_p50_s: float | None
    person_response_p95_s: float | None
    next_response_p50_s: float | None
    next_response_p95_s: float | None
    resolution_p50_s: float | None
    resolution_p95_s: float | None
    late_first: int
    late_next: int
    late_resolution: int
    callbacks: int
    """Promises whose moment has come, cancelled ones left out."""
    callbacks_late: int


_NOWHERE = Thread("", "", "")
_UNTARGETED = Target(OpenHours(zone_of("UTC")), None)


def untargeted(place: Thread) -> TargetOf:
    """Measured around the clock, held to nothing."""
    return lambda kind, tier, priority: _UNTARGETED


def waits(tales: Mapping[str, Sequence[Event]], targets: TargetsOf, now: datetime | None) -> Waits:
    """The figures of some cases, as of a moment: the last that anything was heard of them, if none is given."""
    at = now or max((events[-1].at for events in tales.values() if events), default=datetime.now(UTC))
    held = [(run, targets(_place(events))) for events in tales.values() for run in runs(events)]
    clocks = [(run, target_of(run.kind, run.tier, run.priority)) for run, target_of in held]
    late = [run.kind for run, target in clocks if run.is_late(target, run.ended_at or at)]
    promised = [event.what for events in tales.values() for event in events if event.what.startswith("callback_")]
    times = {kind: _times(clocks, kind, at) for kind in ("first", "next", "resolution")}
    return Waits(
        person_response_p50_s=percentile(times["first"], 0.5),
        person_response_p95_s=percentile(times["first"], 0.95),
        next_response_p50_s=percentile(times["next"], 0.5),
        next_response_p95_s=percentile(times["next"], 0.95),
        resolution_p50_s=percentile(times["resolution"], 0.5),
        resolution_p95_s=percentile(times["resolution"], 0.95),
        late_first=late.count("first"),
        late_next=late.count("next"),
        late_resolution=late.count("resolution"),
        callbacks=promised.count("callback_ring"),
        callbacks_late=promised.count("callback_miss"),
    )


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The least value at or below which this share of the values lies; None of nothing."""
    if not ordered:
        return None
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def _times(clocks: Iterable[tuple[Run, Target]], kind: str, at: datetime) -> list[float]:
    mine = [each for each in clocks if each[0].kind == kind and each[0].is_kept]
    return sorted(run.spent(target.hours, at).total_seconds() for run, target in mine)


def _place(events: Sequence[Event]) -> Thread:
    """Where the customer of a case wrote, as its first event tells."""
    key = next((each.detail["thread"] for each in events if "thread" in each.detail), "")
    return Thread.from_key(key) if key else _NOWHERE
