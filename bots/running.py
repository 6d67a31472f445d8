"""What goes on for as long as a process does, and how it ends."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager

from core.answering import Answerer
from core.courier import Courier
from core.intake import Intake
from core.mailbox import Mailbox
from core.membership import Membership

log = logging.getLogger(__name__)


@asynccontextmanager
async def running_until_closed(
    mailbox: Mailbox,
    courier: Courier,
    running: Sequence[Callable[[], Coroutine[None, None, None]]],
    membership: Membership,
    intake: Intake,
    warmed: Answerer | None,
    *,
    drain_s: float,
) -> AsyncGenerator[None, None]:
    """Turns and deliveries, until the block ends; then turns get `drain_s` seconds and are parked after that."""
    async with asyncio.TaskGroup() as group:
        background = [group.create_task(each(), name=getattr(each, "__qualname__", "bell")) for each in running]
        working = group.create_task(mailbox.run(), name="mailbox")
        if warmed is not None:
            background.append(group.create_task(warmed.warm_up(), name="warm-up"))
        try:
            yield
        finally:
            mailbox.close()
            try:
                async with asyncio.timeout(drain_s):
                    await asyncio.shield(working)
                    await courier.drain()
            except TimeoutError:
                log.warning("turns parked", extra={"threads": mailbox.active})
            working.cancel()
            # Parked turns are let go of before this process is: only then does the attempt not count.
            await asyncio.wait([working])
            for task in background:
                task.cancel()
            await intake.close()
            await membership.leave()
