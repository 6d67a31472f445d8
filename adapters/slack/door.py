"""How Slack's events get in: Socket Mode or signed HTTP, for one workspace or for many."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import stamina
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from adapters.slack.api import SlackApi
from adapters.slack.identity import ask_socket_url
from adapters.slack.socket import Socket
from core.errors import DeliveryError

log = logging.getLogger(__name__)

_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 30.0
T = TypeVar("T")


class Door:
    """One a process."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._bolt: AsyncApp | None = None
        self._socket: Socket | None = None
        self._by_socket = False

    @property
    def is_connected(self) -> bool:
        """Events can reach us now."""
        if self._by_socket:
            return self._socket is not None and self._socket.is_connected
        return self._bolt is not None

    def routes(self) -> list[web.RouteDef]:
        """For the web application: events, commands and presses, each signed by Slack."""
        return [web.post(self._path, self._take)]

    async def reach(self, api: SlackApi) -> str:
        """Where a socket is to be opened; empty for HTTP. Raises `SettingsError` on a bad app token."""
        self._by_socket = api.settings.way_in == "socket"
        return await persist(api, ask_socket_url) if self._by_socket else ""

    def open(self, api: SlackApi, bolt: AsyncApp, url: str, group: asyncio.TaskGroup) -> None:
        """Let events in from now on; a socket is held by the group."""
        self._bolt = bolt
        if url:
            self._socket = Socket(api, bolt)
            group.create_task(_hold(self._socket, url))

    async def _take(self, request: web.Request) -> web.Response:
        if self._bolt is None:
            # Slack delivers again later.
            return web.Response(status=503, text="starting")
        answer = await self._bolt.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)


async def _hold(socket: Socket, url: str) -> None:
    async with socket.connected(url):
        await socket.watch()


async def persist(api: SlackApi, ask: Callable[[SlackApi], Awaitable[T]]) -> T:
    """Ask until Slack answers: a bot that starts before its network does waits for it."""

    def is_worth_waiting(error: Exception) -> bool:
        if not isinstance(error, DeliveryError):
            return False
        log.error(
            "Slack cannot be reached at %s: %s. Check the network and SLACK_API_URL; trying again.",
            api.settings.api_url,
            error,
        )
        return True

    retry = stamina.AsyncRetryingCaller(
        attempts=None, timeout=None, wait_initial=_FIRST_WAIT_S, wait_max=_LONGEST_WAIT_S
    )
    return await retry(is_worth_waiting, ask, api)
