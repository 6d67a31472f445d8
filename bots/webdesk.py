"""The read-only desk in a browser, where `[desk.web]` switches it on: an address of its own, beside the page."""

import logging
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import click

from adapters.web.desk.accounts import FILE_NAME, Accounts
from adapters.web.desk.app import DeskRoom, desk_app
from adapters.web.server import serve
from bots.clock import SystemClock
from bots.house import House
from bots.settings import Settings
from core.modelling import Picture
from core.teams import Teams

log = logging.getLogger(__name__)

_COPIES = 32


def accounts_of(settings: Settings) -> Accounts:
    """Who may look."""
    return Accounts(settings.environment.data_folder / FILE_NAME)


@asynccontextmanager
async def desk_served(house: House, settings: Settings, *, is_here: bool) -> AsyncGenerator[None, None]:
    """Serve the desk until the block ends; nothing where it is off. Raises `SettingsError`."""
    configured = settings.configuration.desk
    if not (is_here and configured.web.enabled):
        yield
        return
    accounts = accounts_of(settings)
    if not accounts.all():
        log.warning("desk: nobody can sign in yet; add somebody with `firstline desk add-user NAME`")
    room = DeskRoom(
        casebook=house.store.casebook,
        accounts=accounts,
        sessions=house.store.desk_sessions,
        teams=Teams(configured),
        clock=SystemClock(),
        copy=_remembered(house.enclosing.for_staff),
        name=settings.configuration.agent.name,
        zone=configured.hours.zone,
        currency=settings.configuration.money.currency,
        hides_private=settings.configuration.images.blur_for_staff,
    )
    app = desk_app(room, configured.web)
    async with serve(app, configured.web.host, configured.web.port, named="[desk.web] host, port") as address:
        click.echo(f"The desk is at {address}/desk", err=True)
        yield


def _remembered(copy: Callable[[Picture], Awaitable[Picture]]) -> Callable[[Picture], Awaitable[Picture]]:
    """Copies take a while to draw, so the newest few are kept."""
    kept: OrderedDict[Picture, Picture] = OrderedDict()

    async def of(picture: Picture) -> Picture:
        if picture not in kept:
            kept[picture] = await copy(picture)
            while len(kept) > _COPIES:
                kept.popitem(last=False)
        kept.move_to_end(picture)
        return kept[picture]

    return of
