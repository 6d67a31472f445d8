"""Runs a command's coroutine: known errors become lines with an exit status, never a stack trace."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

import click

from core.errors import BotError, SettingsError

WRONG_SETTINGS = 2
"""Exit status when something has to be mended before a start makes sense."""


def run(coroutine: Coroutine[Any, Any, int]) -> None:
    """Run to the end and leave the process with the coroutine's exit status."""
    try:
        status = asyncio.run(coroutine)
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
