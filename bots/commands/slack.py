"""`firstline slack …`: what has to be pasted into Slack, and which workspaces have installed the app."""

import json

import click

from adapters.slack import manifest as manifests
from adapters.storage.store import Store
from bots.commands.running import run
from bots.hatch import Asked, Told, at_the_store
from bots.settings import Settings
from bots.slack_bot import slack_settings

_PLATFORM = "slack"


@click.group()
def slack() -> None:
    """Set up Slack."""


@slack.command()
@click.option("--url", default="", help="Public address for HTTP mode; without it the manifest is for Socket Mode.")
def manifest(url: str) -> None:
    """Print the app manifest to paste at api.slack.com/apps."""
    run(_print_manifest(url))


@slack.command()
def installed() -> None:
    """List the workspaces that have installed the app; works with a running bot too."""
    run(at_the_store("slack.installed", {}))


@slack.command()
@click.argument("workspace")
def uninstall(workspace: str) -> None:
    """Forget the token of WORKSPACE (an id, as `installed` shows it): it is no longer served."""
    run(at_the_store("slack.uninstall", {"workspace": workspace}))


async def listed(store: Store, asked: Asked) -> Told:
    """The installations as lines, without their tokens."""
    rows = await store.installations.all(_PLATFORM)
    lines = [f"{each.tenant}  {each.name}  by {each.by}, {each.at:%Y-%m-%d %H:%M} UTC" for each in rows]
    return Told(lines or ["No workspace has installed the app. Open /slack/install at the address of your bot."])


async def removed(store: Store, asked: Asked) -> Told:
    """Forget one; a running bot leaves it at its next look."""
    workspace = asked["workspace"]
    if await store.installations.remove(_PLATFORM, workspace):
        return Told([f"{workspace} is no longer served. To take the app out of it, its owner removes it in Slack."])
    return Told([f"{workspace} has not installed the app. See `firstline slack installed`."], 1)


async def _print_manifest(url: str) -> int:
    settings = Settings.read()
    slack = slack_settings(settings)
    wanted = slack.model_copy(update={"mode": "http" if url else "socket"})
    app = manifests.manifest(wanted, name=settings.configuration.agent.name, public_url=url)
    click.echo(json.dumps(app, indent=2))
    if slack.is_installable and not url:
        click.echo("Other workspaces cannot come back from Slack without an address: add --url.", err=True)
    return 0
