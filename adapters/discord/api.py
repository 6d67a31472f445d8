"""Discord's REST API as far as messages are written and read: one pool, one pace, one translation of refusals.

The client library speaks with the gateway; it would wait inside a call, without end and without telling.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Self, cast

import aiohttp
from pydantic_core import from_json, to_json

from adapters.discord.errors import NoAnswer, from_answer
from adapters.discord.pace import Pace
from adapters.discord.settings import DiscordSettings
from adapters.leaving import LeavingRequest
from core.errors import DeliveryError, RateLimited
from core.reply import SentFile

log = logging.getLogger(__name__)

Json = dict[str, Any]

_TIMEOUT = aiohttp.ClientTimeout(total=20, connect=8)
_DRAFT_TIMEOUT = aiohttp.ClientTimeout(total=3, connect=2)
_PATIENCE_S = 10.0
"""Longer than this no call waits in here: the outbox has the row and tries again in time."""
_RETRY_WAITS_S = (0.25, 1.0, 2.0)
"""After an answer of 5xx, or none. Every call is safe to repeat: posts carry a nonce."""
_USER_AGENT = "DiscordBot (https://firstline.example, 1)"
_WEBHOOKS = "/webhooks/"
"""The answer to a command carries a token of its own in its path."""


class DiscordApi:
    """One bot's REST API. Use as a context manager."""

    def __init__(self, settings: DiscordSettings, pace: Pace | None = None) -> None:
        self.settings = settings
        self.pace = pace or Pace(a_second=settings.requests_per_second)
        self._base = settings.api_url.rstrip("/")
        self._anonymous = {"User-Agent": _USER_AGENT, "Content-Type": "application/json"}
        self._headers = {**self._anonymous, "Authorization": f"Bot {settings.token.get_secret_value()}"}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            timeout=_TIMEOUT,
            connector=aiohttp.TCPConnector(limit=0),
            request_class=LeavingRequest,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The connection pool; open while the context is."""
        if self._session is None:
            raise RuntimeError("DiscordApi is used outside its context")
        return self._session

    async def call(
        self, method: str, path: str, *, bucket: str, what: str, body: object = None, files: Sequence[SentFile] = ()
    ) -> Any:
        """Call and wait for room where it is short; `files` go along with a message.

        Raises `Refused`, `Gone`, `NoAnswer`, `RateLimited`.
        """
        for retry_s in (*_RETRY_WAITS_S, None):
            await self._room(bucket, what)
            try:
                return await self._send(method, path, bucket, what, body, _TIMEOUT, files)
            except RateLimited as limit:
                if retry_s is None or limit.retry_after_s > _PATIENCE_S:
                    raise
            except NoAnswer:
                if retry_s is None:
                    raise
                await self.pace.sleep(retry_s)
        raise AssertionError("the last try returns or raises")

    async def draft(self, path: str, *, bucket: str, body: object) -> bool:
        """One try at an edit that may as well not happen; False when it did not."""
        try:
            await self._send("PATCH", path, bucket, "draft", body, _DRAFT_TIMEOUT)
        except DeliveryError as error:
            log.info("draft not drawn", extra={"place": bucket, "why": str(error)})
            return False
        return True

    async def _room(self, bucket: str, what: str) -> None:
        """Wait until a call there will be taken. Raises `RateLimited` when that is too long."""
        if not self.pace.wait_s(bucket):
            return
        self.pace.queued(bucket, 1)
        try:
            deadline = self.pace.now() + _PATIENCE_S
            while wait_s := self.pace.wait_s(bucket):
                if self.pace.now() + wait_s > deadline:
                    raise RateLimited(f"Discord limits the {what}", retry_after_s=wait_s)
                await self.pace.sleep(wait_s)
        finally:
            self.pace.queued(bucket, -1)

    async def _send(
        self,
        method: str,
        path: str,
        bucket: str,
        what: str,
        body: object,
        timeout: aiohttp.ClientTimeout,
        files: Sequence[SentFile] = (),
    ) -> Any:
        self.pace.take(bucket)
        headers = self._anonymous if path.startswith(_WEBHOOKS) else self._headers
        data: object = None if body is None else to_json(body)
        if files:
            data = _form(body, files)
            headers = {name: value for name, value in headers.items() if name != "Content-Type"}
        try:
            async with self.session.request(
                method, self._base + path, data=data, headers=headers, timeout=timeout
            ) as answer:
                content = await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NoAnswer(f"Discord did not answer for the {what}: {type(error).__name__}") from error
        if answer.status == 429:
            raise self._limited(bucket, what, answer.headers, _fields(content))
        self.pace.heard(bucket, answer.headers)
        if answer.status < 300:
            return _value(content)
        raise from_answer(what, answer.status, int(_fields(content).get("code") or 0))

    def _limited(self, bucket: str, what: str, headers: Mapping[str, str], said: Json) -> DeliveryError:
        wait_s = float(said.get("retry_after") or headers.get("Retry-After") or 1.0)
        self.pace.refused(bucket, wait_s, is_global=bool(said.get("global")))
        log.warning("Discord limits us", extra={"place": bucket, "what": what, "wait_s": wait_s})
        return from_answer(what, 429, int(said.get("code") or 0), retry_after_s=wait_s)


def _form(body: object, files: Sequence[SentFile]) -> aiohttp.FormData:
    """A message with files; a form can be read once, so every attempt makes its own."""
    form = aiohttp.FormData()
    form.add_field("payload_json", to_json(body).decode(), content_type="application/json")
    for n, file in enumerate(files):
        form.add_field(f"files[{n}]", file.content, filename=file.name, content_type=file.media_type)
    return form


def _value(content: bytes) -> Any:
    """JSON, or None for an empty answer or a page that a proxy made."""
    try:
        return from_json(content) if content else None
    except ValueError:
        return None


def _fields(content: bytes) -> Json:
    value = _value(content)
    return cast(Json, value) if isinstance(value, dict) else {}
