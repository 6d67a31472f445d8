"""Whatever the client library raises, and whatever Discord answers, becomes an error of the core."""

from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands

from adapters.discord.errors import Gone, NoAnswer, Refused, from_answer, translated
from core.errors import DeliveryError, RateLimited


class _Answer:
    status = 403
    reason = "Forbidden"


def _library_errors() -> list[type[Exception]]:
    found = {each for module in (discord, discord.errors) for each in vars(module).values() if isinstance(each, type)}
    return sorted(
        (each for each in found if issubclass(each, discord.DiscordException)), key=lambda each: each.__name__
    )


def _made(kind: type[Exception]) -> Exception:
    answer: Any = _Answer()
    if issubclass(kind, discord.HTTPException):
        return kind(answer, {"code": 50013, "message": "no"})
    if issubclass(kind, discord.RateLimited):
        return discord.RateLimited(12.0)
    made = kind.__new__(kind)
    Exception.__init__(made, "no")
    return made


@pytest.mark.parametrize(
    "kind", [*_library_errors(), aiohttp.ClientError, aiohttp.ServerTimeoutError, TimeoutError, OSError]
)
def test_every_exception_of_the_client_has_a_translation(kind: type[Exception]) -> None:
    with pytest.raises(DeliveryError) as error, translated("edit"):
        raise _made(kind)
    assert "edit" in str(error.value)
    assert error.value.__cause__ is not None


def test_the_library_has_the_exceptions_that_were_read() -> None:
    assert discord.Forbidden in _library_errors()
    assert issubclass(app_commands.AppCommandError, discord.DiscordException)


def test_a_limit_says_how_long_to_wait() -> None:
    with pytest.raises(RateLimited) as limit, translated("edit"):
        raise discord.RateLimited(12.0)
    assert limit.value.retry_after_s == 12


@pytest.mark.parametrize(
    ("status", "code", "kind", "is_final"),
    [
        (400, 50035, Refused, True),
        (403, 50013, Refused, True),
        (404, 10008, Gone, True),
        (429, 20028, RateLimited, False),
        (400, 30046, RateLimited, False),
        (503, 0, NoAnswer, False),
    ],
)
def test_an_answer_that_is_no_success_says_whether_trying_again_helps(
    status: int, code: int, kind: type[DeliveryError], is_final: bool
) -> None:
    error = from_answer("message", status, code)
    assert type(error) is kind
    assert error.is_final == is_final


def test_a_missing_permission_is_named_with_its_fix() -> None:
    assert "firstline discord invite" in str(from_answer("message", 403, 50013))


def test_bugs_are_not_swallowed() -> None:
    with pytest.raises(KeyError), translated("edit"):
        raise KeyError("id")
