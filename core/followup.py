"""What happens to cases that nobody touches: people are reminded, claims run out, silence counts as an answer.

Looks at rows, not at memory, so a restart forgets nothing and two replicas do it once. The team's silence is counted
in its open time; a customer's in any hours, but they are written to only while somebody is there to read the answer.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from core import phrases
from core.case import Case, Handoff, is_human
from core.casework import SYSTEM, Act, stage_of
from core.caseworker import Caseworker, Posts, Step
from core.conversation import Thread
from core.desksettings import DeskSettings
from core.errors import BotError
from core.hours import in_words
from core.packet import resolve_question
from core.ports import Clock, Outbox
from core.reply import Post
from core.staffside import Quiet, StaffSide
from core.teams import Teams

log = logging.getLogger(__name__)

_LOOK_S = 60.0
_CLAIM_SHARE = 2 / 3
"""The owner is reminded when so much of a claim's time has gone by."""


class FollowUp:
    """One per process."""

    def __init__(
        self, *, side: StaffSide, outbox: Outbox, caseworker: Caseworker, settings: DeskSettings, clock: Clock
    ) -> None:
        self._side = side
        self._outbox = outbox
        self._caseworker = caseworker
        self._settings = settings
        self._teams = Teams(settings)
        self._clock = clock
        waits_h = (settings.claim_minutes / 60 * _CLAIM_SHARE, settings.assume_h, settings.close_h)
        asked_h = (settings.remind_h, settings.nudge_h, settings.give_up_h)
        self._shortest = timedelta(hours=min(*waits_h, *(each for each in asked_h if each)))

    async def run(self) -> None:
        """Look for ever; cancel to stop."""
        while True:
            try:
                await self.sweep()
            except BotError as error:
                log.warning("cases not followed up", extra={"why": str(error)})
            await asyncio.sleep(_LOOK_S)

    async def sweep(self) -> int:
        """Do what is due now; how many cases moved or were spoken about."""
        now, count = self._clock.now(), 0
        for each in await self._side.quiet(before=now - self._shortest):
            if (step := self._due(each, now)) is not None:
                count += not isinstance(await self._caseworker.act(each.case, step, self._told), str)
            else:
                count += await self._remind(each, now)
        return count

    def _due(self, quiet: Quiet, now: datetime) -> Step | None:
        case, settings = quiet.case, self._settings
        quiet_h = (now - quiet.since).total_seconds() / 3600
        match case.state, case.resolution:
            case "resolved", "asked" if quiet_h >= settings.assume_h:
                return _step("assume", "The customer stayed quiet.")
            case "resolved", "confirmed" | "assumed" if quiet_h >= settings.close_h:
                return _step("close", "Quiet long enough.")
            case "open", _ if case.is_with_ai and quiet.last_speaker == "bot" and quiet_h >= settings.assume_h:
                return _step("resolve", "No further question after the last answer.")
            case "open", _ if 0 < settings.give_up_h <= quiet_h and self._may_write(case, now):
                return _step("resolve", f"The customer has not answered for {quiet_h:.0f} hours.")
            case "open", _ if self._idle_share(quiet, now) >= 1:
                minutes = self._settings.claim_minutes
                return _step("requeue", f"{case.owner_name or 'The owner'} did nothing for {minutes:.0f} minutes.")
            case _:
                return None

    def _may_write(self, case: Case, now: datetime) -> bool:
        """It is the customer's turn, and somebody would be there to read their answer."""
        return stage_of(case) == "waiting_customer" and self._teams.of(case.tier, case.thread).hours.is_open(now)

    def _idle_share(self, quiet: Quiet, now: datetime) -> float:
        """How much of the time of a claim has gone by without a sign of its owner."""
        if stage_of(quiet.case) != "human_active":
            return 0.0
        return self._teams.idle(quiet.case, quiet.since, now) / timedelta(minutes=self._settings.claim_minutes)

    async def _remind(self, quiet: Quiet, now: datetime) -> bool:
        """One word to whoever is waited for, once for each time that they are."""
        case, settings = quiet.case, self._settings
        quiet_h = (now - quiet.since).total_seconds() / 3600
        key = f"{case.id}:{case.version}:{quiet.since.isoformat()}"
        if 0 < settings.nudge_h <= quiet_h and self._may_write(case, now):
            zone = self._teams.of(case.tier, case.thread).hours.zone
            given_up = in_words(max(quiet.since + timedelta(hours=settings.give_up_h), now), zone)
            text = phrases.NUDGE.format(when=given_up) if settings.give_up_h else phrases.NUDGE_ONLY
            return await self._put(case.thread, text, f"nudge:{key}")
        idle_h = self._teams.idle(case, quiet.since, now).total_seconds() / 3600
        if stage_of(case) == "queued" and 0 < settings.remind_h <= idle_h:
            text = f"**Nobody has case {case.id} yet** (tier {case.tier}, {case.priority}): {case.reason}"
            return await self._tell_team(case, text, f"remind:{key}", self._teams.whom(case))
        if self._idle_share(quiet, now) >= _CLAIM_SHARE:
            left = max(1, round(settings.claim_minutes * (1 - self._idle_share(quiet, now))))
            text = f"Case {case.id} is yours, {case.owner_name}; without a sign of you it is free in {left} min."
            return await self._tell_team(case, text, f"claim:{key}", self._teams.whom(case))
        return False

    async def _tell_team(self, case: Case, text: str, key: str, whom: Sequence[str]) -> bool:
        told = [await self._put(room, text, f"{key}:{room.key}", whom) for room in await self._side.rooms(case.id)]
        return any(told)

    async def _put(self, place: Thread, text: str, key: str, whom: Sequence[str] = ()) -> bool:
        return await self._outbox.put(place, Post(text, kind="notice", pings=tuple(whom)), key=key) is not None

    async def _told(self, case: Case) -> Posts:
        """A claim that ran out is said in the case's rooms; whom a person served is asked if it is solved."""
        if case.state == "resolved" and case.resolution == "asked" and is_human(case.owner):
            return [(case.thread, resolve_question(case))]
        if case.state == "resolved":
            # Nothing is said to somebody who had no more to say; where a thread can show that it is solved, it does.
            return [(case.thread, Post("", kind="gone", marks_solved=True))]
        if case.state != "open":
            return ()
        text = f"Case {case.id} is free again: its claim ran out. {case.reason}".strip()
        return [(room, Post(text, kind="notice")) for room in await self._side.rooms(case.id)]


def _step(act: Act, why: str) -> Step:
    return Step(act, SYSTEM, Handoff(act, why))
