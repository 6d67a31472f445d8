"""`firstline db`: bring the database up to date, or see whether it is."""

import asyncio

import click

from adapters.storage.upkeep import state_of, upgrade_database
from bots.settings import Settings
from core.errors import BotError

_OUT_OF_DATE = 1


@click.group()
def db() -> None:
    """Bring the database (FIRSTLINE_DATABASE_URL) up to date, or see whether it is."""


@db.command()
def upgrade() -> None:
    """Bring the schema up to date. Every process also does this at its start."""
    click.echo(asyncio.run(asyncio.to_thread(_told, upgrade=True)))


@db.command()
def check() -> None:
    """Say whether the schema is up to date; exit status 1 when it is not."""
    line = _told(upgrade=False)
    click.echo(line)
    if not line.startswith("up to date"):
        raise SystemExit(_OUT_OF_DATE)


def _told(*, upgrade: bool) -> str:
    try:
        url = Settings.read().environment.database_url("firstline")
        return upgrade_database(url) if upgrade else state_of(url)
    except BotError as error:
        raise click.ClickException(str(error)) from error
