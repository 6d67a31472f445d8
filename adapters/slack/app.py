"""Slack's events coming in from the one workspace whose bot token is set."""

import asyncio
import logging

from aiohttp import web

from adapters.slack.chat import SlackChat
from adapters.slack.door import Door, persist
from adapters.slack.hands import Hands
from adapters.slack.identity import ask_own
from adapters.slack.listening import build_bolt
from adapters.slack.workspace import Workspace
from core.ports import Cursors, FrontDesk

log = logging.getLogger(__name__)


class SlackApp:
    """Listens to one workspace for the desk. `run` it beside the rest; mount `routes` for HTTP mode."""

    def __init__(self, chat: SlackChat, desk: FrontDesk, cursors: Cursors | None = None) -> None:
        self._chat = chat
        self._cursors = cursors
        self._desk = desk
        self._door = Door(chat.settings.path)

    @property
    def is_connected(self) -> bool:
        """Events can reach us now."""
        return self._door.is_connected

    def routes(self) -> list[web.RouteDef]:
        """For the web application: events, commands and presses, each signed by Slack."""
        return self._door.routes()

    async def run(self) -> None:
        """Connect and listen for ever; cancel to stop. Raises `SettingsError` on a token that Slack refuses."""
        api = self._chat.api
        own = await persist(api, ask_own)
        workspace = Workspace(api, self._desk, own, self._cursors)
        await workspace.mark()
        url = await self._door.reach(api)

        async def hands_of(_: str) -> Hands:
            return workspace.hands

        async with asyncio.TaskGroup() as group:
            self._door.open(api, build_bolt(api, hands_of), url, group)
            group.create_task(workspace.run(lambda: self.is_connected))
            log.info("listening to Slack", extra={"team": own.team})
