"""A request that has waited for its connection leaves only if its process is still sure of itself."""

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.leaving import WayOut
from core.membership import DEAD_S, Membership


class Shared:
    """Other processes are there, and hear us whenever we show that we live."""

    is_shared = True

    async def join(self) -> None:
        """Heard."""

    async def beat(self) -> bool:
        """Heard."""
        return True

    async def bury(self, *, after_s: float) -> int:
        """Nobody is dead."""
        return 0

    async def leave(self) -> None:
        """Heard."""


async def _nothing() -> None: ...


async def test_what_waited_too_long_for_its_connection_does_not_leave() -> None:
    seconds, came = [100.0], list[str]()

    async def take(request: web.Request) -> web.Response:
        came.append(request.path)
        return web.Response()

    app = web.Application()
    app.router.add_post("/{what}", take)
    membership = Membership(Shared(), _nothing, clock=lambda: seconds[0])
    await membership.join()
    async with TestServer(app) as server, aiohttp.ClientSession(connector=WayOut(limit=0)) as session:
        with membership.sending():
            await session.post(server.make_url("/sure"))
            # It was sure when it began, and is paused before there is a connection.
            seconds[0] += DEAD_S + 1
            with pytest.raises(aiohttp.ClientConnectionError):
                await session.post(server.make_url("/paused"))
        await session.post(server.make_url("/not-a-message"))
        await membership.beat()
        with membership.sending():
            await session.post(server.make_url("/sure-again"))
    assert came == ["/sure", "/not-a-message", "/sure-again"]
