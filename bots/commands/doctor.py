"""`firstline doctor`: names each thing that is missing, with its fix."""

from collections.abc import Sequence

import click

from adapters.discord.doctor import examine as examine_discord
from adapters.slack.doctor import examine as examine_slack
from adapters.storage.store import open_store
from bots.clock import SystemClock
from bots.commands.running import run
from bots.discord_bot import discord_settings
from bots.records import examine as examine_records
from bots.settings import Settings
from bots.slack_bot import slack_settings
from core.checking import Check
from core.errors import StoreError
from core.installing import Installation


@click.command()
def doctor() -> None:
    """Look whether everything is set up; exit status 1 when something is missing."""
    run(_look())


async def _installed(settings: Settings) -> Sequence[Installation] | None:
    """The workspaces that installed the app; None while a running bot holds the database."""
    try:
        async with open_store(settings.environment.database_url("firstline"), clock=SystemClock()) as store:
            return await store.installations.all("slack")
    except StoreError:
        return None


async def _look() -> int:
    settings = Settings.read()
    environment = settings.environment
    checks: list[Check] = []
    if environment.has_slack:
        installed = await _installed(settings) if environment.slack_client_id else ()
        checks += await examine_slack(
            slack_settings(settings), config_token=environment.slack_config_token, installed=installed
        )
    if environment.discord_token:
        checks += await examine_discord(discord_settings(settings))
    checks += await examine_records(settings)
    if not checks:
        click.echo(
            "No platform is set up: set SLACK_BOT_TOKEN or DISCORD_TOKEN (see .env.example), or try `make demo`."
        )
        return 0
    for each in checks:
        click.echo(f"{'✓' if each.is_fine else '✗'} {each.what}" + ("" if each.is_fine else f"\n    {each.fix}"))
    missing = sum(not each.is_fine for each in checks)
    click.echo("Everything is there." if not missing else f"{missing} thing(s) to mend.")
    return 1 if missing else 0
