"""A payment provider that pays, and breaks where it is told to.

`POST /refunds` with an `Idempotency-Key` pays; `GET /refunds/{key}` tells what was paid under a key. Faults are taken
from `faults`, one a request: `fail_before`, `fail_after` (500), `hang_before`, `hang_after`, `drop_after` (the line is
cut), `late` (pays after the caller has given up); None or an empty list: all is well.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from aiohttp import web

HANG_S = 30.0
LATE_S = 0.15


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that moved."""

    id: str
    key: str
    order_id: str
    amount: Decimal


@dataclass
class Payments:
    """What was paid, and what goes wrong next."""

    url: str = ""
    honours_keys: bool = True
    """A second request under the same key gets the first answer; off: every request pays."""
    paid: list[Payment] = field(default_factory=list[Payment])
    faults: deque[str | None] = field(default_factory=deque[str | None])
    look_up_fails: bool = False
    requests: int = 0
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def pay(self, key: str, order_id: str, amount: str) -> Payment:
        """Move money, unless the key is known and honoured."""
        known = next((each for each in self.paid if each.key == key), None)
        if known is not None and self.honours_keys:
            return known
        payment = Payment(f"re_{len(self.paid) + 1}", key, order_id, Decimal(amount))
        self.paid.append(payment)
        return payment

    async def refund(self, request: web.Request) -> web.StreamResponse:
        """`POST /refunds`."""
        self.requests += 1
        body = await request.json()
        fault = self.faults.popleft() if self.faults else None
        if fault == "fail_before":
            return web.json_response({"error": "try again"}, status=500)
        if fault == "hang_before":
            await self._hang(HANG_S)
            return web.json_response({"error": "gone"}, status=500)
        if fault == "late":
            await self._hang(LATE_S)
        payment = self.pay(request.headers.get("Idempotency-Key", ""), body["order_id"], body["amount"])
        if fault == "fail_after":
            return web.json_response({"error": "try again"}, status=500)
        if fault in ("hang_after", "late"):
            await self._hang(HANG_S)
        if fault == "drop_after" and request.transport is not None:
            request.transport.close()
        return web.json_response({"id": payment.id, "amount": str(payment.amount)})

    async def find(self, request: web.Request) -> web.Response:
        """`GET /refunds/{key}`."""
        if self.look_up_fails:
            return web.json_response({"error": "try again"}, status=503)
        key = request.match_info["key"]
        known = next((each for each in self.paid if each.key == key), None)
        if known is None:
            return web.json_response({"error": "unknown"}, status=404)
        return web.json_response({"id": known.id, "amount": str(known.amount)})

    async def _hang(self, seconds: float) -> None:
        """Until the time is over or the server stops."""
        try:
            async with asyncio.timeout(seconds):
                await self.stopping.wait()
        except TimeoutError:
            return


@asynccontextmanager
async def payments() -> AsyncGenerator[Payments, None]:
    """The provider on a free local port."""
    provider = Payments()
    app = web.Application()
    app.add_routes([web.post("/refunds", provider.refund), web.get("/refunds/{key:.+}", provider.find)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    provider.url = f"http://{host}:{port}"
    try:
        yield provider
    finally:
        provider.stopping.set()
        await runner.cleanup()
