"""Calls of Slack's Web API: one connection pool, one pace, one translation of errors."""

import logging
from collections.abc import Mapping
from typing import Any, Self

import aiohttp
from pydantic import JsonValue
from slack_sdk.web.async_client import AsyncWebClient

from adapters.leaving import LeavingRequest
from adapters.slack.errors import translated
from adapters.slack.pace import Pace
from adapters.slack.settings import SlackSettings
from core.errors import RateLimited

Json = Mapping[str, JsonValue]
_TIMEOUT = aiohttp.ClientTimeout(total=20, connect=8)


def quiet_logger() -> logging.Logger:
    """For the client library: at its debug level it would log what people write."""
    logger = logging.getLogger("adapters.slack.sdk")
    logger.setLevel(logging.ERROR)
    return logger


class SlackApi:
    """One workspace's Web API. Use as a context manager."""

    def __init__(self, settings: SlackSettings, pace: Pace | None = None) -> None:
        self.settings = settings
        self.pace = pace or Pace()
        self._session: aiohttp.ClientSession | None = None
        self._client: Any = None  # its answers have no types; every caller checks what it reads

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            timeout=_TIMEOUT, connector=aiohttp.TCPConnector(limit=0), request_class=LeavingRequest
        )
        self._client = self._new_client(self.settings.bot_token.get_secret_value())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The connection pool; open while the context is."""
        if self._session is None:
            raise RuntimeError("SlackApi is used outside its context")
        return self._session

    def anonymous_client(self) -> AsyncWebClient:
        """A client on the same pool that carries no token of its own."""
        return self._new_client(None)

    def _new_client(self, token: str | None) -> AsyncWebClient:
        # No retry handlers: a repeated post is a second message, so repeating is up to the outbox.
        return AsyncWebClient(
            token=token,
            base_url=self.settings.api_url,
            session=self.session,
            logger=quiet_logger(),
            retry_handlers=[],
        )

    async def call(self, method: str, **arguments: JsonValue) -> dict[str, Any]:
        """Call a method that takes JSON. Raises `Refused`, `NoAnswer`, `RateLimited`."""
        return await self._call(method, arguments, is_read=False)

    async def read(self, method: str, **arguments: JsonValue) -> dict[str, Any]:
        """Call a method that reads: those take no JSON. Raises like `call`."""
        return await self._call(method, arguments, is_read=True)

    async def scopes(self) -> frozenset[str]:
        """What the bot token may do, as Slack says beside every answer. Raises like `call`."""
        with translated("auth.test"):
            answer = await self._client.api_call("auth.test")
        headers = {str(name).casefold(): str(value) for name, value in answer.headers.items()}
        return frozenset(each.strip() for each in headers.get("x-oauth-scopes", "").split(",") if each.strip())

    async def manifest(self, config_token: str) -> dict[str, Any]:
        """The app as Slack has it; needs an app configuration token. Raises like `call`."""
        bot = await self.read("bots.info", bot=(await self.call("auth.test")).get("bot_id", ""))
        client: Any = self._new_client(config_token)
        with translated("apps.manifest.export"):
            answer = await client.api_call("apps.manifest.export", json={"app_id": bot["bot"]["app_id"]})
        return dict(answer.data["manifest"])

    async def open_socket_url(self) -> str:
        """A fresh address for Socket Mode, which also proves the app token."""
        token = self.settings.app_token.get_secret_value()
        client: Any = self.anonymous_client()
        with translated("apps.connections.open"):
            answer = await client.apps_connections_open(app_token=token)
        return str(answer["url"])

    async def _call(self, method: str, arguments: Json, *, is_read: bool) -> dict[str, Any]:
        if self._client is None:
            raise RuntimeError("SlackApi is used outside its context")
        self.pace.take(method)
        given = {key: value for key, value in arguments.items() if value is not None}
        try:
            with translated(method):
                answer = (
                    await self._client.api_call(method, http_verb="GET", params=given)
                    if is_read
                    else await self._client.api_call(method, json=given)
                )
        except RateLimited as limit:
            channel = str(arguments.get("channel", ""))
            wait_s = self.pace.refused(method, channel, limit.retry_after_s)
            raise RateLimited(f"Slack limits {method}", retry_after_s=wait_s) from limit
        return answer.data
