"""A shop's own systems behind the REST contract of `docs/backoffice.md`, over a back end of ours; breaks where told to.

Faults are taken from `faults`, one for each change: `fail_before`, `fail_after` (500), `drop_after` (the line is cut);
None or an empty list: all is well. Requests without the right `Authorization` get 401.
"""

from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from aiohttp import web

from core.backoffice import Address, BackOffice, Deed, NotDone, Order
from core.tools import Money
from tests.servers.running import listen

SECRET = "Bearer s3cret-of-the-back-office"


@dataclass
class Shopfront:
    """What answers, and what goes wrong next."""

    office: BackOffice
    faults: deque[str | None] = field(default_factory=deque[str | None])
    seen: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    """Method, path and idempotency key of each request."""
    url: str = ""

    @web.middleware
    async def guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Lets nobody in without the secret, and turns a no into its status."""
        self.seen.append((request.method, request.path, request.headers.get("Idempotency-Key", "")))
        if request.headers.get("Authorization") != SECRET:
            return web.json_response({"problem": "who are you"}, status=401)
        try:
            return await handler(request)
        except NotDone as problem:
            status = 404 if problem.obstacle == "not_found" else 409
            return web.json_response({"problem": problem.obstacle}, status=status)
        except LookupError:
            return web.json_response({"problem": "not_found"}, status=404)

    async def order(self, request: web.Request) -> web.StreamResponse:
        """`GET /customers/{customer}/orders/{order}`."""
        return web.json_response(_order(await self.office.orders.find(*_path(request))))

    async def orders(self, request: web.Request) -> web.StreamResponse:
        """`GET /customers/{customer}/orders`."""
        found = await self.office.orders.of_customer(*_path(request))
        return web.json_response({"orders": [_order(each) for each in found]})

    async def account(self, request: web.Request) -> web.StreamResponse:
        """`GET /customers/{customer}`."""
        found = await self.office.accounts.find(*_path(request))
        notes = [{"text": each.text, "at": each.at.isoformat()} for each in found.notes]
        return web.json_response(
            {
                "name": found.name,
                "email_hint": found.email_hint,
                "country": found.country,
                "standing": found.standing,
                "notes": notes,
            }
        )

    async def deed(self, request: web.Request) -> web.StreamResponse:
        """`GET /deeds?key=…&customer_id=…`."""
        return _deed(await self.office.deeds.find(request.query.get("customer_id", ""), request.query["key"]))

    async def change(self, request: web.Request) -> web.StreamResponse:
        """Everything that changes something."""
        fault = self.faults.popleft() if self.faults else None
        if fault == "fail_before":
            return web.json_response({}, status=500)
        body, key = await request.json(), request.headers["Idempotency-Key"]
        deed = await self._act(request.path.rpartition("/")[2], _path(request), body, key)
        if fault == "fail_after":
            return web.json_response({}, status=500)
        if fault == "drop_after" and request.transport is not None:
            request.transport.close()
        return _deed(deed, status=201)

    async def _act(self, what: str, path: list[str], body: dict[str, Any], key: str) -> Deed:
        orders, accounts, desk = self.office.orders, self.office.accounts, self.office.desk
        match what:
            case "refunds":
                amount = Money(Decimal(body["amount"]), body["currency"])
                lines = tuple(body["lines"])
                return await orders.refund(*path, line_ids=lines, amount=amount, reason=body["reason"], key=key)
            case "cancellation":
                return await orders.cancel(*path, reason=body["reason"], key=key)
            case "address":
                return await orders.change_address(*path, to=Address(**body), key=key)
            case "notes":
                return await accounts.add_note(*path, text=body["text"], key=key)
            case "password-resets":
                return await accounts.send_reset_link(*path, key=key)
            case "recoveries":
                known = body["customer_id"] or ""
                return await accounts.request_recovery(known, account=body["account"], detail=body["detail"], key=key)
            case "tickets":
                return await desk.open_ticket(*path, subject=body["subject"], description=body["description"], key=key)
            case _:
                at = datetime.fromisoformat(body["at"])
                return await desk.book_call(*path, at=at, topic=body["topic"], key=key)


def _path(request: web.Request) -> list[str]:
    return [request.match_info[name] for name in ("customer", "order") if name in request.match_info]


def _order(order: Order) -> dict[str, Any]:
    to = order.ship_to
    return {
        "id": order.id,
        "state": order.state,
        "currency": order.total.currency,
        "lines": [
            {
                "id": line.id,
                "item": line.item,
                "quantity": line.quantity,
                "price": str(line.price.amount),
                "is_refunded": line.is_refunded,
            }
            for line in order.lines
        ],
        "total": str(order.total.amount),
        "placed_on": order.placed_on.isoformat(),
        "event_on": order.event_on.isoformat(),
        "carrier": order.carrier,
        "tracking": order.tracking,
        "ship_to": {
            "name": to.name, "street": to.street, "postcode": to.postcode, "city": to.city, "country": to.country,
        } if to else None,
        "standing": order.standing,
    }  # fmt: skip


def _deed(deed: Deed, *, status: int = 200) -> web.StreamResponse:
    money = {"amount": str(deed.money.amount), "currency": deed.money.currency} if deed.money else {}
    return web.json_response({"id": deed.id, "sent_to": deed.sent_to, **money}, status=status)


@asynccontextmanager
async def serve(office: BackOffice) -> AsyncGenerator[Shopfront]:
    """Serve a back end on a free local port."""
    shop = Shopfront(office)
    app = web.Application(middlewares=[shop.guard])
    whose = "/customers/{customer}"
    which = whose + "/orders/{order}"
    app.add_routes(
        [
            web.get(whose, shop.account),
            web.get(f"{whose}/orders", shop.orders),
            web.get(which, shop.order),
            web.get("/deeds", shop.deed),
            web.post(f"{which}/refunds", shop.change),
            web.post(f"{which}/cancellation", shop.change),
            web.put(f"{which}/address", shop.change),
            *(
                web.post(f"{whose}/{what}", shop.change)
                for what in ("notes", "password-resets", "tickets", "callbacks")
            ),
            web.post("/recoveries", shop.change),
        ]
    )
    async with listen(app) as shop.url:
        yield shop
