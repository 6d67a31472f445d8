"""Where outbound requests may go, however the address is written."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import httpx2
import pytest
from aiohttp import web

from adapters.tools.guarded import Forbidden, GuardedTransport, is_public, open_outbound
from adapters.tools.settings import OutboundSettings
from core.errors import ToolRefused

Handler = Callable[[web.Request], web.StreamResponse]


@asynccontextmanager
async def served(handler: Handler) -> AsyncGenerator[str, None]:
    async def answer(request: web.Request) -> web.StreamResponse:
        return handler(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


LOOPBACK = OutboundSettings(private_hosts=("127.0.0.1", "localhost"), limit_kb=1)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "2002:7f00:1::", "64:ff9b::7f00:1", "ff02::1",
    ],
)  # fmt: skip
def test_no_spelling_of_an_inner_address_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://2130706433/",
        "https://0x7f.1/", "https://169.254.169.254/latest/meta-data", "http://example.com/", "ftp://example.com/",
        "file:///etc/passwd", "https://user:secret@127.0.0.1/", "https://0/",
    ],
)  # fmt: skip
async def test_what_may_not_be_reached_is_refused_before_anything_is_sent(url: str) -> None:
    async with open_outbound(OutboundSettings()) as outbound:
        with pytest.raises(ToolRefused) as refusal:
            await outbound.ask("GET", url)
    assert "secret" not in str(refusal.value)


async def test_a_named_private_host_is_reached_with_its_headers() -> None:
    seen: list[str | None] = []

    def answer(request: web.Request) -> web.StreamResponse:
        seen.extend([request.headers.get("X-Key"), request.headers.get("Host")])
        return web.json_response({"ok": True})

    async with served(answer) as url, open_outbound(LOOPBACK) as outbound:
        local = url.replace("127.0.0.1", "localhost")
        found = await outbound.ask("GET", f"{local}/a", headers={"X-Key": "k"}, params={"q": "1 2"})
    assert (found.status, found.content) == (200, b'{"ok": true}')
    assert seen == ["k", local.removeprefix("http://")]


async def test_a_redirect_is_not_followed_unless_allowed_and_never_to_the_inside() -> None:
    def answer(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("https://169.254.169.254/latest")

    follows = LOOPBACK.model_copy(update={"redirects": 2})
    async with served(answer) as url:
        async with open_outbound(LOOPBACK) as outbound:
            assert (await outbound.ask("GET", url)).status == 302
        async with open_outbound(follows) as outbound:
            with pytest.raises(ToolRefused, match="private network"):
                await outbound.ask("GET", url)
            assert (await outbound.ask("POST", url, body={})).status == 302


async def test_secrets_do_not_follow_a_redirect_to_another_host() -> None:
    seen: list[str | None] = []

    def other(request: web.Request) -> web.StreamResponse:
        seen.append(request.headers.get("X-Key"))
        return web.Response(text="there")

    follows = LOOPBACK.model_copy(update={"redirects": 1})
    async with served(other) as target:

        def answer(request: web.Request) -> web.StreamResponse:
            raise web.HTTPFound(target.replace("127.0.0.1", "localhost"))

        async with served(answer) as url, open_outbound(follows) as outbound:
            assert (await outbound.ask("GET", url, headers={"X-Key": "k"})).content == b"there"
    assert seen == [None]


async def test_an_answer_that_is_too_large_or_never_ends_is_dropped() -> None:
    never = asyncio.Event()

    async def hang(request: web.Request) -> web.StreamResponse:
        await never.wait()
        return web.Response()

    async with served(lambda request: web.Response(body=b"x" * 2000)) as url, open_outbound(LOOPBACK) as outbound:
        with pytest.raises(ConnectionError, match="too large"):
            await outbound.ask("GET", url)
    app = web.Application()
    app.router.add_get("/", hang)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hasty = LOOPBACK.model_copy(update={"time_limit_s": 0.1})
    async with open_outbound(hasty) as outbound:
        with pytest.raises(ConnectionError):
            await outbound.ask("GET", f"http://127.0.0.1:{runner.addresses[0][1]}/")
    never.set()
    await runner.cleanup()


async def test_a_name_is_looked_up_once_and_the_connection_goes_to_what_was_checked() -> None:
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    hosts: list[str | None] = []

    def answer(request: web.Request) -> web.StreamResponse:
        hosts.append(request.headers.get("Host"))
        return web.Response(text="here")

    settings = OutboundSettings(private_hosts=("shop.example",))
    async with served(answer) as url:
        named = url.replace("127.0.0.1", "shop.example")
        transport = GuardedTransport(settings, addresses_of=rebinding)
        async with httpx2.AsyncClient(transport=transport) as client:
            assert (await client.get(named)).text == "here"
    assert (asked, hosts) == (["shop.example"], [named.removeprefix("http://")])


@pytest.mark.parametrize("found", [["8.8.8.8", "10.0.0.1"], ["10.0.0.1", "8.8.8.8"], ["::ffff:192.168.0.1"]])
async def test_a_name_with_one_inner_address_among_others_is_not_reached(found: list[str]) -> None:
    async def mixed(host: str, port: int) -> list[str]:
        return found

    async with httpx2.AsyncClient(transport=GuardedTransport(OutboundSettings(), addresses_of=mixed)) as client:
        with pytest.raises(Forbidden):
            await client.get("https://shop.example/")
