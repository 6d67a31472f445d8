"""What every `firstline run …` shares: health, signals, listeners, an orderly end."""

import asyncio
import gc
import logging
import signal
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import click
from aiohttp import web

from adapters.web.health import add_health
from adapters.web.server import serve
from bots.hatch import hatch
from bots.house import House, Plan, open_house
from bots.settings import Settings
from bots.watched import add_watching
from bots.webdesk import desk_served

log = logging.getLogger(__name__)

_YOUNG = 10_000
"""Things made between two looks at the young ones; Python's own 700 took a third of a millisecond a turn."""


class Listener(Protocol):
    """A platform's events coming in."""

    @property
    def is_connected(self) -> bool:
        """Events can reach us now."""
        ...

    def routes(self) -> Sequence[web.RouteDef]:
        """What it needs of the process's web server; empty for most."""
        ...

    async def run(self) -> None:
        """Listen for ever. Raises `SettingsError` when the platform refuses us."""
        ...


@dataclass(frozen=True, slots=True)
class Service:
    """A process: its chats are in the plan, its listeners are made once there is a front desk."""

    settings: Settings
    plan: Plan
    listeners: Callable[[House], dict[str, Listener]]
    """By name, for `/readyz`."""
    app: Callable[[House], web.Application] | None = None
    """The web application that carries the health routes; None: an empty one."""
    serves_desk: bool = False
    """It serves the read-only desk too, where that is switched on."""


async def run_service(service: Service) -> int:
    """Run until SIGTERM or Ctrl-C, then end what is under way or park it; returns the exit status 0."""
    environment = service.settings.environment
    async with stop_signal() as stopped, open_house(service.settings, service.plan) as house:
        for line in house.lines:
            log.info("start: %s", line)
        listeners = service.listeners(house)
        app = service.app(house) if service.app else web.Application()
        add_health(app, lambda: [name for name, each in listeners.items() if not each.is_connected])
        add_watching(app, house, service.settings)
        app.add_routes(house.people.routes)
        for each in listeners.values():
            app.add_routes(each.routes())
        async with (
            desk_served(house, service.settings, is_here=service.serves_desk),
            serve(app, environment.firstline_http_host, environment.firstline_http_port) as address,
            hatch(service.plan.database_url, house.store, house.front_desk.decided),
            _listening(listeners),
        ):
            _spare_the_collector()
            click.echo(f"Firstline is at {address}", err=service.app is None)
            await stopped.wait()
            log.info("stopping")
    return 0


def _spare_the_collector() -> None:
    """What was made at the start stays to the end: walked through in every full collection, it held all turns up for
    80 ms at a time. A turn makes some thousands of things, and nearly all of them are gone when it ends.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG)


@asynccontextmanager
async def _listening(listeners: dict[str, Listener]) -> AsyncGenerator[None, None]:
    """Listeners run beside the block and are cancelled with it; one that fails ends it with its error."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(each.run(), name=name) for name, each in listeners.items()]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


@asynccontextmanager
async def stop_signal() -> AsyncGenerator[asyncio.Event, None]:
    """An event that SIGTERM and Ctrl-C set; a second Ctrl-C ends the process at once."""
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()

    def stop(signum: int) -> None:
        stopped.set()
        loop.remove_signal_handler(signum)

    numbers = (signal.SIGTERM, signal.SIGINT)
    for number in numbers:
        loop.add_signal_handler(number, stop, number)
    try:
        yield stopped
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
