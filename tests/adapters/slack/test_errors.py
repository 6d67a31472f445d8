"""Whatever the client library raises becomes an error of the core."""

from typing import Any

import aiohttp
import pytest
import slack_sdk.errors
from slack_sdk.errors import SlackApiError, SlackClientError, SlackTokenRotationError

from adapters.slack.errors import NoAnswer, Refused, translated
from core.errors import DeliveryError, RateLimited


class _Answer:
    def __init__(self, data: Any, status_code: int = 200, **headers: str) -> None:
        self.data = data
        self.status_code = status_code
        self.headers = headers


def _api_error(data: Any, status_code: int = 200, **headers: str) -> SlackApiError:
    return SlackApiError("no", _Answer(data, status_code, **headers))


def _library_errors() -> list[type[Exception]]:
    found = [value for value in vars(slack_sdk.errors).values() if isinstance(value, type)]
    return [each for each in found if issubclass(each, Exception)]


def _made(kind: type[Exception]) -> Exception:
    if kind is SlackApiError:
        return _api_error({"ok": False, "error": "fatal_error"})
    if kind is SlackTokenRotationError:
        return SlackTokenRotationError(_api_error({"error": "invalid_refresh_token"}))
    return kind("no")


@pytest.mark.parametrize(
    "kind", [*_library_errors(), aiohttp.ClientError, aiohttp.ServerTimeoutError, TimeoutError, OSError]
)
def test_every_exception_of_the_client_has_a_translation(kind: type[Exception]) -> None:
    with pytest.raises(DeliveryError) as error, translated("chat.update"):
        raise _made(kind)
    assert "chat.update" in str(error.value)
    assert error.value.__cause__ is not None


def test_the_library_has_the_exceptions_that_were_read() -> None:
    assert SlackClientError in _library_errors()


def test_a_limit_says_how_long_to_wait() -> None:
    answer = {"ok": False, "error": "ratelimited"}
    with pytest.raises(RateLimited) as limit, translated("chat.update"):
        raise _api_error(answer, 429, **{"Retry-After": "12"})
    assert limit.value.retry_after_s == 12


def test_a_limit_without_a_time_waits_half_a_minute() -> None:
    with pytest.raises(RateLimited) as limit, translated("chat.update"):
        raise _api_error({"ok": False, "error": "ratelimited"})
    assert limit.value.retry_after_s == 30


def test_a_missing_scope_is_named_with_its_fix() -> None:
    with pytest.raises(Refused, match="files:read") as refusal, translated("files.info"):
        raise _api_error({"ok": False, "error": "missing_scope", "needed": "files:read"})
    assert refusal.value.is_final


def test_an_answer_that_is_no_json_may_have_been_done() -> None:
    with pytest.raises(NoAnswer, match="HTTP 502"), translated("chat.postMessage"):
        raise _api_error(b"<html>bad gateway</html>", 502)


def test_bugs_are_not_swallowed() -> None:
    with pytest.raises(KeyError), translated("chat.update"):
        raise KeyError("ts")
