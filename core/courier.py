"""Carries the outbox to the platforms until each row is confirmed."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, nullcontext
from datetime import timedelta

from core.arrivals import Arrivals
from core.conversation import Thread
from core.errors import DeliveryError, RateLimited, StoreError
from core.gate import Gate
from core.membership import Living
from core.ports import Chat, Clock, Outbox
from core.reply import Delivery
from core.staffside import StaffSide

log = logging.getLogger(__name__)

_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 300.0
_MOST_ATTEMPTS = 12
"""With doubling waits that is about 25 minutes of a platform being down, rate limits not counted."""
_LOOK_S = 30.0
"""Looks at the outbox at least this often, for rows whose waiting time is over."""
_MOST_AT_ONCE = 50


async def _as_it_is(delivery: Delivery) -> Delivery:
    return delivery


class Courier:
    """One per process; delivers the rows of the platforms this process is connected to."""

    def __init__(
        self,
        outbox: Outbox,
        chats: Mapping[str, Chat],
        *,
        clock: Clock,
        tell_staff: Callable[[Thread], tuple[Thread, ...]],
        gate: Gate | None = None,
        rooms: StaffSide | None = None,
        fill: Callable[[Delivery], Awaitable[Delivery]] = _as_it_is,
        arrived: Callable[[str], Awaitable[None]] | None = None,
        living: Living = nullcontext,
    ) -> None:
        self._outbox = outbox
        self._chats = chats
        self._clock = clock
        self._gate = gate or Gate()
        self._rooms = rooms
        self._arrivals = Arrivals(outbox, rooms, tell_staff)
        self._fill = fill
        self._arrived = arrived
        self._living = living
        self._wake = asyncio.Event()
        self._taken: set[int] = set()
        """Rows somebody delivers just now. Changed under the lock, so that a row read as due is not a row just done."""
        self._taking = asyncio.Lock()
        self._running: set[asyncio.Task[None]] = set()
        self._soonest_s = _LOOK_S

    def wake(self) -> None:
        """There may be rows that are due."""
        self._wake.set()

    @asynccontextmanager
    async def holding(self, delivery_id: int) -> AsyncGenerator[None, None]:
        """The caller delivers this row itself, through the reply it has open."""
        self._taken.add(delivery_id)
        try:
            yield
        finally:
            await self._give_back(delivery_id)

    async def run(self) -> None:
        """Deliver for ever; cancel to stop. A slow platform holds up only its own threads."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._wake.clear()
                with self._living():
                    for row in await self._take_if_possible():
                        task = group.create_task(self._deliver(row), name=f"delivery {row.id}")
                        self._running.add(task)
                        task.add_done_callback(self._running.discard)
                soonest_s, self._soonest_s = self._soonest_s, _LOOK_S
                try:
                    async with asyncio.timeout(soonest_s):
                        await self._wake.wait()
                except TimeoutError:
                    continue

    async def drain(self) -> None:
        """Deliver what is due now and wait for what is under way."""
        while rows := await self._take():
            async with asyncio.TaskGroup() as group:
                for row in rows:
                    group.create_task(self._deliver(row))
        if self._running:
            await asyncio.wait(list(self._running))

    async def failed(self, row: Delivery, error: DeliveryError) -> None:
        """Note a failure: try again later, or give up and tell staff."""
        is_over = error.is_final or row.attempts + 1 >= _MOST_ATTEMPTS
        wait_s = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2**row.attempts)
        if isinstance(error, RateLimited):
            is_over, wait_s = False, max(error.retry_after_s, 0.05)
        log.warning(
            "not delivered" if is_over else "delivery will be tried again",
            extra={"place": row.thread.key, "row": row.id, "attempts": row.attempts + 1, "why": str(error)},
        )
        retry_at = None if is_over else self._clock.now() + timedelta(seconds=wait_s)
        case_id = await self._outbox.failed(row, str(error), retry_at=retry_at)
        if not is_over:
            self._soonest_s = min(self._soonest_s, wait_s)
            self.wake()
        elif row.post.kind != "card":
            await self._arrivals.lost(row, error, case_id)
            self.wake()

    async def _take_if_possible(self) -> list[Delivery]:
        try:
            return await self._take()
        except StoreError as error:
            log.warning("outbox not read", extra={"why": str(error)})
            return []

    async def _take(self) -> list[Delivery]:
        async with self._taking:
            rows = await self._outbox.due(tuple(self._chats), limit=_MOST_AT_ONCE)
            free = [row for row in rows if row.id not in self._taken]
            self._taken.update(row.id for row in free)
        return free

    async def _give_back(self, delivery_id: int) -> None:
        async with self._taking:
            self._taken.discard(delivery_id)

    async def _deliver(self, row: Delivery) -> None:
        try:
            try:
                ref = await self._send(row)
                if ref is None:
                    return
            except DeliveryError as error:
                await self.failed(row, error)
            except Exception:
                log.exception("delivery broke", extra={"place": row.thread.key, "row": row.id})
                await self.failed(row, DeliveryError("the adapter broke; see the log"))
            else:
                await self._outbox.delivered(row, ref)
                await self._room(row, ref)
                await self._arrivals.came(row)
                self.wake()
        except StoreError as error:
            log.error("delivery not noted", extra={"place": row.thread.key, "row": row.id, "why": str(error)})
        finally:
            await self._give_back(row.id)

    async def _room(self, row: Delivery, ref: str) -> None:
        """A packet that has arrived is where its case is talked about."""
        case_id = next((each.value for each in row.post.buttons if each.action == "claim"), "")
        if case_id and self._rooms is not None:
            room = self._chats[row.thread.platform].room_on(row.thread, ref)
            await self._rooms.open_room(case_id, row.thread, room)
            if self._arrived is not None:
                await self._arrived(case_id)

    async def _send(self, row: Delivery) -> str | None:
        """Send it; None for an answer of the bot that was taken back since it was read."""
        chat = self._chats[row.thread.platform]
        if row.post.kind != "reply":
            return await chat.deliver(await self._fill(row))
        async with self._gate.voice(row.thread) as voice, voice.speaking():
            return await chat.deliver(row) if await self._outbox.is_due(row) else None
