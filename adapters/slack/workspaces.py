"""Every workspace that the app is installed in, as one chat: each has its own token, pool and pace."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from contextlib import AsyncExitStack
from typing import Self

from pydantic import SecretStr

from adapters.slack.api import SlackApi
from adapters.slack.attached import workspace_of
from adapters.slack.chat import PLATFORM, SlackChat
from adapters.slack.errors import Refused
from adapters.slack.identity import ask_own
from adapters.slack.posting import Ref
from adapters.slack.settings import SlackSettings
from core.conversation import Attachment, Thread
from core.errors import AttachmentError, DeliveryError, SettingsError
from core.installing import Installation, Installations
from core.ports import ReplyStream
from core.reply import Delivery
from core.staffside import ANY_TENANT

log = logging.getLogger(__name__)

_GONE = "That file is in a workspace that I am no longer in. Please upload it here."


class Workspaces:
    """Implements `core.ports.Chat`. Use as a context manager, and give it the installations before anything else."""

    def __init__(self, settings: SlackSettings) -> None:
        self.settings = settings
        self.changed = asyncio.Event()
        """Set when a workspace came or went."""
        self._installations: Installations | None = None
        self._open: dict[str, tuple[SlackChat, AsyncExitStack]] = {}
        self._homes: dict[str, str] = {}
        """Staff channels, by the workspace that they are in."""
        self._own_team = ""
        self._refreshing = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for team in [*self._open]:
            await self._leave(team)

    @property
    def platform(self) -> str:
        """See `core.ports.Chat`."""
        return PLATFORM

    @property
    def chats(self) -> Mapping[str, SlackChat]:
        """The workspaces that are open, by id."""
        return {team: chat for team, (chat, _) in self._open.items()}

    async def use(self, installations: Installations) -> None:
        """Where installations are kept. Raises `StoreError`."""
        self._installations = installations
        await self.refresh()

    async def install(self, new: Installation) -> None:
        """Somebody installed us: it works from now on. Raises `StoreError`."""
        await self._kept().keep(new)
        log.info("installed", extra={"team": new.tenant})
        await self.refresh()

    async def uninstall(self, team: str) -> None:
        """They have taken us out: the token goes at once. Raises `StoreError`."""
        if await self._kept().remove(PLATFORM, team):
            log.info("uninstalled", extra={"team": team})
        await self.refresh()

    async def refresh(self) -> None:
        """Be in exactly the workspaces that installed us, whichever process that went through."""
        async with self._refreshing:
            wanted = {each.tenant: each.token for each in await self._kept().all(PLATFORM)}
            if own := await self._own():
                wanted[own] = self.settings.bot_token.get_secret_value()
            for team in [*self._open]:
                if wanted.get(team) != self._open[team][0].settings.bot_token.get_secret_value():
                    await self._leave(team)
            for team in wanted.keys() - self._open.keys():
                await self._enter(team, wanted[team])

    async def of(self, place: Thread) -> SlackChat:
        """The workspace of a place. Raises `DeliveryError`, a final one when the app is not installed there."""
        team = place.tenant
        if self.settings.is_staff(place.channel) or team == ANY_TENANT:
            team = await self._home(place)
            missing = f"no workspace of the app knows channel {place.channel}: invite the app there"
        else:
            missing = f"the app is not installed in workspace {team}"
        if team not in self._open:
            # Another process may have installed it a moment ago.
            await self.refresh()
            team = team or await self._home(place)
        if team in self._open:
            return self._open[team][0]
        raise DeliveryError(f"Slack: {missing}", is_final=True)

    async def api_of(self, place: Thread) -> SlackApi:
        """The API of a place's workspace. Raises like `of`."""
        return (await self.of(place)).api

    async def open_reply(self, delivery: Delivery) -> ReplyStream:
        """See `core.ports.Chat`."""
        return await (await self.of(delivery.thread)).open_reply(delivery)

    async def find_reply(self, delivery: Delivery, *, known: Collection[str]) -> str:
        """See `core.ports.Chat`."""
        return await (await self.of(delivery.thread)).find_reply(delivery, known=known)

    async def deliver(self, delivery: Delivery) -> str:
        """See `core.ports.Chat`."""
        return await (await self.of(delivery.thread)).deliver(delivery)

    def room_on(self, place: Thread, ref: str) -> Thread:
        """See `core.ports.Chat`."""
        first = Ref.parse(ref)
        return Thread(place.tenant, PLATFORM, first.channel, first.stamps[0])

    async def download(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """See `core.ports.Chat`."""
        found = self._open.get(workspace_of(attachment.source))
        if found is None:
            raise AttachmentError(_GONE)
        return await found[0].download(attachment, limit_bytes=limit_bytes)

    async def _enter(self, team: str, token: str) -> None:
        stack = AsyncExitStack()
        chat = SlackChat(self.settings.model_copy(update={"bot_token": SecretStr(token)}))
        self._open[team] = (await stack.enter_async_context(chat), stack)
        self.changed.set()

    async def _leave(self, team: str) -> None:
        _, stack = self._open.pop(team)
        self._homes = {channel: home for channel, home in self._homes.items() if home != team}
        self.changed.set()
        await stack.aclose()

    async def _own(self) -> str:
        """The workspace of SLACK_BOT_TOKEN, if there is one; asked until Slack has said which it is."""
        if self._own_team or not self.settings.bot_token.get_secret_value():
            return self._own_team
        try:
            async with SlackChat(self.settings) as chat:
                self._own_team = (await ask_own(chat.api)).team
        except (DeliveryError, SettingsError) as error:
            log.error("the workspace of SLACK_BOT_TOKEN is not served yet: %s", error)
        return self._own_team

    async def _home(self, place: Thread) -> str:
        """The workspace that a channel is in; a place of staff does not always say."""
        if place.channel in self._homes:
            return self._homes[place.channel]
        for team, chat in self.chats.items():
            try:
                await chat.api.read("conversations.info", channel=place.channel)
            except Refused:
                continue
            self._homes[place.channel] = team
            return team
        return ""

    def _kept(self) -> Installations:
        if self._installations is None:
            raise DeliveryError("the installations are not read yet")
        return self._installations
