"""Rings timers at whoever waits for their kind.

A timer rings once. Its handler may still be called again after a crash, so what it does must be safe to
repeat: compare-and-set, or a row whose key is made of the timer's id.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from core.errors import BotError
from core.ports import Timers
from core.timers import Timer

log = logging.getLogger(__name__)

_LOOK_S = 5.0
"""Looks this often, and so notices a clock that was set forward."""
_MOST_AT_ONCE = 20

Handler = Callable[[Timer], Awaitable[None]]


class Alarm:
    """Rings timers at the handlers of their kinds; one a process."""

    def __init__(self, timers: Timers) -> None:
        self._timers = timers
        self._handlers: dict[str, Handler] = {}
        self._wake = asyncio.Event()

    def on(self, kind: str, handler: Handler) -> None:
        """From now on, timers of this kind ring there. Timers of kinds without a handler wait."""
        self._handlers[kind] = handler

    def wake(self) -> None:
        """A timer was set that may be due at once."""
        self._wake.set()

    async def run(self) -> None:
        """Ring for ever; cancel to stop."""
        while True:
            self._wake.clear()
            try:
                await self.ring()
            except BotError as error:
                log.warning("timers not read", extra={"why": str(error)})
            try:
                async with asyncio.timeout(_LOOK_S):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def ring(self) -> int:
        """Ring everything that is due now; how many."""
        count = 0
        while rung := await self._timers.take(tuple(self._handlers), limit=_MOST_AT_ONCE):
            async with asyncio.TaskGroup() as group:
                for timer in rung:
                    group.create_task(self._ring(timer), name=f"timer {timer.id}")
            count += len(rung)
        return count

    async def _ring(self, timer: Timer) -> None:
        try:
            await self._handlers[timer.kind](timer)
            await self._timers.rang(timer)
        except Exception:
            # A handler begins here; its timer rings again later.
            log.exception("a timer's handler broke", extra={"timer": timer.id, "kind": timer.kind})
