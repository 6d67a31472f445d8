"""`firstline slack …`: what has to be pasted into Slack."""

import json

import click

from adapters.slack import manifest as manifests
from bots.commands.running import run
from bots.settings import Settings
from bots.slack_bot import slack_settings


@click.group()
def slack() -> None:
    """Set up Slack."""


@slack.command()
@click.option("--url", default="", help="Public address for HTTP mode; without it the manifest is for Socket Mode.")
def manifest(url: str) -> None:
    """Print the app manifest to paste at api.slack.com/apps."""
    run(_print_manifest(url))


async def _print_manifest(url: str) -> int:
    settings = Settings.read()
    wanted = slack_settings(settings).model_copy(update={"mode": "http" if url else "socket"})
    app = manifests.manifest(wanted, name=settings.configuration.agent.name, public_url=url)
    click.echo(json.dumps(app, indent=2))
    return 0
