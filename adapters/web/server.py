"""Serve an aiohttp application for as long as a block runs."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from aiohttp import web

from core.errors import SettingsError

_GOODBYE_S = 2.0


@asynccontextmanager
async def serve(
    app: web.Application, host: str, port: int, *, named: str = "FIRSTLINE_HTTP_HOST, FIRSTLINE_HTTP_PORT"
) -> AsyncGenerator[str]:
    """Listen until the block ends; yields the address, with the real port where 0 asked for a free one.

    Raises `SettingsError` when the address cannot be used; `named` are the settings it came from.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GOODBYE_S)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            where = f"cannot listen on {host}:{port} ({error.strerror})"
            raise SettingsError([f"{named}: {where}. Choose another port."]) from error
        real_port = runner.addresses[0][1]
        yield f"http://{f'[{host}]' if ':' in host else host}:{real_port}"
    finally:
        await runner.cleanup()
