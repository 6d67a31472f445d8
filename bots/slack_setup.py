"""`firstline slack …`: what has to be pasted into Slack."""

import json

import click

from adapters.slack.manifest import manifest
from bots.settings import Settings
from bots.slack_bot import slack_settings


async def print_manifest(*, url: str) -> int:
    """Print the manifest as JSON; `url` makes it one for HTTP mode."""
    settings = Settings.read()
    mode = "http" if url else "socket"
    wanted = slack_settings(settings).model_copy(update={"mode": mode})
    click.echo(json.dumps(manifest(wanted, name=settings.configuration.agent.name, public_url=url), indent=2))
    return 0
