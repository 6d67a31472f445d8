"""Browsers that are signed in at the desk, as rows: a restart signs nobody out, and every replica knows them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DeskSession:
    """One browser that is signed in."""

    key: str
    """The hash of its cookie: what is kept opens nothing."""
    name: str
    mark: str
    """Follows from the password at sign-in: another one ends the session."""
    form_key: str
    """What forms of this session bring along, so that no other page can send them."""
    began_at: datetime
    seen_at: datetime


class DeskSessions(Protocol):
    """Sessions as rows."""

    async def begin(self, session: DeskSession, *, most: int) -> None:
        """Keep it; of more than `most` the longest unseen end."""
        ...

    async def find(self, key: str) -> DeskSession | None:
        """The session of a cookie's hash."""
        ...

    async def seen(self, key: str, at: datetime) -> None:
        """Its browser has looked."""
        ...

    async def end(self, key: str) -> None:
        """Sign out."""
        ...

    async def end_all(self, name: str) -> int:
        """Sign somebody out everywhere; how many browsers that were."""
        ...
