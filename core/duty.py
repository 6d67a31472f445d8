"""Who of the team is there, and what is watched about cases that people have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.case import Case
from core.conversation import Thread
from core.event import Event
from core.notes import HeldBack
from core.reply import Post


@dataclass(frozen=True, slots=True)
class Presence:
    """What a person of the team said of themselves, and when they were last given a case."""

    staff_id: str
    name: str
    is_away: bool = False
    until: datetime | None = None
    """When an absence ends by itself."""
    given_at: datetime | None = None
    tenants: tuple[str, ...] = ()
    """In whose staff places they spoke or were given cases."""

    def is_absent(self, now: datetime) -> bool:
        """Not there at this moment."""
        return self.is_away and (self.until is None or now < self.until)


class Duty(Protocol):
    """Presences as rows."""

    async def all(self) -> list[Presence]:
        """Everybody who ever said something or was given a case, by name."""
        ...

    async def say(
        self, staff_id: str, name: str, *, is_away: bool, until: datetime | None = None, tenant: str = ""
    ) -> None:
        """Somebody comes or goes."""
        ...

    async def given(self, staff_id: str, name: str, *, tenant: str = "") -> None:
        """Somebody was given a case: everybody else is before them now."""
        ...


@dataclass(frozen=True, slots=True)
class Watched:
    """A case that people have, with what happened in it."""

    case: Case
    events: Sequence[Event]


class Watch(Protocol):
    """Looks at open cases with people, and says things about them once."""

    async def queued(self) -> list[Case]:
        """Open cases that nobody has, the oldest first."""
        ...

    async def with_people(self) -> list[Watched]:
        """Open cases that are not with the bot, with their events."""
        ...

    async def events(self, case_id: str) -> list[Event]:
        """What happened in one case, oldest first."""
        ...

    async def language(self, case_id: str) -> str:
        """In which language its customer wrote last, as triage judged; empty where it could not tell."""
        ...

    async def held_back(self, case_id: str) -> HeldBack | None:
        """The bot's last answer, if the customer was not shown all of it."""
        ...

    async def once(
        self, key: str, case_id: str, what: str, detail: Mapping[str, str], posts: Sequence[tuple[Thread, Post]]
    ) -> bool:
        """An event and what is posted about it, in one transaction; False, and nothing, when that key was used."""
        ...

    async def prioritise(self, case: Case, priority: str, *, by: str) -> Case | None:
        """Another priority for a case that people have; None when somebody else changed it first."""
        ...
