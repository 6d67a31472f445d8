"""MCP servers and OpenAPI descriptions as tools, against real servers."""

import asyncio
import json
import logging
import socket
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from aiohttp import web
from mcp import Client
from mcp.types import LATEST_PROTOCOL_VERSION
from pydantic import ValidationError

from adapters.tools.guarded import open_outbound
from adapters.tools.mcp import McpServer
from adapters.tools.openapi import openapi_tools
from adapters.tools.settings import McpSource, OpenApiSource, OutboundSettings
from core.declaring import Declaration, Foreign, declared
from core.errors import SettingsError, ToolRefused
from core.principal import Principal
from core.tools import Tool, ToolContext, ToolResult, arguments_for
from tests.adapters.tools.mcp_server import server

LOOPBACK = OutboundSettings(private_hosts=("127.0.0.1",))
SECRET = "k3y-of-the-house"
_SERVERS = ("mcp.server", "uvicorn", "sse_starlette", "starlette")
PROGRAM = str(Path(__file__).with_name("mcp_server.py"))
MINE = Declaration(
    effect="read", whose="customer", filled={"customer_id": "customer_id"}, approving="policy", shows=("state",)
)


def context(customer: str = "C-1") -> ToolContext:
    return ToolContext(Principal("customer", "t", "p", "u", "Ada", customer), "c", "t", "key-1", Path(), {})


async def call(found: Tool, arguments: dict[str, Any], *, customer: str = "C-1") -> ToolResult:
    here = context(customer)
    return await found.run(here, **arguments_for(found, found.parse(json.dumps(arguments)), here.principal))


class Announced(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@asynccontextmanager
async def over_http() -> AsyncGenerator[str, None]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(server().streamable_http_app(), log_level="error", lifespan="on")
    running = Announced(config)
    task = asyncio.ensure_future(running.serve(sockets=[listener]))
    try:
        async with asyncio.timeout(10):
            await running.ready.wait()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
    finally:
        running.should_exit = True
        await task
        listener.close()


@asynccontextmanager
async def source(way: str) -> AsyncGenerator[McpSource, None]:
    declared = {"find_order": MINE}
    only = ("find_order", "erase_everything")
    if way == "stdio":
        yield McpSource(
            name="crm",
            command=(sys.executable, PROGRAM),
            declare=declared,
            only=only,
        )
        return
    async with over_http() as url:
        yield McpSource(name="crm", url=url, declare=declared, only=only)


@pytest.mark.parametrize("way", ["stdio", "http"])
async def test_functions_of_an_mcp_server_are_tools_with_the_declared_rules(way: str) -> None:
    async with source(way) as wanted:
        find, erase = await McpServer(wanted, LOOPBACK, {}).tools()
        assert (find.name, find.effect, find.whose) == ("crm_find_order", "read", "customer")
        assert (erase.effect, erase.approving, erase.whose) == ("write", "staff", "outside")
        assert find.parameters.names == ("order_id",)
        found = await call(find, {"order_id": "1"})
        assert found.data["state"] == "shipped"
        assert find.visible(found) == {"state": "shipped"}
        with pytest.raises(ToolRefused):
            await call(find, {"order_id": "2"})
        with pytest.raises(ToolRefused, match="customer_id: not known"):
            await call(find, {"order_id": "2", "customer_id": "C-2"})


async def test_a_server_that_is_not_there_or_lacks_a_function_is_named_at_start() -> None:
    gone = McpSource(name="gone", command=(sys.executable, "-c", "raise SystemExit(1)"), only=("x",), connect_limit_s=5)
    with pytest.raises(SettingsError, match="gone: the server does not answer"):
        await McpServer(gone, LOOPBACK, {}).tools()
    async with source("stdio") as wanted:
        with pytest.raises(SettingsError, match="no function fly"):
            await McpServer(wanted.model_copy(update={"only": ("fly",)}), LOOPBACK, {}).tools()


def test_how_fresh_a_proof_has_to_be_is_declared_beside_the_tool() -> None:
    async def run(context: ToolContext) -> ToolResult:
        return ToolResult("")

    asked = Declaration(proof="fresh", fresh_minutes=5, effect="read", whose="customer", filled={"id": "customer_id"})
    found = declared(Foreign("erase", "", {"type": "object", "properties": {}}, run), asked, prefix="")
    assert (found.proof, found.fresh_minutes) == ("fresh", 5)


def test_declarations_that_do_not_hold_together_are_refused() -> None:
    with pytest.raises(ValidationError, match="amount, currency and acts_on"):
        Declaration(effect="money")
    with pytest.raises(ValidationError, match="needs filled"):
        Declaration(whose="customer")
    with pytest.raises(ValidationError, match="either a command or a url"):
        McpSource(name="x")


DESCRIPTION: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "/customers/{customer_id}/orders/{order_id}": {
            "parameters": [
                {"name": "customer_id", "in": "path", "required": True, "schema": {"type": "string"}},
                {"name": "order_id", "in": "path", "required": True, "schema": {"type": "string"}},
            ],
            "get": {"operationId": "getOrder", "parameters": [{"$ref": "#/components/parameters/Full"}]},
        },
        "/refunds": {
            "post": {
                "operationId": "refund",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refund"}}}},
            }
        },
    },
    "components": {
        "parameters": {"Full": {"name": "full", "in": "query", "schema": {"type": "boolean"}}},
        "schemas": {
            "Refund": {
                "type": "object",
                "properties": {"order_id": {"type": "string"}, "amount": {"type": "string"}},
                "required": ["order_id", "amount"],
            }
        },
    },
}
MONEY = Declaration(effect="money", amount="amount", currency="EUR", acts_on=("order_id",), look_up="getOrder")


async def answer(request: web.Request) -> web.Response:
    if request.path == "/api.json":
        return web.json_response(DESCRIPTION)
    if request.headers.get("Authorization") != "Bearer k":
        return web.json_response({}, status=401)
    if request.method == "POST":
        return web.json_response({"body": await request.json(), "key": request.headers["Idempotency-Key"]})
    if "broken" in request.path:
        return web.json_response({}, status=503)
    return web.json_response({"path": request.raw_path, "state": "shipped"})


async def test_operations_on_the_list_are_tools_and_no_others(tmp_path: Path) -> None:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    wanted = OpenApiSource(
        name="shop", source=f"{url}/api.json", base_url=url, operations=("getOrder", "refund"),
        headers_env={"Authorization": "SHOP_KEY"}, declare={"getOrder": MINE, "refund": MONEY},
    )  # fmt: skip
    async with open_outbound(LOOPBACK) as outbound:
        order, refund = await openapi_tools(wanted, outbound, {"SHOP_KEY": "Bearer k"})
        found = await call(order, {"order_id": "../1?x", "full": True})
        assert found.data["path"] == "/customers/C-1/orders/..%2F1%3Fx?full=true"
        paid = await call(refund, {"order_id": "1", "amount": "5"})
        assert paid.data == {"body": {"order_id": "1", "amount": "5"}, "key": "key-1"}
        assert refund.amount is not None
        assert str(refund.amount({"amount": "5"}, {})) == "5.00 EUR"
        with pytest.raises(ConnectionError):
            await call(order, {"order_id": "broken"})
        assert refund.look_up is not None
        assert (await refund.look_up(context(), order_id="1", customer_id="C-1", amount="5")).data["state"] == "shipped"
        with pytest.raises(SettingsError, match="set SHOP_KEY for the header Authorization"):
            await openapi_tools(wanted, outbound, {})
        file = tmp_path / "api.yaml"
        file.write_text("not: [a description")
        with pytest.raises(SettingsError, match="cannot be read"):
            await openapi_tools(wanted.model_copy(update={"source": str(file)}), outbound, {"SHOP_KEY": "x"})
        with pytest.raises(SettingsError, match="no operation fly"):
            await openapi_tools(wanted.model_copy(update={"operations": ("fly",)}), outbound, {"SHOP_KEY": "x"})
    await runner.cleanup()


async def test_a_secret_that_a_server_sends_back_reaches_neither_model_nor_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with over_http() as url:
        wanted = McpSource(name="", url=url, headers_env={"Authorization": "KEY"}, only=("read_headers",))
        (read,) = await McpServer(wanted, LOOPBACK, {"KEY": f"Bearer {SECRET}"}).tools()
        found = await call(read, {"fails": False})
        told = str(found)
        assert "•••" in told
        with pytest.raises(ToolRefused) as refused:
            await call(read, {"fails": True})
    assert refused.value.quotes
    logged = [str(vars(each)) for each in caplog.records if not each.name.startswith(_SERVERS)]
    assert logged
    assert SECRET not in told + str(refused.value) + "".join(logged)


async def test_a_secret_that_an_http_system_sends_back_reaches_no_model() -> None:
    async def echo(request: web.Request) -> web.Response:
        if request.path == "/api.json":
            return web.json_response(DESCRIPTION)
        return web.json_response({"state": f"you sent {dict(request.headers)}"})

    async with running(echo) as url:
        wanted = OpenApiSource(
            name="shop", source=f"{url}/api.json", base_url=url, operations=("getOrder",),
            headers_env={"Authorization": "KEY"}, declare={"getOrder": MINE},
        )  # fmt: skip
        async with open_outbound(LOOPBACK) as outbound:
            (order,) = await openapi_tools(wanted, outbound, {"KEY": f"Bearer {SECRET}"})
            found = await call(order, {"order_id": "1"})
    assert "•••" in str(found.data)
    assert SECRET not in str(found)


@pytest.mark.parametrize("way", ["stdio", "http"])
async def test_a_server_that_talks_too_much_is_cut_off(way: str) -> None:
    small = LOOPBACK.model_copy(update={"limit_kb": 5})
    async with source(way) as wanted:
        (talk,) = await McpServer(wanted.model_copy(update={"only": ("talk_much",), "declare": {}}), small, {}).tools()
        assert str(await call(talk, {"characters": 1_000})).count("x") >= 1_000
        for characters in (6_000, 60_000):
            with pytest.raises(ConnectionError):
                await call(talk, {"characters": characters})


async def test_a_server_inside_the_house_is_reached_only_where_it_is_named_and_redirects_lead_nowhere() -> None:
    async def away(request: web.Request) -> web.Response:
        raise web.HTTPTemporaryRedirect("https://169.254.169.254/latest")

    async with running(away) as url:
        for settings in (OutboundSettings(), LOOPBACK):
            wanted = McpSource(name="crm", url=f"{url}/mcp", only=("find_order",), connect_limit_s=3)
            with pytest.raises(SettingsError, match="crm: the server does not answer"):
                await McpServer(wanted, settings, {}).tools()


async def test_the_newest_protocol_is_spoken() -> None:
    async with over_http() as url, Client(url) as client:
        assert client.protocol_version == LATEST_PROTOCOL_VERSION


@asynccontextmanager
async def running(handler: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncGenerator[str, None]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
