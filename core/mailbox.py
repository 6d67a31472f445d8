"""One turn at a time in a thread, any number of threads at once.

What waits is in the inbox; this only remembers which threads to look at. A wake that comes while a
thread is being worked on makes it look once more, so nothing is overlooked.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Literal

from core.conversation import Thread
from core.membership import Living

Ran = Literal["done", "nothing", "parked"]
RunTurn = Callable[[Thread], Awaitable[Ran]]
"""Runs one turn of a thread. Handles its own errors; `parked` means: look again in a while."""

_PARKED_S = 15.0


class Mailbox:
    """Works from `run` until `close`; then running turns end and nothing new begins."""

    def __init__(self, run_turn: RunTurn, *, most_at_once: int = 256, living: Living = nullcontext) -> None:
        self._run_turn = run_turn
        self._living = living
        self._places = asyncio.Semaphore(most_at_once)
        self._active: dict[str, bool] = {}
        """Thread key to: look again after the current turn."""
        self._early: list[Thread] = []
        """Woken before `run` had begun."""
        self._group: asyncio.TaskGroup | None = None
        self._closing = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def active(self) -> int:
        """Threads being worked on."""
        return len(self._active)

    async def run(self) -> None:
        """Work until `close` was called and the last running turn has ended; cancelling cuts turns off."""
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                for thread in self._early:
                    self.wake(thread)
                self._early.clear()
                await self._closing.wait()
        finally:
            self._closing.set()

    async def idle(self) -> None:
        """Wait until no thread is being worked on."""
        await self._idle.wait()

    def close(self) -> None:
        """Begin no further turn; what waits stays in the inbox for the next start."""
        self._closing.set()

    def wake(self, thread: Thread) -> None:
        """Look into a thread's inbox, now or right after its current turn."""
        if self._closing.is_set():
            return
        if self._group is None:
            self._early.append(thread)
        elif thread.key in self._active:
            self._active[thread.key] = True
        else:
            self._active[thread.key] = False
            self._idle.clear()
            self._group.create_task(self._work(thread), name=f"thread {thread.key}")

    async def _work(self, thread: Thread) -> None:
        try:
            async with self._places:
                while not self._closing.is_set():
                    self._active[thread.key] = False
                    with self._living():
                        ran = await self._run_turn(thread)
                    if ran == "parked":
                        asyncio.get_running_loop().call_later(_PARKED_S, self.wake, thread)
                    if not self._active[thread.key]:
                        break
        finally:
            del self._active[thread.key]
            if not self._active:
                self._idle.set()
