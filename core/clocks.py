"""How long customers whom people serve may wait: first response, next response, resolution.

Pure, and computed from events alone, so that a report made later says what the desk saw then. A clock runs in the
team's open time while the case is in a queue or with a person, and stands still while it waits for its customer or is
put off.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, get_args

from core.case import Case, Handoff
from core.conversation import Thread
from core.event import Event
from core.hours import OpenHours
from core.triage import Urgency, triage

Kind = Literal["first", "next", "resolution"]
"""first: from the hand-over to a person's first words. next: from a customer's words to a person's. resolution: to the
end of the case."""

KINDS: tuple[Kind, ...] = get_args(Kind)
NAMES: Mapping[Kind, str] = {"first": "First response", "next": "Next response", "resolution": "Resolution"}
_GRAVE = frozenset({"urgent", "callback_due"})
_RUNNING = frozenset({"queued", "human_active"})
_WITH_PEOPLE = frozenset({"queued", "human_active", "waiting_customer", "scheduled"})


@dataclass(frozen=True, slots=True)
class Target:
    """What a clock is held to."""

    hours: OpenHours
    limit: timedelta | None
    """Open time; None: it is measured only."""
    warn_share: float = 0.75


TargetOf = Callable[[Kind, int, str], Target]
"""The target of a kind of clock for a tier and a priority."""

TargetsOf = Callable[[Thread], TargetOf]
"""The targets for a customer's thread: each tenant has its own team."""


@dataclass(slots=True)
class Run:
    """One clock of a case, from its start to its end."""

    kind: Kind
    n: int
    """Which of its kind in this case, from 1."""
    tier: int
    priority: str
    started_at: datetime
    ended_at: datetime | None = None
    is_kept: bool = False
    """It ended with what it waited for, not because the case went elsewhere."""
    stretches: list[tuple[datetime, datetime | None]] = field(default_factory=list[tuple[datetime, datetime | None]])
    """When it ran; the last one is open while it runs."""

    @property
    def is_running(self) -> bool:
        """It counts just now."""
        return self.ended_at is None and bool(self.stretches) and self.stretches[-1][1] is None

    def spent(self, hours: OpenHours, now: datetime) -> timedelta:
        """Open time it has counted so far."""
        return sum((hours.elapsed(begin, end or now) for begin, end in self.stretches), timedelta())

    def moment(self, target: Target, share: float = 1.0) -> datetime | None:
        """When a share of its limit is used up; None when it stands still or ended before that."""
        if target.limit is None:
            return None
        left = target.limit * share
        for begin, end in self.stretches:
            passed = target.hours.elapsed(begin, end) if end else None
            if passed is None or passed > left:
                return target.hours.after(begin, left)
            left -= passed
        return None

    def is_late(self, target: Target, now: datetime) -> bool:
        """It took, or has taken, longer than its limit."""
        due = self.moment(target)
        return due is not None and due < now


def judged(case: Case, said: str, why: Handoff) -> Case:
    """A case that comes to people, with how pressing it is and what it is about, by what its customer wrote."""
    found = triage(said)
    priority: Urgency = "normal" if found.sentiment in ("angry", "negative") else found.urgency
    if why.reason_code in _GRAVE or found.urgency == "high":
        priority = "high"
    return replace(case, priority=priority, category=found.category)


def runs(events: Iterable[Event]) -> list[Run]:
    """The clocks of one case, in the order they started; `events` are its own, oldest first."""
    tale = _Tale()
    for event in events:
        tale.tell(event)
    return tale.runs


@dataclass(slots=True)
class _Tale:
    """One case as its events tell it."""

    runs: list[Run] = field(default_factory=list[Run])
    stage: str = "ai_active"
    tier: int = 3
    priority: str = "normal"
    was_answered: bool = False
    """A person has spoken since the case came to people."""

    def tell(self, event: Event) -> None:
        match event.what:
            case "said:customer" if self.stage in _WITH_PEOPLE and self.was_answered:
                if self._open("next") is None:
                    self._start("next", event.at)
            case "said:person":
                self._answered(event.at)
            case "priority":
                self._set_priority(event.detail.get("priority", self.priority))
            case _ if "new_stage" in event.detail:
                self._moved(event)
            case _:
                pass

    def _moved(self, event: Event) -> None:
        before, self.stage = self.stage, event.detail["new_stage"]
        self.tier = int(event.detail.get("tier", self.tier))
        if "priority" in event.detail:
            self._set_priority(event.detail["priority"])
        if self.stage in _WITH_PEOPLE and before not in _WITH_PEOPLE:
            self.was_answered = False
            self._start("first", event.at)
            self._start("resolution", event.at)
        elif self.stage not in _WITH_PEOPLE:
            for run in self._all_open():
                self._end(run, event.at, is_kept=run.kind == "resolution" and self.stage in ("resolved", "closed"))
        if event.what == "speak":
            self._answered(event.at)
        for run in self._all_open():
            self._go_on(run, event.at)

    def _answered(self, at: datetime) -> None:
        if self.stage in _WITH_PEOPLE:
            self.was_answered = True
            for kind in ("first", "next"):
                if (run := self._open(kind)) is not None:
                    self._end(run, at, is_kept=True)

    def _start(self, kind: Kind, at: datetime) -> None:
        n = 1 + sum(run.kind == kind for run in self.runs)
        self.runs.append(Run(kind, n, self.tier, self.priority, at))
        self._go_on(self.runs[-1], at)

    def _go_on(self, run: Run, at: datetime) -> None:
        """Let it run or stand still, as the stage wants."""
        if self.stage in _RUNNING and not run.is_running:
            run.stretches.append((at, None))
        elif self.stage not in _RUNNING and run.is_running:
            run.stretches[-1] = (run.stretches[-1][0], at)

    def _end(self, run: Run, at: datetime, *, is_kept: bool) -> None:
        if run.is_running:
            run.stretches[-1] = (run.stretches[-1][0], at)
        run.ended_at, run.is_kept = at, is_kept

    def _open(self, kind: Kind) -> Run | None:
        return next((run for run in self.runs if run.kind == kind and run.ended_at is None), None)

    def _all_open(self) -> Sequence[Run]:
        return [run for run in self.runs if run.ended_at is None]

    def _set_priority(self, priority: str) -> None:
        self.priority = priority
        for run in self._all_open():
            run.priority = priority
