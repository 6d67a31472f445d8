"""Reading pages of other systems, and asking them, as the core sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class Unreachable(Exception):
    """A page that was not had: refused, gone, too slow or too large. The message says why, without secrets."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server answered."""

    status: int
    url: str
    """Where it came from in the end."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Names in lower case."""
    content: bytes = b""


class Fetcher(Protocol):
    """Asks for pages, and only where it may go."""

    async def fetch(self, url: str, *, headers: Mapping[str, str]) -> Fetched:
        """One page, whole, redirects followed. Raises `Unreachable`."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What another system answered."""

    status: int
    media_type: str
    content: bytes


class Asker(Protocol):
    """Asks other systems, and only where it may."""

    async def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        body: object = None,
    ) -> Answer:
        """One answer, whole; `body` goes as JSON. Raises `ToolRefused` when nothing was sent, `ConnectionError` when
        that is not known."""
        ...
