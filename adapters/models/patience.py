"""How long and how often an endpoint is asked again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import stamina

from adapters.models.failures import PassingError


@dataclass(frozen=True, slots=True)
class Limits:
    """How long an endpoint is waited for."""

    first_chunk_s: float = 60.0
    """From the request to the first event of the stream; prompts are read in this time."""
    chunk_s: float = 30.0
    """Between two events."""
    retry_s: float = 45.0
    """No attempt begins later than this after the first."""
    retry_after_s: float = 20.0
    """An endpoint that asks for more than this is not waited for."""
    attempts: int = 4
    pause_s: float = 0.3
    """Before the second attempt, where the endpoint says nothing; doubled for each further one."""


def tries(limits: Limits) -> AsyncIterator[stamina.Attempt]:
    """Attempts of one call: each is a context manager, and only a `PassingError` leads to another."""
    now = asyncio.get_running_loop().time
    latest = now() + limits.retry_s

    def pause(error: Exception) -> bool | float:
        if not isinstance(error, PassingError):
            return False
        left = latest - now()
        if error.retry_after_s is None:
            return left > 0
        return error.retry_after_s if error.retry_after_s <= min(left, limits.retry_after_s) else False

    return aiter(
        stamina.retry_context(
            on=pause,
            attempts=limits.attempts,
            timeout=None,
            wait_initial=limits.pause_s,
            wait_max=5.0,
            wait_jitter=limits.pause_s,
        )
    )
