"""The bytes of an answer, read as they come and handed on some at a time.

Whatever is done with a piece of an answer costs by the piece, and chats show new text a few times a minute. So a model
that sends sixty pieces a second is handed on in ten. The first bytes and the end wait for nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from types import TracebackType

PAUSE_S = 0.1


class Gathering:
    """Reads `chunks` in a task of its own. `is_last` tells the bytes that nothing is waited for after."""

    def __init__(self, chunks: AsyncIterator[bytes], *, is_last: Callable[[bytes], bool], pause_s: float = PAUSE_S):
        self._chunks = chunks
        self._is_last = is_last
        self._pause_s = pause_s
        self._loop = asyncio.get_running_loop()
        self._held: list[bytes] = []
        self._ready = asyncio.Event()
        self._due = self._loop.time()
        self._alarm: asyncio.TimerHandle | None = None
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Gathering":
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._disarm()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def next(self) -> bytes:
        """What came since the last call, once it is time for it; nothing at the end. Raises what reading raised."""
        reading = self._reading
        assert reading is not None, "entered first"
        if not reading.done():
            await self._ready.wait()
        self._ready.clear()
        self._disarm()
        self._due = self._loop.time() + self._pause_s
        data = b"".join(self._held)
        self._held.clear()
        if not data:
            await reading
        return data

    async def end(self, *, limit_s: float) -> None:
        """Read on for so long, or to the end."""
        if self._reading is not None:
            await asyncio.wait((self._reading,), timeout=limit_s)

    async def _read(self) -> None:
        try:
            async for chunk in self._chunks:
                if not chunk:
                    continue
                self._held.append(chunk)
                if self._loop.time() >= self._due or self._is_last(chunk):
                    self._ready.set()
                elif self._alarm is None:
                    self._alarm = self._loop.call_at(self._due, self._ready.set)
        finally:
            self._ready.set()

    def _disarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
