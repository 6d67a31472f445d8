"""Discord's events coming in."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

import discord
import stamina
from aiohttp import web
from discord import app_commands

from adapters.discord.catchup import CatchUp
from adapters.discord.chat import DiscordChat
from adapters.discord.commands import command_tree
from adapters.discord.connection import Connection, lean_client
from adapters.discord.messages import Messages
from adapters.discord.presses import Presses
from adapters.discord.reactions import stop_by_reaction
from adapters.discord.verifying import Verifying
from core.errors import StoreError
from core.ports import Cursors, FrontDesk

log = logging.getLogger(__name__)

_SAVE_S = 3_600.0
"""The gateway delivers an event once: while the database is away it waits here. Started anew, we read it back."""


class DiscordApp:
    """Listens to the bot's servers and direct messages for the desk. `run` it beside the rest."""

    def __init__(self, chat: DiscordChat, desk: FrontDesk, *, cursors: Cursors | None = None) -> None:
        self._chat = chat
        self._desk = desk
        self._client = lean_client(chat.settings)
        self._messages = Messages(self._client, desk, chat)
        self._presses = Presses(chat, desk)
        self._verifying = Verifying(desk)
        self._tree = command_tree(self._client, self._presses)
        self._catch_up = CatchUp(self._client, chat.settings, cursors, self.on_message)
        self._connection = Connection(
            self._client, chat.api, lost=self._catch_up.mark, resumed=self._catch_up.nothing_missed
        )
        self._client.event(self.on_ready)
        self._client.event(self.on_message)
        self._client.event(self.on_raw_message_edit)
        self._client.event(self.on_raw_message_delete)
        self._client.event(self.on_raw_reaction_add)
        self._client.event(self.on_interaction)

    @property
    def is_connected(self) -> bool:
        """Events can reach us now."""
        return self._connection.is_up

    def routes(self) -> Sequence[web.RouteDef]:
        """Nothing comes in by HTTP."""
        return ()

    async def run(self) -> None:
        """Connect and listen for ever; cancel to stop. Raises `SettingsError` when Discord refuses us."""
        try:
            await self._connection.log_in()
            await self._catch_up.mark()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._connection.hold())
                group.create_task(self._catch_up.run())
                group.create_task(self._tell_commands())
        finally:
            await self._connection.close()

    async def on_ready(self) -> None:
        """A new session: what came before it is not replayed."""
        self._catch_up.begin()

    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote."""
        await _until_saved(lambda: self._messages.receive(message))
        await self._catch_up.passed(message)

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        """Somebody changed what they wrote."""
        await _until_saved(lambda: self._messages.edit(event.message))

    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        """Somebody took back what they wrote."""
        await _until_saved(lambda: self._messages.delete(event.channel_id, event.guild_id, event.message_id))

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """Somebody put a reaction on a message."""
        own = self._client.user.id if self._client.user else 0
        staff = self._chat.settings.all_staff
        await _until_saved(lambda: stop_by_reaction(self._desk, event, own_id=own, staff_channels=staff))

    async def on_interaction(self, interaction: discord.Interaction[discord.Client]) -> None:
        """Somebody pressed a button or sent a form; commands go through the tree."""
        kinds = (discord.InteractionType.component, discord.InteractionType.modal_submit)
        if interaction.type in kinds and await self._verifying.take(interaction):
            return
        if interaction.type is discord.InteractionType.component:
            await self._presses.press(interaction)
        elif interaction.type is discord.InteractionType.modal_submit:
            await self._presses.asked(interaction)

    async def _tell_commands(self) -> None:
        try:
            await self._tree.sync()
        except (discord.HTTPException, app_commands.AppCommandError, OSError) as error:
            log.error(
                "the slash commands are not registered; start again to retry, and invite the bot "
                "with the scope applications.commands",
                extra={"why": type(error).__name__},
            )


async def _until_saved(work: Callable[[], Awaitable[None]]) -> None:
    async for attempt in stamina.retry_context(on=StoreError, attempts=None, timeout=_SAVE_S, wait_max=5.0):
        with attempt:
            await work()
