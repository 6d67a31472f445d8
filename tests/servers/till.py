"""A stand-in payment provider that pays every time it is asked: whoever asks twice pays twice."""

from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from aiohttp import web

from tests.servers.running import listen


class Till:
    """What was paid, by order; and under which reference, so that an earlier payment can be looked up."""

    def __init__(self) -> None:
        self.paid: Counter[str] = Counter()
        self._keys: set[str] = set()

    async def pay(self, request: web.Request) -> web.Response:
        """`POST /refunds {order, key}`."""
        wanted = await request.json()
        self.paid[wanted["order"]] += 1
        self._keys.add(wanted["key"])
        return web.json_response({"id": f"re-{wanted['order']}"})

    async def find(self, request: web.Request) -> web.Response:
        """`GET /refunds?key=`: 404 when nothing was paid under it."""
        if request.query.get("key") in self._keys:
            return web.json_response({"found": True})
        return web.json_response({"found": False}, status=404)


@asynccontextmanager
async def serve(till: Till) -> AsyncGenerator[str]:
    """Serve it; gives its address."""
    app = web.Application()
    app.add_routes([web.post("/refunds", till.pay), web.get("/refunds", till.find)])
    async with listen(app) as url:
        yield url
