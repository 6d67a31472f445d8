"""The casebook: what a desk reads of cases, for somebody who may see those of some tenants. Nothing is changed here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.actions import Action, Approval
from core.callbacks import Callback
from core.case import Case
from core.clocks import NAMES, TargetOf, runs
from core.conversation import Line, Thread
from core.event import Event
from core.modelling import Picture
from core.turn import Posted, TurnTrace


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose cases somebody may see."""

    tenants: frozenset[str] = frozenset()
    """`platform:tenant` each."""
    is_all: bool = False
    """Those of every tenant, whatever `tenants` says."""

    def includes(self, thread: Thread) -> bool:
        """A case of this thread may be seen."""
        return self.is_all or f"{thread.platform}:{thread.tenant}" in self.tenants


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that is not closed, with what a queue shows of it."""

    case: Case
    last: Line | None
    """The newest words of anybody."""
    events: tuple[Event, ...]
    """Of this case, oldest first: what its clocks are computed from."""
    promised_at: datetime | None = None
    """When its customer was promised to be called back."""


@dataclass(frozen=True, slots=True)
class Found:
    """A case that a search found, with the words it was found by, if it was words."""

    case: Case
    line: Line | None


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture that came with a message of a case."""

    message_id: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Bill:
    """What models took for a case."""

    requests: int
    tokens: int
    nanos: int
    unpriced: int
    """Calls whose price is not known; they count as nothing."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody thought of an answer, or of how a case was solved."""

    turn_id: str
    """Empty: the rating of the whole case."""
    mark: str
    comment: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is known of one case."""

    case: Case
    lines: tuple[Line, ...]
    events: tuple[Event, ...]
    actions: tuple[Action, ...]
    approvals: tuple[Approval, ...]
    callbacks: tuple[Callback, ...]
    pictures: tuple[ShownPicture, ...]
    traces: tuple[TurnTrace, ...]
    posts: tuple[Posted, ...]
    """To the customer and to the rooms of the team, with their state of delivery."""
    opinions: tuple[Opinion, ...]
    bill: Bill


@dataclass(frozen=True, slots=True)
class Tallies:
    """What reports are made of."""

    events: tuple[Event, ...]
    nanos: Mapping[str, int]
    """Case id to what its model calls cost."""
    unpriced: int


class Casebook(Protocol):
    """Reads cases. Everything out of reach is as if it did not exist."""

    async def waiting(self, reach: Reach, *, limit: int) -> list[Waiting]:
        """Cases that are not closed, those with people first, of these the longest untouched first."""
        ...

    async def search(self, words: str, reach: Reach, *, limit: int) -> list[Found]:
        """Cases whose id, customer, author or receipt this is, or in which one of the
        newest lines holds all the words; the newest first."""
        ...

    async def dossier(self, case_id: str, reach: Reach) -> Dossier | None:
        """All about one case."""
        ...

    async def picture(self, case_id: str, sha256: str, reach: Reach) -> Picture | None:
        """A picture that came with a message of this very case, as it was kept."""
        ...

    async def tallies(self, reach: Reach) -> Tallies:
        """Everything that figures are made of."""
        ...


@dataclass(frozen=True, slots=True)
class Due:
    """The next moment at which something is owed in a case."""

    what: str
    at: datetime
    is_late: bool


def due_times(events: Iterable[Event], target_of: TargetOf, now: datetime) -> list[Due]:
    """What the running clocks of one case lead to, the soonest first; a clock that stands still leads nowhere."""
    found: list[Due] = []
    for run in runs(events):
        at = run.moment(target_of(run.kind, run.tier, run.priority)) if run.ended_at is None else None
        if at is not None:
            found.append(Due(NAMES[run.kind], at, at < now))
    return sorted(found, key=lambda due: due.at)


def why_with_people(events: Sequence[Event]) -> Event | None:
    """The last hand-over to people; None while there was none."""
    return next((event for event in reversed(events) if event.what == "hand_over"), None)
