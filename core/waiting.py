"""How long customers waited for people, and which clocks ran out: figures from events, by the targets of the teams."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from core.clocks import Run, Target, TargetOf, runs
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


def untargeted(kind: str, tier: int, priority: str) -> Target:
    """Measured around the clock, held to nothing."""
    return Target(OpenHours(zone_of("UTC")), None)


def waits(tales: Mapping[str, Sequence[Event]], target_of: TargetOf, now: datetime | None) -> Waits:
    """The figures of some cases, as of a moment: the last that anything was heard of them, if none is given."""
    at = now or max((events[-1].at for events in tales.values() if events), default=datetime.now(UTC))
    clocks = [run for events in tales.values() for run in runs(events)]
    late = [run.kind for run in clocks if run.is_late(_target(run, target_of), run.ended_at or at)]
    promised = [event.what for events in tales.values() for event in events if event.what.startswith("callback_")]
    times = {kind: _times(clocks, kind, target_of, at) for kind in ("first", "next", "resolution")}
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


def _times(clocks: Iterable[Run], kind: str, target_of: TargetOf, at: datetime) -> list[float]:
    mine = [run for run in clocks if run.kind == kind and run.is_kept]
    return sorted(run.spent(_target(run, target_of).hours, at).total_seconds() for run in mine)


def _target(run: Run, target_of: TargetOf) -> Target:
    return target_of(run.kind, run.tier, run.priority)
