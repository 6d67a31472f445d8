"""One voice at a time in a thread: the bot begins no send once a person's words are on their way to disk.

The store decides who may speak, in its transaction; this closes the gap between that decision and the send.
It works within one process. Between processes the bell tells of it within moments; the store decides, at the
moment a row is released.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from core.conversation import Thread


@dataclass(eq=False, slots=True)
class Voice:
    """The bot in one thread, for as long as it has something to say there."""

    _lock: asyncio.Lock
    is_hushed: bool = False
    _when_hushed: list[Callable[[], object]] = field(default_factory=list[Callable[[], object]])

    @asynccontextmanager
    async def speaking(self) -> AsyncGenerator[bool, None]:
        """One send. Gives False when a person has taken over: then nothing of the answer may be sent."""
        async with self._lock:
            yield not self.is_hushed

    def when_hushed(self, tell: Callable[[], object]) -> None:
        """Call this when a person takes over."""
        self._when_hushed.append(tell)

    def hush(self) -> None:
        """A person has taken over."""
        self.is_hushed = True
        for tell in self._when_hushed:
            tell()


@dataclass(eq=False, slots=True)
class _Place:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    voices: set[Voice] = field(default_factory=set[Voice])
    users: int = 0


class Gate:
    """One per process; remembers only threads in which somebody speaks just now."""

    def __init__(self) -> None:
        self._places: dict[str, _Place] = {}

    @asynccontextmanager
    async def voice(self, thread: Thread) -> AsyncGenerator[Voice, None]:
        """The bot's voice, to be had before the case is read: a take-over after that is never missed."""
        with _Using(self._places, thread.key) as place:
            voice = Voice(place.lock)
            place.voices.add(voice)
            try:
                yield voice
            finally:
                place.voices.discard(voice)

    def hush(self, thread: Thread) -> None:
        """A person has taken over by way of another process."""
        place = self._places.get(thread.key)
        for voice in list(place.voices if place else ()):
            voice.hush()

    @asynccontextmanager
    async def taking(self, thread: Thread) -> AsyncGenerator[Callable[[], None], None]:
        """Commit a take-over inside. Sends that had begun have ended; call what it gives once it is committed."""
        with _Using(self._places, thread.key) as place:
            async with place.lock:
                yield lambda: self.hush(thread)


class _Using:
    """A place that goes with its last user."""

    def __init__(self, places: dict[str, _Place], key: str) -> None:
        self._places, self._key = places, key

    def __enter__(self) -> _Place:
        place = self._places.setdefault(self._key, _Place())
        place.users += 1
        return place

    def __exit__(self, *problem: object) -> None:
        place = self._places[self._key]
        place.users -= 1
        if not place.users:
            del self._places[self._key]
