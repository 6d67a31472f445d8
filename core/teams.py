"""Who serves a tier: hours, targets, leads, whose turn it is. Pure; who is away just now comes in from outside."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.case import Case, is_human
from core.clocks import Kind, Target
from core.desksettings import DeskSettings, Minutes, PersonSettings, TargetSettings, TeamSettings
from core.hours import OpenHours

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
    """All teams of a desk. A tier without one has the desk's hours and targets, and nobody by name."""

    def __init__(self, settings: DeskSettings) -> None:
        self._settings = settings
        self._hours = settings.hours.hours()
        self._teams = {each.tier: self._team(each) for each in settings.teams}

    @property
    def assigns(self) -> bool:
        """Cases are given to people in turn. Teams know tiers, not tenants, so with several of those nobody is."""
        return (
            len(self._settings.tenants) < 2
            and self._settings.assign
            and any(team.people or team.on_call for team in self._teams.values())
        )

    def of(self, tier: int) -> Team:
        """The team of a tier."""
        return self._teams.get(tier) or Team(tier, self._hours, self._settings.targets)

    def target(self, kind: Kind, tier: int, priority: str) -> Target:
        """See `core.clocks.TargetOf`."""
        return self.of(tier).target(kind, priority)

    def whom(self, case: Case) -> Sequence[str]:
        """Whom to call about a case: its owner, else the leads of its tier."""
        return (case.owner.partition(":")[2],) if is_human(case.owner) else self.of(case.tier).leads

    @property
    def everybody(self) -> dict[str, str]:
        """The people of all teams: their names, by id."""
        return {each.id: each.name for team in self._teams.values() for each in team.people}

    def known(self, staff_id: str) -> PersonSettings | None:
        """A person of any team."""
        return next((each for team in self._teams.values() for each in team.people if each.id == staff_id), None)

    def calls_on_duty(self, case: Case, now: datetime) -> bool:
        """The team is away, and the case is pressing enough to call whoever has the duty."""
        is_pressing = _RANK.get(case.priority, 1) >= _RANK[self._settings.on_call_from]
        return is_pressing and not self.of(case.tier).hours.is_open(now)

    def next_person(
        self, case: Case, *, now: datetime, away: Collection[str], last_given: Mapping[str, datetime]
    ) -> PersonSettings | None:
        """Whose turn it is to take a case; None while nobody is there.

        Those with its category among their skills come first; of these, whoever waits longest for a case.
        """
        team = self.of(case.tier)
        if team.hours.is_open(now):
            there = [each for each in team.people if each.id not in away]
        elif self.calls_on_duty(case, now):
            names = {each.id: each for each in team.people}
            there = [names.get(each, PersonSettings(id=each, name=each)) for each in team.on_call if each not in away]
        else:
            there = []
        skilled = [each for each in there if case.category in each.skills] or there
        return min(skilled, key=lambda each: last_given.get(each.id, _NEVER), default=None)

    def idle(self, case: Case, since: datetime, now: datetime) -> timedelta:
        """For how long whoever has a case has done nothing, in the team's open time; on call, every hour counts."""
        team = self.of(case.tier)
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
