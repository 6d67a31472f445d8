"""Fetching uploaded files."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from core.conversation import Attachment
from core.errors import AttachmentError
from tests.adapters.slack.rig import Rig, open_rig


def _attachment(source: str, *, size_bytes: int = 0, media_type: str = "image/png") -> Attachment:
    return Attachment(id="F1", name="box.png", media_type=media_type, size_bytes=size_bytes, source=source)


@asynccontextmanager
async def _host(handler: object, rig: Rig) -> AsyncGenerator[str]:
    """Another host on a free port."""
    app = web.Application()
    app.router.add_get("/file", handler)  # pyright: ignore[reportArgumentType]
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/file"
    finally:
        await runner.cleanup()


async def _refused(rig: Rig, attachment: Attachment, *, limit_bytes: int = 1_000) -> str:
    with pytest.raises(AttachmentError) as error:
        await rig.chat.download(attachment, limit_bytes=limit_bytes)
    return str(error.value)


async def test_a_file_is_fetched_with_the_bot_token() -> None:
    async with open_rig() as rig:
        file = rig.sim.add_file("box.png", "image/png", b"content", rig.user)
        source = _attachment(file["url_private_download"])
        assert await rig.chat.download(source, limit_bytes=1_000) == b"content"


async def test_a_file_known_by_its_id_alone_is_looked_up() -> None:
    async with open_rig() as rig:
        file = rig.sim.add_file("box.png", "image/png", b"content", rig.user)
        assert await rig.chat.download(_attachment(f"file:{file['id']}"), limit_bytes=1_000) == b"content"


async def test_a_sign_in_page_in_place_of_a_file_names_the_missing_scope_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with open_rig() as rig:
        file = rig.sim.add_file("box.png", "text/html", b"<!DOCTYPE html><title>Sign in</title>", rig.user)
        with caplog.at_level(logging.ERROR):
            line = await _refused(rig, _attachment(file["url_private"]))
        assert "files:read" in caplog.text
        assert "files:read" not in line
        assert "not allowed to open files" in line


async def test_a_page_that_calls_itself_a_picture_is_no_file() -> None:
    async with open_rig() as rig:
        file = rig.sim.add_file("box.png", "image/png", b"\n<html><body>Sign in</body></html>", rig.user)
        assert "not allowed" in await _refused(rig, _attachment(file["url_private"]))


async def test_a_file_that_says_it_is_too_large_is_not_fetched() -> None:
    async with open_rig() as rig:
        line = await _refused(
            rig, _attachment("https://files.slack.com/x", size_bytes=40_000_000), limit_bytes=10_000_000
        )
        assert "larger than the 10 MB" in line


async def test_a_file_larger_than_it_said_is_cut_off() -> None:
    async with open_rig() as rig:
        file = rig.sim.add_file("box.png", "image/png", b"x" * 500_000, rig.user)
        assert "larger than" in await _refused(
            rig, _attachment(file["url_private"], size_bytes=10), limit_bytes=100_000
        )


async def test_a_file_that_is_gone_is_asked_for_again() -> None:
    async with open_rig() as rig:
        line = await _refused(rig, _attachment(f"{rig.sim.url}/files-pri/F404/x.png"))
        assert "upload it again" in line


async def test_the_token_is_never_sent_to_another_host() -> None:
    async with open_rig() as rig:
        seen: list[str | None] = []

        async def handler(request: web.Request) -> web.Response:
            seen.append(request.headers.get("Authorization"))
            return web.Response(body=b"elsewhere", content_type="image/png")

        async with _host(handler, rig) as address:
            assert "outside Slack" in await _refused(rig, _attachment(address))
            assert seen == []


async def test_a_redirect_to_another_host_goes_without_the_token() -> None:
    async with open_rig() as rig:
        seen: list[str | None] = []

        async def target(request: web.Request) -> web.Response:
            seen.append(request.headers.get("Authorization"))
            return web.Response(body=b"elsewhere", content_type="image/png")

        async with _host(target, rig) as address:

            async def redirect(_: web.Request) -> web.Response:
                raise web.HTTPFound(address)

            async with _host(redirect, rig) as first, open_rig(api_url=first.removesuffix("file") + "api/") as other:
                assert await other.chat.download(_attachment(first), limit_bytes=100) == b"elsewhere"
        assert seen == [None]


async def test_no_connection_is_one_plain_line() -> None:
    async with open_rig(api_url="http://127.0.0.1:9/api/") as rig:
        assert "could not open" in await _refused(rig, _attachment("http://127.0.0.1:9/file"))
