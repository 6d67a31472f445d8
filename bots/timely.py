"""What a desk does by the clock, and at the end of a case, wired over one store."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from adapters.storage.store import Store
from core.advising import Adviser
from core.answers import Answers
from core.case import Case
from core.caseworker import Caseworker
from core.delegating import Delegation
from core.desksettings import DeskSettings
from core.dispatching import Dispatcher
from core.followup import FollowUp
from core.handoff import Handover
from core.knowledge import Retriever
from core.leaving import Leaving
from core.modelling import ChatModel
from core.onrecord import OnRecord
from core.ports import Clock
from core.promising import Promises, ZoneOf, no_zone
from core.rota import Rota
from core.signoff import SignOff
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

    def rota(self, redraw: Callable[[Case], Awaitable[None]]) -> Rota:
        """Who is there, and what becomes of the cases of somebody who leaves."""
        leaving = Leaving(
            watch=self.store.watch,
            caseworker=self.caseworker,
            rooms=lambda case: self.store.staff.rooms(case.id),
            redraw=redraw,
            what=self.settings.away,
        )
        return Rota(duty=self.store.duty, settings=self.settings, clock=self.clock, left=leaving.left)

    def transcripts(self, *, hides_private: bool) -> Transcripts:
        """Copies of what was said."""
        return Transcripts(
            cases=self.store.cases,
            watch=self.store.watch,
            alias=self.settings.alias,
            wake=self.wake,
            hides_private=hides_private,
        )

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

    def promises(self, handover: Handover, zone_of_author: ZoneOf | None = None) -> Promises:
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
            hours_of=lambda case: self.teams.of(case.tier, case.thread).hours,
            whom=self.teams.whom,
            zone_of_author=zone_of_author or no_zone,
        )

    def delegation(self, promises: Promises, redraw: Callable[[Case], Awaitable[None]]) -> Delegation:
        """Cases passed to somebody else, or put off."""
        return Delegation(
            caseworker=self.caseworker,
            cases=self.store.cases,
            duty=self.store.duty,
            teams=self.teams,
            timers=self.store.timers,
            settings=self.settings,
            rooms=lambda case: self.store.staff.rooms(case.id),
            waiting=promises.waiting,
            redraw=redraw,
            clock=self.clock,
        )

    def adviser(
        self,
        staff_room: StaffRoom,
        retriever: Retriever,
        model: Callable[[], ChatModel] | None,
        wake: Callable[[], None],
        on_record: OnRecord,
    ) -> Adviser:
        """Summaries and suggested replies for people; `staff_room` can send them from now on."""
        staff_room.adviser = Adviser(
            cases=self.store.cases,
            actions=self.store.actions,
            watch=self.store.watch,
            retriever=retriever,
            clock=self.clock,
            redraw=staff_room.redraw,
            timers=self.store.timers,
            wake=wake,
            model=model,
            on_record=on_record.of,
        )
        return staff_room.adviser

    def sign_off(self, handover: Handover, staff_room: StaffRoom) -> SignOff:
        """Drafts that wait for a person; `staff_room` can decide about them from now on."""
        staff_room.sign_off = SignOff(
            held=self.store.held,
            cases=self.store.cases,
            outbox=self.store.outbox,
            handover=handover,
            clock=self.clock,
            wake=self.wake,
            rooms=staff_room.relay.rooms,
            redraw=staff_room.redraw,
        )
        return staff_room.sign_off

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
