"""Slack's events coming in, by Socket Mode or signed HTTP."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import stamina
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from adapters.slack.api import SlackApi
from adapters.slack.catching_up import CatchingUp
from adapters.slack.chat import SlackChat
from adapters.slack.groups import Groups
from adapters.slack.identity import ask_own, ask_socket_url
from adapters.slack.listening import Hands, build_bolt
from adapters.slack.messages import Messages
from adapters.slack.names import Names
from adapters.slack.socket import Socket
from core.errors import DeliveryError
from core.ports import Cursors, FrontDesk

log = logging.getLogger(__name__)

_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 30.0
T = TypeVar("T")


class SlackApp:
    """Listens to one workspace for the desk. `run` it beside the rest; mount `routes` for HTTP mode."""

    def __init__(self, chat: SlackChat, desk: FrontDesk, cursors: Cursors | None = None) -> None:
        self._chat = chat
        self._cursors = cursors
        self._desk = desk
        self._bolt: AsyncApp | None = None
        self._socket: Socket | None = None

    @property
    def is_connected(self) -> bool:
        """Events can reach us now."""
        if self._chat.settings.way_in == "http":
            return self._bolt is not None
        return self._socket is not None and self._socket.is_connected

    def routes(self) -> list[web.RouteDef]:
        """For the web application: events, commands and presses, each signed by Slack."""
        return [web.post(self._chat.settings.path, self._take)]

    async def run(self) -> None:
        """Connect and listen for ever; cancel to stop. Raises `SettingsError` on a token that Slack refuses."""
        api = self._chat.api
        own = await self._persist(ask_own)
        names = Names(api)
        bolt = build_bolt(api, own, Hands(api, self._desk, own, names))
        by_socket = self._chat.settings.way_in == "socket"
        url = await self._persist(ask_socket_url) if by_socket else ""
        self._bolt = bolt
        async with asyncio.TaskGroup() as group:
            group.create_task(names.run())
            if self._cursors is not None:
                messages = Messages(api, self._desk, own, names, Groups(api))
                catching_up = CatchingUp(api, self._cursors, messages, own)
                group.create_task(catching_up.run(lambda: self.is_connected))
            if by_socket:
                group.create_task(self._hold(bolt, url))
            log.info("listening to Slack", extra={"team": own.team})

    async def _hold(self, bolt: AsyncApp, url: str) -> None:
        self._socket = Socket(self._chat.api, bolt)
        async with self._socket.connected(url):
            await self._socket.watch()

    async def _persist(self, ask: Callable[[SlackApi], Awaitable[T]]) -> T:
        """Ask until Slack answers: a bot that starts before its network does waits for it."""
        retry = stamina.AsyncRetryingCaller(
            attempts=None,
            timeout=None,
            wait_initial=_FIRST_WAIT_S,
            wait_max=_LONGEST_WAIT_S,
        )
        return await retry(self._is_worth_waiting, ask, self._chat.api)

    def _is_worth_waiting(self, error: Exception) -> bool:
        if not isinstance(error, DeliveryError):
            return False
        log.error(
            "Slack cannot be reached at %s: %s. Check the network and SLACK_API_URL; trying again.",
            self._chat.settings.api_url,
            error,
        )
        return True

    async def _take(self, request: web.Request) -> web.Response:
        if self._bolt is None:
            # Slack delivers again later.
            return web.Response(status=503, text="starting")
        answer = await self._bolt.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)
