"""The command `firstline`. Each subcommand imports what it needs only when it runs, so help is instant."""

import asyncio
import importlib
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click

from core.errors import BotError, SettingsError

WRONG_SETTINGS = 2
"""Exit status when something has to be mended before a start makes sense."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="firstline")
def main() -> None:
    """Firstline: the support agent that answers first, in Slack and Discord."""


@main.command()
@click.option("--once", metavar="TEXT", help="Send one message, wait for its answer, end.")
@click.option("--json", "is_json", is_flag=True, help="Print one JSON event a line.")
@click.option(
    "--image",
    "images",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A picture to send with the (first) message; may be given several times.",
)
@click.option(
    "--as",
    "customer",
    default="",
    metavar="CUSTOMER",
    help="Play this demo customer (id or name).",
)
def chat(once: str | None, is_json: bool, images: tuple[Path, ...], customer: str) -> None:
    """Talk to the bot in this terminal."""
    _run(
        "bots.terminal_chat",
        lambda module: module.chat(once=once, is_json=is_json, images=images, customer=customer),
    )


@main.command()
@click.option("--reset", is_flag=True, help="Begin with a fresh demo shop and an empty history.")
@click.option(
    "--as",
    "customer",
    default="",
    metavar="CUSTOMER",
    help="Play this demo customer (id or name).",
)
def demo(reset: bool, customer: str) -> None:
    """Open the playground: customer and staff side by side in a browser."""
    _run("bots.web", lambda module: module.run(reset=reset, customer=customer))


@main.group()
def run() -> None:
    """Run a process until it is told to stop (SIGTERM or Ctrl-C)."""


@run.command("slack")
def run_slack() -> None:
    """Answer in Slack."""
    _run("bots.slack_bot", lambda module: module.run())


@run.command("discord")
def run_discord() -> None:
    """Answer in Discord."""
    _run("bots.discord_bot", lambda module: module.run())


@run.command("web")
def run_web() -> None:
    """Serve the playground."""
    _run("bots.web", lambda module: module.run())


@run.command("all")
def run_all() -> None:
    """Everything that is configured, in one process: staff of one platform serve customers of the other."""
    _run("bots.all_in_one", lambda module: module.run())


@main.group()
def slack() -> None:
    """Set up Slack."""


@slack.command("manifest")
@click.option("--url", default="", help="Public address for HTTP mode; without it the manifest is for Socket Mode.")
def slack_manifest(url: str) -> None:
    """Print the app manifest to paste at api.slack.com/apps."""
    _run("bots.slack_setup", lambda module: module.print_manifest(url=url))


def _run(module: str, start: Callable[[Any], Coroutine[Any, Any, int]]) -> None:
    """Run a process's coroutine; known errors become lines, never a stack trace."""
    try:
        status = asyncio.run(start(importlib.import_module(module)))
    except* SettingsError as errors:
        for line in dict.fromkeys(line for error in _leaves(errors) for line in str(error).splitlines()):
            click.echo(f"firstline: {line}", err=True)
        status = WRONG_SETTINGS
    except* BotError as errors:
        for error in _leaves(errors):
            click.echo(f"firstline: {error}", err=True)
        status = 1
    except* KeyboardInterrupt:
        status = 130
    sys.exit(status)


def _leaves(error: BaseException) -> list[BaseException]:
    """The errors themselves, however deep task groups have wrapped them."""
    inner: tuple[BaseException, ...] = getattr(error, "exceptions", ())
    return [leaf for each in inner for leaf in _leaves(each)] or [error]
