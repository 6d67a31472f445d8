"""Carries the outbox to the platforms until each row is confirmed."""

import asyncio
import logging
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from core.conversation import Thread
from core.errors import DeliveryError, RateLimited
from core.ports import Chat, Clock, Outbox
from core.reply import Delivery, Post

log = logging.getLogger(__name__)

_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 300.0
_MOST_ATTEMPTS = 12
"""With doubling waits that is about 25 minutes of a platform being down, rate limits not counted."""
_LOOK_S = 30.0
"""Looks at the outbox at least this often, for rows whose waiting time is over."""


class Courier:
    """One per process; delivers the rows of the platforms this process is connected to."""

    def __init__(
        self,
        outbox: Outbox,
        chats: Mapping[str, Chat],
        *,
        clock: Clock,
        tell_staff: Callable[[Thread], tuple[Thread, ...]],
    ) -> None:
        self._outbox = outbox
        self._chats = chats
        self._clock = clock
        self._tell_staff = tell_staff
        self._wake = asyncio.Event()
        self._held: set[int] = set()

    def wake(self) -> None:
        """There may be rows that are due."""
        self._wake.set()

    @contextmanager
    def holding(self, delivery_id: int) -> Generator[None]:
        """The caller delivers this row itself, through the reply it has open."""
        self._held.add(delivery_id)
        try:
            yield
        finally:
            self._held.discard(delivery_id)

    async def run(self) -> None:
        """Deliver for ever; cancel to stop."""
        while True:
            self._wake.clear()
            while await self._round():
                pass
            try:
                async with asyncio.timeout(self._next_look_s()):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def drain(self) -> None:
        """Deliver what is due now, once; used before a process ends."""
        while await self._round():
            pass

    async def _round(self) -> int:
        rows = await self._outbox.due(tuple(self._chats), limit=50)
        rows = [row for row in rows if row.id not in self._held]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._deliver(row)) for row in rows]
        return sum(task.result() for task in tasks)

    async def _deliver(self, row: Delivery) -> bool:
        try:
            ref = await self._chats[row.thread.platform].deliver(row)
        except DeliveryError as error:
            await self.failed(row, error)
            return False
        except Exception:
            log.exception("delivery broke", extra={"place": row.thread.key, "row": row.id})
            await self.failed(row, DeliveryError("the adapter broke; see the log"))
            return False
        await self._outbox.delivered(row, ref)
        return True

    async def failed(self, row: Delivery, error: DeliveryError) -> None:
        """Note a failure: try again later, or give up and tell staff."""
        is_over = error.is_final or row.attempts + 1 >= _MOST_ATTEMPTS
        wait_s = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2**row.attempts)
        if isinstance(error, RateLimited):
            is_over, wait_s = False, max(error.retry_after_s, 0.05)
        log.warning(
            "not delivered" if is_over else "delivery will be tried again",
            extra={
                "place": row.thread.key,
                "row": row.id,
                "attempts": row.attempts + 1,
                "why": str(error),
            },
        )
        retry_at = None if is_over else self._clock.now() + timedelta(seconds=wait_s)
        await self._outbox.failed(row, str(error), retry_at=retry_at)
        self._soonest_s = min(self._soonest_s, wait_s) if not is_over else self._soonest_s
        if is_over and row.post.kind != "card":
            await self._report(row, error)

    async def _report(self, row: Delivery, error: DeliveryError) -> None:
        text = f"**A message did not reach the customer** ({row.thread.platform}): {error}"
        for n, place in enumerate(self._tell_staff(row.thread)):
            await self._outbox.put(place, Post(text, kind="card"), key=f"undelivered:{row.id}:{n}")
        self.wake()

    _soonest_s: float = _LOOK_S

    def _next_look_s(self) -> float:
        soonest, self._soonest_s = self._soonest_s, _LOOK_S
        return soonest
