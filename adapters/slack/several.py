"""Slack's events coming in from every workspace that has installed the app."""

import asyncio
import logging

from aiohttp import web
from pydantic import SecretStr

from adapters.slack.api import SlackApi
from adapters.slack.chat import SlackChat
from adapters.slack.door import Door
from adapters.slack.hands import Hands
from adapters.slack.identity import ask_own
from adapters.slack.installing import Installing
from adapters.slack.listening import build_bolt
from adapters.slack.workspace import Workspace
from adapters.slack.workspaces import Workspaces
from core.errors import BotError, StoreError
from core.installing import Installations
from core.ports import Cursors, FrontDesk

log = logging.getLogger(__name__)

_LOOK_S = 20.0
"""How soon this process notices what another one installed."""


class SlackApps:
    """Listens to all of them by one door. `run` it beside the rest; mount `routes`."""

    def __init__(
        self, workspaces: Workspaces, desk: FrontDesk, cursors: Cursors | None, installations: Installations
    ) -> None:
        self._workspaces = workspaces
        self._desk = desk
        self._cursors = cursors
        self._installing = Installing(workspaces, installations)
        self._door = Door(workspaces.settings.path)
        self._listening: dict[str, tuple[SlackChat, asyncio.Task[None]]] = {}
        self._hands: dict[str, Hands] = {}

    @property
    def is_connected(self) -> bool:
        """Events can reach us now."""
        return self._door.is_connected

    def routes(self) -> list[web.RouteDef]:
        """For the web application: what Slack sends, and the pages of an installation."""
        return [*self._door.routes(), *self._installing.routes()]

    async def run(self) -> None:
        """Connect and listen for ever; cancel to stop. Raises `SettingsError` on an app token that Slack refuses."""
        # Of no workspace: its calls carry the app's own token, or none.
        bare = self._workspaces.settings.model_copy(update={"bot_token": SecretStr("")})
        async with SlackApi(bare) as api:
            url, bolt = await self._door.reach(api), build_bolt(api, self._hands_of, self._workspaces.uninstall)
            async with asyncio.TaskGroup() as group:
                self._door.open(api, bolt, url, group)
                log.info("listening to Slack", extra={"workspaces": len(self._workspaces.chats)})
                await self._follow_all(group)

    async def _follow_all(self, group: asyncio.TaskGroup) -> None:
        while True:
            self._workspaces.changed.clear()
            self._follow(group)
            try:
                async with asyncio.timeout(_LOOK_S):
                    await self._workspaces.changed.wait()
            except TimeoutError:
                await self._look()

    async def _look(self) -> None:
        try:
            await self._workspaces.refresh()
        except BotError as error:
            log.warning("installations are not read", extra={"why": str(error)})

    def _follow(self, group: asyncio.TaskGroup) -> None:
        """Listen to exactly the workspaces that are open."""
        chats = self._workspaces.chats
        for team, (chat, task) in [*self._listening.items()]:
            if chats.get(team) is not chat or task.done():
                task.cancel()
                del self._listening[team]
                self._hands.pop(team, None)
        for team in chats.keys() - self._listening.keys():
            self._listening[team] = (chats[team], group.create_task(self._listen(team, chats[team])))

    async def _listen(self, team: str, chat: SlackChat) -> None:
        """One workspace; what is wrong with it is its own affair, and tried again at the next look."""
        try:
            workspace = Workspace(chat.api, self._desk, await ask_own(chat.api), self._cursors)
            await workspace.mark()
            self._hands[team] = workspace.hands
            await workspace.run(lambda: self.is_connected)
        except BotError as error:
            log.error("a workspace is not listened to", extra={"team": team, "why": str(error)})

    async def _hands_of(self, team: str) -> Hands | None:
        """Who takes what a workspace sends; None for one that we are not in. Raises `StoreError` while it starts."""
        if team in self._hands:
            return self._hands[team]
        if team not in self._workspaces.chats:
            # Another process may have installed it a moment ago: what is acknowledged here is nobody else's.
            await self._workspaces.refresh()
        if team in self._workspaces.chats:
            raise StoreError(f"workspace {team} is not ready: Slack delivers again.")
        return None
