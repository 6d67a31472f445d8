"""`firstline run …`: the processes that stay."""

import importlib
from typing import Any

import click

from bots.commands import running


@click.group()
def run() -> None:
    """Run a process until it is told to stop (SIGTERM or Ctrl-C)."""


@run.command()
def slack() -> None:
    """Answer in Slack."""
    _start("bots.slack_bot")


@run.command()
def discord() -> None:
    """Answer in Discord."""
    _start("bots.discord_bot")


@run.command()
def web() -> None:
    """Serve the playground."""
    _start("bots.web")


@run.command("all")
def everything() -> None:
    """Everything that is configured, in one process: staff of one platform serve customers of the other."""
    _start("bots.all_in_one")


def _start(module: str) -> None:
    # Each process pulls in its own vendor libraries; the others' would only cost start time and memory.
    process: Any = importlib.import_module(module)
    running.run(process.run())
