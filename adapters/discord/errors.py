"""Discord's refusals and the client library's exceptions, in the words of the core."""

from collections.abc import Generator
from contextlib import contextmanager

import aiohttp
import discord

from core.errors import DeliveryError, RateLimited

_DEFAULT_WAIT_S = 5.0
_OLD_EDITS_WAIT_S = 20.0
_OLD_EDITS = 30046
"""Messages older than an hour bear few edits."""
_SLOW_MODE = 20016
"""The channel takes one message in so many seconds from each; edits are free."""
_HOPELESS_STATUS = frozenset({400, 401, 403, 404, 405, 413})
"""Trying the same again changes nothing; 401 and 403 also count towards Discord's ban for invalid requests."""

THREAD_EXISTS = 160004
ARCHIVED = 50083
CLOSED_THREAD = frozenset({ARCHIVED, 160005})
"""Archived or locked: opened again by whoever may manage threads."""
UNKNOWN_INTERACTION = 10062
ACKNOWLEDGED = 40060
NOT_ALLOWED = frozenset({50001, 50013})
CANNOT_DM = frozenset({50007, 50278})
"""They closed their direct messages to us, or share no server with us."""


class Refused(DeliveryError):
    """Discord said no. `code` is its number for why; nothing of the call was done."""

    def __init__(self, what: str, status: int, code: int) -> None:
        super().__init__(f"Discord refused the {what}: {_reason(status, code)}", is_final=status in _HOPELESS_STATUS)
        self.code = code


class Gone(Refused):
    """A channel or message is not there (any more)."""

    def __init__(self, what: str, code: int = 0) -> None:
        super().__init__(what, 404, code)


class NoAnswer(DeliveryError):
    """No answer came: the call may or may not have been done."""


def from_answer(what: str, status: int, code: int, *, retry_after_s: float = 0.0) -> DeliveryError:
    """The error for an HTTP answer that is not a success."""
    if code == _OLD_EDITS:
        return RateLimited(f"Discord limits the {what}", retry_after_s=retry_after_s or _OLD_EDITS_WAIT_S)
    if status == 429 or code == _SLOW_MODE:
        return RateLimited(f"Discord limits the {what}", retry_after_s=retry_after_s or _DEFAULT_WAIT_S)
    if status == 404:
        return Gone(what, code)
    if status >= 500:
        return NoAnswer(f"Discord failed at the {what}: HTTP {status}")
    return Refused(what, status, code)


@contextmanager
def translated(what: str) -> Generator[None]:
    """Turn what a call of the library can raise into `Refused`, `Gone`, `NoAnswer` or `RateLimited`."""
    try:
        yield
    except discord.RateLimited as error:
        raise RateLimited(f"Discord limits the {what}", retry_after_s=error.retry_after) from error
    except discord.HTTPException as error:
        raise from_answer(what, error.status, error.code) from error
    except (discord.DiscordException, aiohttp.ClientError, TimeoutError, OSError) as error:
        raise NoAnswer(f"Discord did not answer for the {what}: {type(error).__name__}") from error


def _reason(status: int, code: int) -> str:
    known = {
        50001: "I cannot see that channel (allow View Channel)",
        50013: "a permission is missing (compare with `firstline discord invite`)",
        50007: "this person takes no direct messages from me",
        50278: "this person takes no direct messages from me",
        50083: "the thread is archived",
        160005: "the thread is locked (allow Manage Threads)",
        200000: "the server's AutoMod blocked the text",
    }
    return known.get(code, f"HTTP {status}, code {code}")
