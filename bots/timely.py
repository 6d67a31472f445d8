"""What a desk does by the clock, and at the end of a case, wired over one store."""

from collections.abc import Callable
from dataclasses import dataclass, field

from adapters.storage.store import Store
from core.answers import Answers
from core.caseworker import Caseworker
from core.dispatching import Dispatcher
from core.followup import FollowUp
from core.handoff import Handover
from core.ports import Clock
from core.promising import Promises
from core.rota import Rota
from core.settings import DeskSettings
from core.staffroom import StaffRoom
from core.teams import Teams
from core.timekeeping import DueTimes
from core.transcripts import Transcripts


@dataclass(frozen=True, slots=True)
class Timely:
    """The parts of a process that keep promises, times and accounts."""

    store: Store
    settings: DeskSettings
    caseworker: Caseworker
    clock: Clock
    wake: Callable[[], None]
    teams: Teams = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "teams", Teams(self.settings))

    def due_times(self) -> DueTimes:
        """When what is owed is due."""
        return DueTimes(watch=self.store.watch, teams=self.teams, clock=self.clock)

    def rota(self) -> Rota:
        """Who is there."""
        return Rota(duty=self.store.duty, settings=self.settings, clock=self.clock)

    def transcripts(self) -> Transcripts:
        """Copies of what was said."""
        return Transcripts(cases=self.store.cases, watch=self.store.watch, alias=self.settings.alias, wake=self.wake)

    def answers(self, transcripts: Transcripts) -> Answers:
        """What customers say at the end."""
        return Answers(
            side=self.store.staff,
            cases=self.store.cases,
            outbox=self.store.outbox,
            caseworker=self.caseworker,
            transcripts=transcripts,
            wake=self.wake,
        )

    def promises(self, handover: Handover) -> Promises:
        """Callbacks and promised replies."""
        return Promises(
            callbacks=self.store.callbacks,
            cases=self.store.cases,
            side=self.store.staff,
            outbox=self.store.outbox,
            caseworker=self.caseworker,
            handover=handover,
            settings=self.settings,
            clock=self.clock,
            wake=self.wake,
            whom=self.teams.whom,
        )

    def dispatcher(self, handover: Handover, staff_room: StaffRoom) -> Dispatcher:
        """Whose turn it is, and what runs out."""
        return Dispatcher(
            watch=self.store.watch,
            duty=self.store.duty,
            teams=self.teams,
            caseworker=self.caseworker,
            rooms=lambda case: self.store.staff.rooms(case.id),
            places=handover.places,
            redraw=staff_room.redraw,
            clock=self.clock,
            wake=self.wake,
        )

    def follow_up(self) -> FollowUp:
        """Cases that nobody touches."""
        return FollowUp(
            side=self.store.staff,
            outbox=self.store.outbox,
            caseworker=self.caseworker,
            settings=self.settings,
            clock=self.clock,
        )
