"""The company's own services over HTTP: its customer records, and what brings a code to somebody."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from adapters.identity.service import HttpDirectory, HttpSender, Service
from adapters.tools.guarded import open_outbound
from adapters.tools.settings import OutboundSettings
from core.errors import DeliveryError
from core.identity import OnFile

ADA = OnFile("c-ada", "ada@example.com")
LOOPBACK = OutboundSettings(private_hosts=("127.0.0.1",), limit_kb=1, time_limit_s=5)


class Company:
    """Its two services."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any], str]] = []
        self.status = 200
        self.content: bytes | None = None
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append((str(request.rel_url), body, request.headers.get("X-Key", "")))
        if self.status != 200 or self.content is not None:
            return web.Response(status=self.status, body=self.content or b"", headers={"Location": "/elsewhere"})
        if request.path == "/codes":
            return web.Response(status=204)
        if body in ({"address": ADA.address}, {"customer_id": ADA.customer_id}, {"customer_id": "ada"}):
            return web.json_response({"customer_id": ADA.customer_id, "address": ADA.address, "name": "Ada"})
        return web.Response(status=404)


@asynccontextmanager
async def company() -> AsyncGenerator[tuple[Company, HttpDirectory, HttpSender], None]:
    found = Company()
    app = web.Application()
    app.router.add_post("/{path:.*}", found.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with open_outbound(LOOPBACK) as outbound:
            records = Service(outbound, f"{found.url}/records", {"X-Key": "k-secret"}, called="the customer records")
            codes = Service(outbound, f"{found.url}/codes", {"X-Key": "k-secret"}, called="what sends our codes")
            yield found, HttpDirectory(records), HttpSender(codes)
    finally:
        await runner.cleanup()


async def test_a_customer_is_found_by_address_and_by_id_and_nothing_asked_stands_in_a_url() -> None:
    async with company() as (found, directory, _):
        assert await directory.by_address("ada@example.com") == ADA
        assert await directory.by_id("c-ada") == ADA
        assert await directory.by_address("eve@example.com") is None
        assert await directory.by_id("ada") is None, "records that answer for another id vouch for nobody"
    assert {where for where, _, _ in found.asked} == {"/records"}
    assert {key for _, _, key in found.asked} == {"k-secret"}


async def test_a_code_is_posted_with_the_address_on_file() -> None:
    async with company() as (found, _, sender):
        await sender.send(ADA, "204816", minutes=10)
    assert found.asked[0][:2] == (
        "/codes",
        {"customer_id": "c-ada", "address": "ada@example.com", "code": "204816", "minutes": 10},
    )


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (500, b""), (302, b""), (401, b""), (200, b"{}"), (200, b"[1]"), (200, b"no json"),
        (200, json.dumps({"customer_id": "c-ada", "address": "x" * 2_000}).encode()),
        (200, json.dumps({"customer_id": "", "address": "ada@example.com"}).encode()),
    ],
)  # fmt: skip
async def test_anything_but_the_contract_is_no_customer_and_tells_nothing(status: int, content: bytes) -> None:
    async with company() as (found, directory, _):
        found.status, found.content = status, content
        with pytest.raises(DeliveryError) as refused:
            await directory.by_address("ada@example.com")
    assert "ada" not in str(refused.value)
    assert "k-secret" not in str(refused.value)


async def test_a_code_that_was_not_taken_is_an_error_without_it() -> None:
    async with company() as (found, directory, sender):
        found.status = 503
        with pytest.raises(DeliveryError) as refused:
            await sender.send(ADA, "204816", minutes=10)
        assert "503" in (await directory.examine("")).fix
    assert "204816" not in str(refused.value)


async def test_an_address_inside_the_house_is_not_reached_unless_it_is_named() -> None:
    async with open_outbound(OutboundSettings()) as outbound:
        directory = HttpDirectory(Service(outbound, "https://127.0.0.1:9/records", {}, called="the customer records"))
        with pytest.raises(DeliveryError, match="private network"):
            await directory.by_address("ada@example.com")
