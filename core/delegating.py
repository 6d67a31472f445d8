"""Giving a case to somebody else of the team, or putting it off until a moment."""

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from core.callbacks import Callback, read_local
from core.case import Case, Handoff, Owner, human, queue
from core.casework import SYSTEM, TOP_TIER, Actor, stage_of
from core.caseworker import Caseworker, Posts, Step
from core.conversation import Thread
from core.desksettings import DeskSettings
from core.duty import Duty
from core.hours import in_words
from core.ports import Cases, Clock, Timers
from core.reply import Post
from core.teams import Teams
from core.timers import Timer

OVER = "snooze_over"
"""The kind of timer that rings when a case that was put off is due again."""
_TIER = re.compile(r"(?:tier|t)\s*(\d)", re.IGNORECASE)
_SPAN = re.compile(r"(\d{1,3})\s*(m|min|minutes?|h|hours?|d|days?)", re.IGNORECASE)
_TIME = re.compile(r"(\d\d?):(\d\d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_HOW = "I did not understand until when: write `14:00`, `2h`, `3d` or `2026-11-26 09:00`."


class Delegation:
    """One per process. Lines that come back are refusals, or empty."""

    def __init__(
        self,
        *,
        caseworker: Caseworker,
        cases: Cases,
        duty: Duty,
        teams: Teams,
        timers: Timers,
        settings: DeskSettings,
        rooms: Callable[[Case], Awaitable[Sequence[Thread]]],
        waiting: Callable[[str], Awaitable[Callback | None]],
        redraw: Callable[[Case], Awaitable[None]],
        clock: Clock,
    ) -> None:
        self._caseworker = caseworker
        self._cases = cases
        self._duty = duty
        self._teams = teams
        self._timers = timers
        self._most_days = settings.callbacks.most_days
        self._zone = settings.hours.hours().zone
        self._rooms = rooms
        self._waiting = waiting
        self._redraw = redraw
        self._clock = clock

    async def reassign(self, case: Case, text: str, by: Actor) -> tuple[Case | str, str]:
        """To a person by name or id, or to a tier's queue; the case and a line, or why not."""
        if case.is_with_ai:
            return f"Case {case.id} is with the bot; claim it, or wait until it comes to people.", ""
        named = text.strip().lstrip("@").strip(" .")
        if found := _TIER.fullmatch(named):
            tier = int(found[1])
            if not 1 <= tier <= TOP_TIER:
                return f"There are tiers 1 to {TOP_TIER}.", ""
            return await self._give(case, queue(tier), "", by, f"the queue of tier {tier}")
        people = await self._people(case)
        if by.name and named.lower() == "me":
            people = {by.owner.partition(":")[2]: by.name}
        matching = {id_: name for id_, name in people.items() if named.lower() in (id_.lower(), name.lower())}
        if len(matching) != 1:
            names = ", ".join(sorted(people.values())) or "nobody yet"
            which = "More than one is called that" if matching else "I know nobody of that name"
            return f"{which}. I know: {names}; or write `tier 2`.", ""
        ((staff_id, name),) = matching.items()
        return await self._give(case, human(staff_id), name, by, name)

    async def snooze(self, case: Case, text: str, by: Actor) -> tuple[Case | str, str]:
        """Until a moment of the desk's time zone, or the customer's next words; then it is with whoever had it."""
        until, now = self._until(text), self._clock.now()
        if until is None:
            return _HOW, ""
        if not now < until <= now + timedelta(days=self._most_days):
            return f"That has to be between now and {self._most_days} days from now.", ""
        when = in_words(until, self._zone)
        why = Handoff("snoozed", f"Put off until {when} by {by.name}.", case.tier)

        async def posts(after: Case) -> Posts:
            # Set before the move is saved: one that was not saved has another version, and its timer says nothing.
            payload = {"case": after.id, "version": after.version, "before": case.reason}
            await self._timers.set(Timer(f"{OVER}:{after.id}:{after.version}", OVER, until, payload, after.id))
            return ()

        return await self._caseworker.act(case, Step("snooze", by, why), posts), f"Put off until {when}."

    async def ring(self, timer: Timer) -> None:
        """The moment has come: the case is its owner's again, who is called. Nothing when it has moved since."""
        case = await self._cases.get(str(timer.payload["case"]))
        if case is None or stage_of(case) != "scheduled" or case.version != timer.payload["version"]:
            return
        if await self._waiting(case.id) is not None:
            return

        async def posts(after: Case) -> Posts:
            post = Post(f"Case {after.id} was put off until now.", kind="notice", pings=tuple(self._teams.whom(after)))
            return [(room, post) for room in await self._rooms(after)]

        why = Handoff("snooze_over", str(timer.payload["before"]), case.tier)
        done = await self._caseworker.act(case, Step("due", SYSTEM, why), posts)
        if not isinstance(done, str):
            await self._redraw(done)

    async def _people(self, case: Case) -> dict[str, str]:
        """Everybody of the case's team who is known, by id."""
        seen = [each for each in await self._duty.all() if self._teams.is_known_at(each, case.thread)]
        return {each.staff_id: each.name for each in seen} | self._teams.people(case.thread)

    async def _give(self, case: Case, to: Owner, name: str, by: Actor, said: str) -> tuple[Case | str, str]:
        why = Handoff("reassigned", f"Passed to {said} by {by.name}.", case.tier)

        async def posts(after: Case) -> Posts:
            called = tuple(self._teams.whom(after))
            post = Post(f"Case {after.id} was passed to {said} by {by.name}.", kind="notice", pings=called)
            return [(room, post) for room in await self._rooms(after)]

        step = Step("transfer", by, why, to=to, to_name=name)
        return await self._caseworker.act(case, step, posts), f"Case {case.id} is with {said} now."

    def _until(self, text: str) -> datetime | None:
        now, asked = self._clock.now(), text.strip().removeprefix("until").strip()
        if found := _SPAN.fullmatch(asked):
            return now + timedelta(**{_UNITS[found[2][0].lower()]: int(found[1])})
        if found := _TIME.fullmatch(asked):
            at = read_local(f"{now.astimezone(self._zone):%Y-%m-%d} {int(found[1]):02d}:{found[2]}", self._zone)
            return at + timedelta(days=at <= now) if at else None
        return read_local(asked, self._zone)
