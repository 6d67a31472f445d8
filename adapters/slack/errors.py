"""Slack's refusals and the client library's exceptions, in the words of the core."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from core.errors import DeliveryError, RateLimited

_DEFAULT_WAIT_S = 30.0
_HOPELESS = frozenset(
    {
        "account_inactive",
        "cant_update_message",
        "channel_not_found",
        "edit_window_closed",
        "ekm_access_denied",
        "invalid_auth",
        "is_archived",
        "message_not_found",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "not_in_channel",
        "org_login_required",
        "restricted_action",
        "token_expired",
        "token_revoked",
        "user_not_found",
    }
)
"""Trying again changes nothing until a person changes something."""

BAD_TOKEN = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "not_allowed_token_type",
        "not_authed",
        "token_expired",
        "token_revoked",
    }
)
"""What Slack says to a token that is wrong or no longer valid."""


class Refused(DeliveryError):
    """Slack said no. `code` is its word for why; nothing of the call was done."""

    def __init__(self, method: str, code: str, *, needed: str = "") -> None:
        scope = f" (add the scope {needed} and reinstall the app)" if needed else ""
        super().__init__(f"Slack refused {method}: {code}{scope}", is_final=code in _HOPELESS)
        self.code = code


class NoAnswer(DeliveryError):
    """No answer came, or one that says nothing: the call may or may not have been done."""


@contextmanager
def translated(method: str) -> Generator[None]:
    """Turn what a Web API call can raise into `Refused`, `NoAnswer` or `RateLimited`."""
    try:
        yield
    except SlackApiError as error:
        raise _from_answer(method, error) from error
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        raise NoAnswer(f"Slack did not answer {method}: {type(error).__name__}") from error


def _from_answer(method: str, error: SlackApiError) -> DeliveryError:
    # The library's own answer, or, when its body is no JSON, the HTTP client's.
    answer: Any = error.response
    status = int(getattr(answer, "status_code", 0) or getattr(answer, "status", 0))
    data: Any = getattr(answer, "data", answer)
    fields = cast(dict[str, Any], data) if isinstance(data, dict) else {}
    code = str(fields.get("error", ""))
    if status == 429 or code in ("ratelimited", "rate_limited"):
        wait = str(getattr(answer, "headers", {}).get("Retry-After", ""))
        return RateLimited(f"Slack limits {method}", retry_after_s=_seconds(wait))
    if not code or code in ("internal_error", "fatal_error", "service_unavailable"):
        return NoAnswer(f"Slack failed at {method}: {code or f'HTTP {status}'}")
    return Refused(method, code, needed=str(fields.get("needed", "")))


def _seconds(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:
        return _DEFAULT_WAIT_S
