"""What people of the team say of themselves: that they are there, or away and until when; and who is there."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from core.callbacks import read_local
from core.conversation import Thread
from core.desksettings import DeskSettings
from core.duty import Duty, Presence
from core.hours import in_words
from core.ports import Clock
from core.teams import Teams

_WORDS = re.compile(r"\s*(available|back|away|who)(?:\s+until\s+(.+?))?\s*[.!]?\s*", re.IGNORECASE)
_TIME = re.compile(r"(\d\d?):(\d\d)")


class Rota:
    """One per process."""

    def __init__(
        self,
        *,
        duty: Duty,
        settings: DeskSettings,
        clock: Clock,
        left: Callable[[str, str], Awaitable[str]] | None = None,
    ) -> None:
        self._duty = duty
        self._teams = Teams(settings)
        self._left = left
        self._zone = settings.hours.hours().zone
        self._clock = clock

    async def heard(self, text: str, *, staff_id: str, name: str, place: Thread) -> str:
        """A line for whoever wrote it; empty when it is no word of this kind."""
        found = _WORDS.fullmatch(text)
        if found is None or (found[2] and found[1].lower() != "away"):
            return ""
        tenant = self._teams.tenant(place)
        match found[1].lower():
            case "who":
                return await self.who(place)
            case "away":
                until = self._until(found[2]) if found[2] else None
                if found[2] and until is None:
                    return "I did not understand until when: write `away until 14:00` or `away until 2026-11-26 09:00`."
                await self._duty.say(staff_id, name, is_away=True, until=until, tenant=tenant)
                gone = f"{name} is away" + (f" until {in_words(until, self._zone)}." if until else ".")
                return f"{gone} {await self._left(staff_id, name) if self._left else ''}".strip()
            case _:
                await self._duty.say(staff_id, name, is_away=False, tenant=tenant)
                return f"{name} is there and takes cases in turn."

    async def who(self, place: Thread) -> str:
        """Everybody who is known at a place, one a line."""
        lines = [self._line(each) for each in await self._duty.all() if self._teams.is_known_at(each, place)]
        return "\n".join(lines) or "Nobody has said anything yet; everybody of `[desk.teams]` counts as there."

    def _line(self, one: Presence) -> str:
        if not one.is_absent(self._clock.now()):
            return f"- {one.name}: there"
        return f"- {one.name}: away" + (f" until {in_words(one.until, self._zone)}" if one.until else "")

    def _until(self, text: str) -> datetime | None:
        """A moment in the desk's zone; a bare time is the next one."""
        now = self._clock.now()
        if found := _TIME.fullmatch(text):
            at = read_local(f"{now.astimezone(self._zone):%Y-%m-%d} {int(found[1]):02d}:{found[2]}", self._zone)
            return at + timedelta(days=at <= now) if at else None
        at = read_local(text, self._zone)
        return at if at and at > now else None
