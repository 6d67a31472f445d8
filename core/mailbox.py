"""One turn at a time in a thread, any number of threads at once.

What waits is in the inbox; this only remembers which threads to look at. A wake that comes while a
thread is being worked on makes it look once more, so nothing is overlooked.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Self

from core.conversation import Thread

RunTurn = Callable[[Thread], Awaitable[bool]]
"""Runs one turn of a thread; False when nothing waited. Handles its own errors."""


class Mailbox:
    """Use it as an async context manager; leaving it waits for running turns, cancelling cuts them."""

    def __init__(self, run_turn: RunTurn, *, most_at_once: int = 256) -> None:
        self._run_turn = run_turn
        self._places = asyncio.Semaphore(most_at_once)
        self._active: dict[str, bool] = {}
        """Thread key to: look again after the current turn."""
        self._group = asyncio.TaskGroup()
        self._is_open = False

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        self._is_open = True
        return self

    async def __aexit__(self, *error: object) -> None:
        self._is_open = False
        await self._group.__aexit__(*error)  # type: ignore[arg-type]

    @property
    def active(self) -> int:
        """Threads being worked on."""
        return len(self._active)

    def close(self) -> None:
        """Begin no further turn; what waits stays in the inbox for the next start."""
        self._is_open = False

    def wake(self, thread: Thread) -> None:
        """Look into a thread's inbox, now or right after its current turn."""
        if not self._is_open:
            return
        if thread.key in self._active:
            self._active[thread.key] = True
            return
        self._active[thread.key] = False
        self._group.create_task(self._work(thread), name=f"thread {thread.key}")

    async def _work(self, thread: Thread) -> None:
        try:
            async with self._places:
                while self._is_open:
                    self._active[thread.key] = False
                    if (
                        not await self._run_turn(thread)
                        and not self._active[thread.key]
                    ):
                        break
        finally:
            del self._active[thread.key]
