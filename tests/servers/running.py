# pyright: basic
"""What the servers of this folder share: serving on a loopback port, waiting for change, running until stopped."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from aiohttp import web


class Changes:
    """Wakes those who wait for a server's state; every request that was answered counts as a change."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()

    def tell(self) -> None:
        """Something may have changed."""
        for event in self._waiting:
            event.set()

    async def until(self, check: Callable[[], Any], *, timeout_s: float = 10.0) -> Any:
        """Wait until `check()` gives something true, and return it. Raises `TimeoutError`."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(timeout_s):
                while not (found := check()):
                    await event.wait()
                    event.clear()
                return found
        finally:
            self._waiting.discard(event)

    @property
    def middleware(self) -> Any:
        """Tells of every request that ends."""

        @web.middleware
        async def telling(request: web.Request, handler: Any) -> web.StreamResponse:
            try:
                return await handler(request)
            finally:
                self.tell()

        return telling


@contextlib.asynccontextmanager
async def listen(app: web.Application, port: int = 0) -> AsyncIterator[str]:
    """Serve `app` on 127.0.0.1 in this event loop; yields its address, ``http://127.0.0.1:PORT``.

    A handler is cancelled when its client goes away, so that aborted requests can be told.
    """
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run `work` until it ends or the user stops it."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(work)
