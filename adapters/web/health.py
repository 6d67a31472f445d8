"""Is the process alive, and is it ready? Routes for any `firstline run`."""

from collections.abc import Callable, Sequence

from aiohttp import web

ALIVE, READY = "/healthz", "/readyz"

Missing = Callable[[], Sequence[str]]
"""What still keeps the process from doing its work, by name; empty once it is ready."""


def add_health(app: web.Application, missing: Missing) -> None:
    """Serve `/healthz` (the process is alive) and `/readyz` (200 once nothing is missing, else 503 naming it)."""

    async def alive(request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def ready(request: web.Request) -> web.Response:
        names = list(missing())
        return web.json_response(
            {"status": "not ready" if names else "ready", "missing": names}, status=503 if names else 200
        )

    app.router.add_get(ALIVE, alive)
    app.router.add_get(READY, ready)
