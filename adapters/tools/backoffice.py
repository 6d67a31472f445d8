"""A shop's own systems behind a small REST contract, as `docs/backoffice.md` describes it.

What it answers is checked here and nowhere else. A 404 or a 409 with its `problem` is a no; whatever else goes wrong
with a change leaves its outcome open.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal, TypeVar, cast, get_args
from urllib.parse import quote

from pydantic import BaseModel, JsonValue, ValidationError

from adapters.tools.guarded import Outbound
from adapters.tools.payloads import AccountPayload, DeedPayload, OrderPayload, OrdersPayload
from adapters.tools.settings import BackOfficeSettings
from core.backoffice import (
    Account,
    Address,
    BackOffice,
    Deed,
    NotDone,
    Note,
    Obstacle,
    Order,
)
from core.errors import SettingsError, ToolRefused
from core.fetching import Answer
from core.headers import hidden, secret_headers
from core.officetools import office_tools
from core.officewords import Assurances
from core.tools import Money, Tool, ToolContext

log = logging.getLogger(__name__)

_OBSTACLES: dict[str, Obstacle] = {each: each for each in get_args(Obstacle)}
_NOT_LET_IN = frozenset({401, 403, 405, 429, 501})
"""Answers to a request that was not carried out for sure."""
_NOT_NOW = "That is not possible just now; a person can help you with it."

P = TypeVar("P", bound=BaseModel)


class Rest:
    """Asks the back end."""

    def __init__(self, outbound: Outbound, url: str, headers: dict[str, str]) -> None:
        self._outbound = outbound
        self._url = url.rstrip("/")
        self._headers = headers

    async def look(self, path: str, form: type[P], *, params: dict[str, str] | None = None) -> P:
        """What stands at a path."""
        answer = await self._outbound.ask("GET", self._url + path, headers=self._headers, params=params)
        return _read(self._without_secrets(answer), form)

    def _without_secrets(self, answer: Answer) -> Answer:
        return replace(answer, content=hidden(answer.content.decode("utf-8", "replace"), self._headers).encode())

    async def act(self, method: Literal["POST", "PUT"], path: str, body: dict[str, JsonValue], key: str) -> Deed:
        """Change something, once by key."""
        headers = {**self._headers, "Idempotency-Key": key}
        answer = await self._outbound.ask(method, self._url + path, headers=headers, body=body)
        return _read(self._without_secrets(answer), DeedPayload).to_deed()


def _read(answer: Answer, form: type[P]) -> P:
    if answer.status == 404:
        raise NotDone("not_found")
    if answer.status in (400, 409, 422):
        raise NotDone(_problem_in(answer))
    if answer.status in _NOT_LET_IN:
        log.error("back office refuses us", extra={"status": answer.status})
        raise ToolRefused(_NOT_NOW)
    if answer.status not in (200, 201, 202):
        raise ConnectionError(answer.status)
    try:
        return form.model_validate_json(answer.content)
    except ValidationError as error:
        places = [".".join(map(str, each["loc"])) for each in error.errors(include_input=False, include_url=False)]
        log.error("back office answers in another form", extra={"form": form.__name__, "wrong": places[:10]})
        raise ConnectionError("the answer is not what the contract says") from None


def _problem_in(answer: Answer) -> Obstacle:
    try:
        body: Any = json.loads(answer.content)
    except ValueError:
        return "not_possible"
    problem: object = cast("dict[str, object]", body).get("problem") if isinstance(body, dict) else ""
    return _OBSTACLES.get(str(problem), "not_possible")


def _customer(customer_id: str) -> str:
    return f"/customers/{quote(customer_id, safe='')}"


def _order(customer_id: str, order_id: str) -> str:
    return f"{_customer(customer_id)}/orders/{quote(order_id, safe='')}"


class RestOrders:
    """See `core.backoffice.Orders`."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    async def find(self, customer_id: str, order_id: str) -> Order:
        """See `Orders`."""
        return (await self._rest.look(_order(customer_id, order_id), OrderPayload)).to_order()

    async def of_customer(self, customer_id: str) -> tuple[Order, ...]:
        """See `Orders`."""
        found = await self._rest.look(f"{_customer(customer_id)}/orders", OrdersPayload)
        return tuple(each.to_order() for each in found.orders)

    async def refund(
        self, customer_id: str, order_id: str, *, line_ids: tuple[str, ...], amount: Money, reason: str, key: str
    ) -> Deed:
        """See `Orders`."""
        body: dict[str, JsonValue] = {
            "lines": [*line_ids], "amount": str(amount.amount), "currency": amount.currency, "reason": reason,
        }  # fmt: skip
        return await self._rest.act("POST", f"{_order(customer_id, order_id)}/refunds", body, key)

    async def cancel(self, customer_id: str, order_id: str, *, reason: str, key: str) -> Deed:
        """See `Orders`."""
        return await self._rest.act("POST", f"{_order(customer_id, order_id)}/cancellation", {"reason": reason}, key)

    async def change_address(self, customer_id: str, order_id: str, *, to: Address, key: str) -> Deed:
        """See `Orders`."""
        body: dict[str, JsonValue] = {
            "name": to.name, "street": to.street, "postcode": to.postcode, "city": to.city, "country": to.country,
        }  # fmt: skip
        return await self._rest.act("PUT", f"{_order(customer_id, order_id)}/address", body, key)


class RestAccounts:
    """See `core.backoffice.Accounts`."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    async def find(self, customer_id: str) -> Account:
        """See `Accounts`."""
        found = await self._rest.look(_customer(customer_id), AccountPayload)
        notes = tuple(Note(each.text, each.at) for each in found.notes)
        return Account(customer_id, found.name, found.email_hint, found.country, found.standing, notes)

    async def add_note(self, customer_id: str, *, text: str, key: str) -> Deed:
        """See `Accounts`."""
        return await self._rest.act("POST", f"{_customer(customer_id)}/notes", {"text": text}, key)

    async def send_reset_link(self, customer_id: str, *, key: str) -> Deed:
        """See `Accounts`."""
        return await self._rest.act("POST", f"{_customer(customer_id)}/password-resets", {}, key)

    async def request_recovery(self, customer_id: str, *, account: str, detail: str, key: str) -> Deed:
        """See `Accounts`."""
        body: dict[str, JsonValue] = {"customer_id": customer_id or None, "account": account, "detail": detail}
        return await self._rest.act("POST", "/recoveries", body, key)


class RestDesk:
    """See `core.backoffice.ServiceDesk`."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    async def open_ticket(self, customer_id: str, *, subject: str, description: str, key: str) -> Deed:
        """See `ServiceDesk`."""
        body: dict[str, JsonValue] = {"subject": subject, "description": description}
        return await self._rest.act("POST", f"{_customer(customer_id)}/tickets", body, key)

    async def book_call(self, customer_id: str, *, at: datetime, topic: str, key: str) -> Deed:
        """See `ServiceDesk`."""
        body: dict[str, JsonValue] = {"at": at.isoformat(), "topic": topic}
        return await self._rest.act("POST", f"{_customer(customer_id)}/callbacks", body, key)


class RestDeeds:
    """See `core.backoffice.Deeds`."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    async def find(self, customer_id: str, key: str) -> Deed:
        """See `Deeds`."""
        params = {"key": key, **({"customer_id": customer_id} if customer_id else {})}
        try:
            return (await self._rest.look("/deeds", DeedPayload, params=params)).to_deed()
        except NotDone as problem:
            if problem.obstacle == "not_found":
                raise LookupError(key) from problem
            raise ConnectionError(problem.obstacle) from None


def rest_office(outbound: Outbound, url: str, headers: dict[str, str]) -> BackOffice:
    """The back end at an address."""
    rest = Rest(outbound, url, headers)
    return BackOffice(RestOrders(rest), RestAccounts(rest), RestDesk(rest), RestDeeds(rest))


def ready_tools(settings: BackOfficeSettings, outbound: Outbound, environment: Mapping[str, str]) -> list[Tool]:
    """The ready-made tools over the back ends of the settings. Raises `SettingsError`."""
    offices: dict[str, BackOffice] = {}
    for each in settings.tenants:
        headers = secret_headers(each.headers_env, environment, f"[[backoffice.tenants]] {each.name}")
        offices |= dict.fromkeys(each.tenants, rest_office(outbound, each.url, headers))
    common_headers = secret_headers(settings.headers_env, environment, "[backoffice]")
    common = rest_office(outbound, settings.url, common_headers) if settings.url else None

    def office_for(context: ToolContext) -> BackOffice:
        office = offices.get(context.principal.tenant, common)
        if office is None:
            raise ToolRefused(_NOT_NOW)
        return office

    promises = Assurances(settings.refund_promise, settings.ticket_promise, settings.reset_promise)
    realms = {tenant: each.name for each in settings.tenants for tenant in each.tenants}
    tools = {each.name: replace(each, realms=realms) for each in office_tools(office_for, promises)}
    unknown = [name for name in settings.offers if name not in tools]
    if unknown:
        known = ", ".join(tools)
        raise SettingsError([f"[backoffice] offers: there is no tool {name}. Known: {known}." for name in unknown])
    return [found for name, found in tools.items() if not settings.offers or name in settings.offers]
