"""When what is owed to a customer is due, for the card and for the customer: read from events, each time anew."""

from datetime import timedelta

from core import phrases
from core.case import Case
from core.casework import stage_of
from core.clocks import NAMES, Run, Target, runs
from core.duty import Watch
from core.event import Event
from core.hours import in_words
from core.ports import Clock
from core.teams import Teams


class DueTimes:
    """One per process."""

    def __init__(self, *, watch: Watch, teams: Teams, clock: Clock) -> None:
        self._watch = watch
        self._teams = teams
        self._clock = clock

    async def lines(self, case: Case) -> list[str]:
        """What is due in a case as it is, or as it is about to be, in words for the team."""
        now = self._clock.now()
        events = await self._watch.events(case.id)
        if next((each.detail["new_stage"] for each in reversed(events) if "new_stage" in each.detail), "") != stage_of(
            case
        ):
            detail = {"new_stage": stage_of(case), "tier": str(case.tier), "priority": case.priority}
            events.append(Event(now, case.id, "about_to", "system", detail))
        lines = list[str]()
        for run in runs(events):
            target = self._teams.of(run.tier, case.thread).target(run.kind, run.priority)
            if run.ended_at is None and target.limit is not None:
                lines.append(self._line(run, target))
        return lines

    async def handed_over(self, case_id: str) -> str:
        """Why a case came to people last; empty where it never did."""
        events = await self._watch.events(case_id)
        return next((each.detail.get("reason", "") for each in reversed(events) if each.what == "hand_over"), "")

    def away(self, case: Case, tier: int) -> str:
        """A line for the customer when nobody of the tier is there; empty while somebody is."""
        now = self._clock.now()
        hours = self._teams.of(tier, case.thread).hours
        opening = hours.next_opening(now)
        if opening is None or opening <= now:
            return ""
        called = self._teams.of(tier, case.thread).on_call and self._teams.calls_on_duty(case, now)
        return (phrases.AWAY_ON_CALL if called else phrases.AWAY).format(when=in_words(opening, hours.zone))

    def told(self, case: Case, tier: int) -> tuple[str, ...]:
        """What the customer may count on: when the team is back and when they could be called, or by when it answers.

        Nothing is promised by a team that has not said when it is there.
        """
        now, team = self._clock.now(), self._teams.of(tier, case.thread)
        if team.hours.is_always:
            return ()
        if away := self.away(case, tier):
            free = [f"{at:%a %d %b %H:%M}" for at in self._teams.free(case, now)]
            when = f"{', '.join(free)} ({team.hours.zone.key})"
            return (away, phrases.CALLBACK_OFFER.format(when=when)) if free else (away,)
        target = team.target("first", case.priority)
        due = team.hours.after(now, target.limit) if target.limit else None
        return (phrases.EXPECTED.format(when=in_words(due, team.hours.zone)),) if due else ()

    def _line(self, run: Run, target: Target) -> str:
        now, name = self._clock.now(), NAMES[run.kind]
        due = run.moment(target)
        if due is None:
            left = (target.limit or timedelta()) - run.spent(target.hours, now)
            return f"{name}: stands still, {_span(left)} of open time left"
        if due < now:
            return f"{name}: **late** since {in_words(due, target.hours.zone)}"
        return f"{name} by {in_words(due, target.hours.zone)}"


def _span(left: timedelta) -> str:
    minutes = max(0, round(left.total_seconds() / 60))
    return f"{minutes // 60} h {minutes % 60:02d} min"
