"""Who serves a tier: hours, targets, leads, whose turn it is. Pure; who is away just now comes in from outside."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.callbacks import openings
from core.case import Case, is_human
from core.clocks import Kind, Target, TargetOf
from core.conversation import Thread
from core.desksettings import DeskSettings, Minutes, PersonSettings, TargetSettings, TeamSettings
from core.duty import Presence
from core.hours import OpenHours
from core.rights import Rights

_RANK = {"low": 0, "normal": 1, "high": 2}
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Team:
    """The people of one tier."""

    tier: int
    hours: OpenHours
    targets: TargetSettings
    leads: tuple[str, ...] = ()
    people: tuple[PersonSettings, ...] = ()
    on_call: tuple[str, ...] = ()

    def target(self, kind: Kind, priority: str) -> Target:
        """What a clock is held to; an unknown priority counts as normal."""
        by_priority: Minutes = getattr(self.targets, kind)
        minutes: float = getattr(by_priority, priority if priority in _RANK else "normal")
        limit = timedelta(minutes=minutes) if minutes else None
        return Target(self.hours, limit, self.targets.warn_share)


class Teams:
    """All teams of a desk. A tier without one has the desk's hours and targets, and nobody by name.

    With several tenants, each case is its own tenant's: a team that names none serves customers of none.
    """

    def __init__(self, settings: DeskSettings) -> None:
        self._settings = settings
        self._hours = settings.hours.hours()
        self._tenant_of = Rights(tenants=settings.tenants).tenant
        self._is_shared = len(settings.tenants) < 2
        self._teams = {(each.tenant, each.tier): self._team(each) for each in settings.teams}

    @property
    def assigns(self) -> bool:
        """Cases are given to people in turn."""
        return self._settings.assign and any(team.people or team.on_call for team in self._teams.values())

    def of(self, tier: int, place: Thread) -> Team:
        """The team of a tier for a customer's thread, or for whoever sits at a place."""
        found = self._teams.get((self._tenant_of(place), tier))
        if found is None and self._is_shared:
            found = self._teams.get(("", tier))
        return found or Team(tier, self._hours, self._settings.targets)

    def target_of(self, place: Thread) -> TargetOf:
        """See `core.clocks.TargetsOf`."""
        return lambda kind, tier, priority: self.of(tier, place).target(kind, priority)

    def whom(self, case: Case) -> Sequence[str]:
        """Whom to call about a case: its owner, else the leads of its tier."""
        return (case.owner.partition(":")[2],) if is_human(case.owner) else self.of(case.tier, case.thread).leads

    def people(self, place: Thread) -> dict[str, str]:
        """Those of all teams who serve the tenant of a place: their names, by id."""
        here = {"", self._tenant_of(place)} if self._is_shared else {self._tenant_of(place)}
        return {
            each.id: each.name for (tenant, _), team in self._teams.items() if tenant in here for each in team.people
        }

    def is_known_at(self, presence: Presence, place: Thread) -> bool:
        """Somebody of the team whom the people of a place know: those of another tenant are none of their business."""
        return self._is_shared or self._tenant_of(place) in presence.tenants or presence.staff_id in self.people(place)

    def tenant(self, place: Thread) -> str:
        """Whose people sit at a place; one name for all while there is one tenant at most."""
        return "" if self._is_shared else self._tenant_of(place)

    def calls_on_duty(self, case: Case, now: datetime) -> bool:
        """The team is away, and the case is pressing enough to call whoever has the duty."""
        is_pressing = _RANK.get(case.priority, 1) >= _RANK[self._settings.on_call_from]
        return is_pressing and not self.of(case.tier, case.thread).hours.is_open(now)

    def next_person(
        self,
        case: Case,
        *,
        now: datetime,
        away: Collection[str],
        last_given: Mapping[str, datetime],
        language: str = "",
    ) -> PersonSettings | None:
        """Whose turn it is to take a case; None while nobody is there.

        Those who speak its language come first, of these those with its category among their skills, of these whoever
        waits longest for a case.
        """
        team = self.of(case.tier, case.thread)
        if team.hours.is_open(now):
            there = [each for each in team.people if each.id not in away]
        elif self.calls_on_duty(case, now):
            names = {each.id: each for each in team.people}
            there = [names.get(each, PersonSettings(id=each, name=each)) for each in team.on_call if each not in away]
        else:
            there = []
        fluent = [each for each in there if language and language in each.languages] or there
        skilled = [each for each in fluent if case.category in each.skills] or fluent
        return min(skilled, key=lambda each: last_given.get(each.id, _NEVER), default=None)

    def free(self, case: Case, now: datetime, *, count: int = 3) -> list[datetime]:
        """The next moments at which whoever serves a case could call back, in the team's zone."""
        settings, hours = self._settings.callbacks, self.of(case.tier, case.thread).hours
        soonest = now + timedelta(minutes=settings.notice_minutes)
        return openings(hours, hours.zone, after=soonest, slot=timedelta(minutes=settings.slot_minutes), count=count)

    def asks_language(self, case: Case) -> bool:
        """Somebody of its team is named for languages, so that of a case matters."""
        return any(each.languages for each in self.of(case.tier, case.thread).people)

    def idle(self, case: Case, since: datetime, now: datetime) -> timedelta:
        """For how long whoever has a case has done nothing, in the team's open time; on call, every hour counts."""
        team = self.of(case.tier, case.thread)
        if case.owner.partition(":")[2] in team.on_call and not team.hours.is_open(since):
            return now - since
        return team.hours.elapsed(since, now)

    def _team(self, settings: TeamSettings) -> Team:
        return Team(
            tier=settings.tier,
            hours=settings.hours.hours() if settings.hours else self._hours,
            targets=settings.targets or self._settings.targets,
            leads=settings.leads,
            people=settings.people,
            on_call=settings.on_call,
        )
