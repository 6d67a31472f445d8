"""A request leaves only if its process is still sure of itself."""

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.leaving import LeavingRequest
from core.errors import DeliveryError
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


async def test_what_was_about_to_leave_when_its_process_was_paused_does_not_leave() -> None:
    seconds, came = [100.0], list[str]()

    async def take(request: web.Request) -> web.Response:
        came.append(request.path)
        return web.Response()

    app = web.Application()
    app.router.add_post("/{what}", take)
    membership = Membership(Shared(), _nothing, clock=lambda: seconds[0])
    await membership.join()
    async with TestServer(app) as server, aiohttp.ClientSession(request_class=LeavingRequest) as session:
        with membership.sending():
            await session.post(server.make_url("/sure"), data=b"{}")
            # It was sure when it began, and is paused before the first byte.
            seconds[0] += DEAD_S + 1
            with pytest.raises(aiohttp.ClientConnectionError):
                await session.post(server.make_url("/paused"), data=b"{}")
        await session.post(server.make_url("/not-a-message"), data=b"{}")
        await membership.beat()
        with membership.living(), membership.sending():
            # Taken for dead and begun anew, it is sure of what it begins, but of nothing that it was at before.
            await membership.join()
            with pytest.raises(aiohttp.ClientConnectionError):
                await session.post(server.make_url("/of-an-earlier-life"), data=b"{}")
            with pytest.raises(DeliveryError), membership.sending():
                pass
        with membership.sending():
            await session.post(server.make_url("/sure-again"), data=b"{}")
    assert came == ["/sure", "/not-a-message", "/sure-again"]
