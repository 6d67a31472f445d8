"""Reading pages of other systems, as the core sees it."""

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
