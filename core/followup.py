"""What happens to cases that nobody touches: claims run out, questions are taken as answered, ends become final.

Looks at rows, not at memory, so a restart forgets nothing and two replicas do it once.
"""

import asyncio
import logging
from datetime import datetime, timedelta

from core.case import Case, Handoff, is_human
from core.casework import SYSTEM, Act
from core.caseworker import Caseworker, Posts, Step
from core.errors import BotError
from core.ports import Clock
from core.reply import Post
from core.settings import DeskSettings
from core.staffside import Quiet, StaffSide

log = logging.getLogger(__name__)

_LOOK_S = 60.0


class FollowUp:
    """One per process."""

    def __init__(self, *, side: StaffSide, caseworker: Caseworker, settings: DeskSettings, clock: Clock) -> None:
        self._side = side
        self._caseworker = caseworker
        self._settings = settings
        self._clock = clock

    async def run(self) -> None:
        """Look for ever; cancel to stop."""
        while True:
            try:
                await self.sweep()
            except BotError as error:
                log.warning("cases not followed up", extra={"why": str(error)})
            await asyncio.sleep(_LOOK_S)

    async def sweep(self) -> int:
        """Do what is due now; how many cases moved."""
        now, count = self._clock.now(), 0
        shortest = min(self._settings.claim_minutes / 60, self._settings.assume_h, self._settings.close_h)
        for each in await self._side.quiet(before=now - timedelta(hours=shortest)):
            if (step := self._due(each, now)) is not None:
                count += not isinstance(await self._caseworker.act(each.case, step, self._told), str)
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
            case "open", _ if self._has_run_out(case, quiet_h):
                return _step("requeue", f"{case.owner_name or 'The owner'} did nothing for {quiet_h * 60:.0f} minutes.")
            case _:
                return None

    def _has_run_out(self, case: Case, quiet_h: float) -> bool:
        return is_human(case.owner) and case.phase == "active" and quiet_h * 60 >= self._settings.claim_minutes

    async def _told(self, case: Case) -> Posts:
        """A claim that ran out is said in the case's rooms; nothing else is said to anybody."""
        if case.state != "open":
            return ()
        text = f"Case {case.id} is free again: its claim ran out. {case.reason}".strip()
        return [(room, Post(text, kind="notice")) for room in await self._side.rooms(case.id)]


def _step(act: Act, why: str) -> Step:
    return Step(act, SYSTEM, Handoff(act, why))
