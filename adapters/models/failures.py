"""What went wrong with an endpoint, said as the core's errors.

Messages name the endpoint and what to do. They never hold a key, and never text that an endpoint sent
back, since endpoints like to repeat parts of the prompt or of the key in it.
"""

import re
import socket
import ssl
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import aiohttp
import httpx2
import openai

from core.errors import ModelError

_TOO_LONG = re.compile(r"context.?(length|window|size)|too (long|large)|maximum.{0,20}tokens", re.IGNORECASE)
_TRY_AGAIN_STATUSES = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})


class PassingError(ModelError):
    """The endpoint failed in a way that may be over soon. It was asked again without success."""

    def __init__(self, why: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(why)
        self.retry_after_s = retry_after_s
        """How long the endpoint asked us to wait."""


class AtItsLimit(ModelError):
    """A route has as many requests as `requests_per_minute` and `at_once` in [models] allow. Raise them, or wait."""


class RefusedRequest(ModelError):
    """The endpoint does not take a request of this form."""

    def __init__(self, why: str, *, said: str) -> None:
        super().__init__(why)
        self.said = said
        """The endpoint's words, to learn from; never shown and never logged."""


class ToolsRefused(ModelError):
    """The endpoint takes no functions for this model. They are offered in the prompt from now on."""


@contextmanager
def translated(place: str, model: str) -> Generator[None]:
    """Turn whatever the SDK and its transport raise into a `ModelError`.

    `place` is the endpoint's host, for the message.
    """
    try:
        yield
    except openai.APIStatusError as error:
        raise _from_status(error, place, model) from error
    except openai.APITimeoutError as error:
        raise _from_connection(error, place) from error
    except openai.APIConnectionError as error:
        raise _from_connection(error, place) from error
    except openai.OpenAIError as error:
        raise ModelError(f"{place} sent something that is no model's answer ({type(error).__name__}).") from error
    except (TimeoutError, httpx2.HTTPError, httpx2.StreamError, aiohttp.ClientError, OSError) as error:
        raise _from_connection(error, place) from error


def _from_status(error: openai.APIStatusError, place: str, model: str) -> ModelError:
    status, code = error.status_code, error.code or error.type or ""
    if status == 401:
        return ModelError(f"{place} refused the key. Check OPENAI_API_KEY, or what api_key_env names.")
    if status == 403:
        return ModelError(f"{place} does not let this key use {model}. Check the key's rights and the model's name.")
    if status == 402 or "insufficient_quota" in f"{error.code} {error.type}":
        return ModelError(f"The account at {place} has no credit left. Top it up, or name a fallback in [models].")
    if status in _TRY_AGAIN_STATUSES or status >= 500:
        told = "asks to slow down (HTTP 429)" if status == 429 else f"failed with HTTP {status}"
        return PassingError(f"{place} {told}.", retry_after_s=_retry_after(error.response.headers))
    if status == 404 and not _names_a_feature(error.message):
        return ModelError(
            f"{place} does not know the model {model}, or has no chat completions at this address. "
            "Check OPENAI_BASE_URL (it ends in /v1 for most) and the model's name in [models]."
        )
    if status == 413 or _TOO_LONG.search(error.message):
        return ModelError(f"The prompt is too long for {model} at {place}. Lower context_tokens in [models].")
    detail = f", {code}" if re.fullmatch(r"[\w.\- ]{1,60}", code) else ""
    said = f"{error.message} {error.param or ''} {error.body or ''}"
    return RefusedRequest(f"{place} refused the request (HTTP {status}{detail}).", said=said[:4_000].lower())


def _names_a_feature(message: str) -> bool:
    # One large router answers 404 when no provider behind it supports, say, tools.
    return "tool" in message.lower() or "image" in message.lower() or "parameter" in message.lower()


def _from_connection(error: BaseException, place: str) -> PassingError:
    causes = list(_causes(error))
    if any(isinstance(each, aiohttp.ClientConnectorDNSError | socket.gaierror) for each in causes):
        return PassingError(f"The name of {place} was not found. Check OPENAI_BASE_URL and this machine's network.")
    if any(isinstance(each, ConnectionRefusedError) for each in causes):
        return PassingError(f"Nothing listens at {place}. Check OPENAI_BASE_URL, and that the model server runs.")
    if any(isinstance(each, ssl.SSLError | ssl.CertificateError | aiohttp.ClientSSLError) for each in causes):
        return PassingError(f"{place} has no valid TLS certificate. Check OPENAI_BASE_URL (https or http?).")
    if any(isinstance(each, aiohttp.ClientConnectionResetError) for each in causes):
        # A kept connection that had been closed meanwhile: nothing was sent, so there is nothing to wait for.
        return PassingError(f"{place} had closed a kept connection.", retry_after_s=0.0)
    if any(isinstance(each, aiohttp.ServerDisconnectedError | ConnectionResetError) for each in causes):
        return PassingError(f"{place} closed the connection without an answer.")
    if any(isinstance(each, TimeoutError | openai.APITimeoutError | httpx2.TimeoutException) for each in causes):
        return PassingError(f"{place} did not answer in time.")
    return PassingError(f"The connection to {place} failed ({type(causes[-1]).__name__}).")


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        each = each.__cause__ or each.__context__


def _retry_after(headers: httpx2.Headers) -> float | None:
    for name, divisor in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers[name]) / divisor)
        except (KeyError, ValueError):
            continue
    return None
