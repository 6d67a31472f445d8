"""`firstline customer …`: all that is kept about a person, told or deleted."""

import asyncio
import json
import shutil
from pathlib import Path

import click

from adapters.storage.sqlite import file_of, write_anew
from adapters.storage.store import open_store
from bots.clock import SystemClock
from bots.commands.running import run
from bots.settings import Settings
from core.errors import SettingsError


@click.group()
def customer() -> None:
    """Export or forget all that is kept about a person.

    WHO is a customer id, or a platform's user id where no customer is linked. Works on FIRSTLINE_DATABASE_URL;
    a SQLite file belongs to one process: stop the bot first.
    """


@customer.command()
@click.argument("who")
def export(who: str) -> None:
    """Print every row about a person as JSON."""
    run(_export(who))


@customer.command()
@click.argument("who")
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(who: str, yes: bool) -> None:
    """Delete every row and file about a person, and look whether anything is left."""
    if not yes:
        click.confirm(f"Delete all that is kept about {who}, for good?", abort=True)
    run(_forget(who))


async def _export(who: str) -> int:
    settings = Settings.read()
    async with open_store(settings.environment.database_url("firstline"), clock=SystemClock()) as store:
        told = await store.persons.export(who)
    if not told:
        raise _unknown(who)
    click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    return 0


async def _forget(who: str) -> int:
    settings = Settings.read()
    async with open_store(settings.environment.database_url("firstline"), clock=SystemClock()) as store:
        person, gone = await store.persons.forget(who)
        if not gone:
            raise _unknown(who)
        files = _files_of(settings.environment.data_folder, person.channels)
        for folder in files:
            shutil.rmtree(folder)
        left = await store.persons.left([who, *person.authors, *person.cases, *person.threads])
    if (file := _file_of(settings)) is not None:
        await asyncio.to_thread(write_anew, file)
    for table, count in sorted(gone.items()):
        click.echo(f"{table}: {count} rows deleted")
    click.echo(f"folders of files deleted: {len(files)}")
    click.echo(f"rows left: {left}")
    return 1 if left else 0


def _file_of(settings: Settings) -> Path | None:
    url = settings.environment.database_url("firstline")
    return file_of(url) if url.startswith("sqlite") else None


def _files_of(data_folder: Path, channels: set[str]) -> list[Path]:
    """Folders of uploads are named by their channel, wherever below the data folder they are."""
    wanted = {channel for channel in channels if channel.strip(".")}
    return [path for path in data_folder.rglob("*") if path.is_dir() and path.name in wanted]


def _unknown(who: str) -> SettingsError:
    return SettingsError([f"Nothing is kept about {who!r}. Use a customer id, or the user id of the platform."])
