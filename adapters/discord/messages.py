"""Message events as messages of the core: who is addressed, where the thread is, what was said."""

import logging
from dataclasses import replace

import discord

from adapters.discord.allowed import Allowed
from adapters.discord.chat import DiscordChat
from adapters.discord.gathering import Gathering
from adapters.discord.markup import to_markdown
from adapters.discord.places import DIRECT, Place, groups_of, place_of, staff_place
from adapters.discord.private import names_an_account
from adapters.discord.settings import PLATFORM
from core.addressing import Room, Said
from core.closing import is_farewell
from core.conversation import Author, Message, Thread
from core.passedon import passed_on
from core.ports import FrontDesk

log = logging.getLogger(__name__)

NO_VOICE = "I cannot listen to voice messages. Please write to me, or send a picture."
_WITH_WORDS = (discord.MessageType.default, discord.MessageType.reply)
"""All other types are joins, pins, thread notices and the like."""


class Messages:
    """Turns events into messages and hands the addressed ones to the desk."""

    def __init__(self, client: discord.Client, desk: FrontDesk, chat: DiscordChat) -> None:
        self._client = client
        self._desk = desk
        self._chat = chat
        self._settings = chat.settings
        self._threads = chat.threads
        self._allowed = Allowed(chat)
        self._room = Room()
        self._gathering = Gathering(chat, desk, self._text)

    async def receive(self, message: discord.Message) -> None:
        """Save what is addressed to us. Raises `StoreError`."""
        if not self._is_a_persons(message):
            return
        place = await self._place(message)
        thread = place.thread or self._answered_thread(message, place)
        if not await self._is_addressed(message, place, thread):
            return
        if not await self._allowed.may_answer(message):
            return
        if message.flags.voice and not self._settings.hears_voice:
            await self._chat.say(place.thread or thread or place.thread_on(str(message.id)), NO_VOICE, str(message.id))
            return
        found = await self._gathering.of(message, place, thread, is_called=self._is_mentioned(message))
        if thread is None or (place.thread is None and not await self._desk.is_ours(thread)):
            public = place.thread_on(str(message.id))
            thread = await self._private_thread(message, place, public) or public
            if thread.root:
                self._threads.expect(thread, self._text(message))
        is_new = await self._desk.receive(
            replace(self._message(message, thread, place), attachments=found.files, before=found.before)
        )
        if is_new and self._goes_on(message, place):
            await self._chat.solved.mark(thread, is_solved=False)

    def _goes_on(self, message: discord.Message, place: Place) -> bool:
        """Somebody writes in a tagged post again, and it is no bare thanks."""
        channel = message.channel
        is_tagged = isinstance(channel, discord.Thread) and bool(channel.applied_tags)
        return place.is_forum_post and is_tagged and not is_farewell(message.content)

    async def _private_thread(self, message: discord.Message, place: Place, public: Thread) -> Thread | None:
        if not (self._settings.private_threads and names_an_account(self._text(message))):
            return None
        # Where nobody asked us, no thread is opened before it is clear that there is something to say.
        is_unasked = place.channel in self._settings.confident_channels and not self._is_mentioned(message)
        if is_unasked and not await self._desk.is_sure(self._message(message, public, place)):
            return None
        own = str(message.id)
        thread = await self._chat.private.open(place.tenant, place.channel, person=str(message.author.id), message=own)
        if thread is not None:
            await self._chat.private.point_to(thread, place.channel, own)
        return thread

    async def edit(self, message: discord.Message) -> None:
        """A message as it reads now; link previews and the like change nothing that was said."""
        if message.edited_at is None or not self._is_a_persons(message):
            return
        place = await self._place(message)
        thread = place.thread or place.thread_on(str(message.id))
        await self._desk.edit(self._message(message, thread, place))

    async def delete(self, channel: int, guild: int | None, message: int) -> None:
        """A message was taken back. In a channel it may have begun a thread of its own."""
        tenant = str(guild) if guild is not None else DIRECT
        for place in (Thread(tenant, PLATFORM, str(channel)), Thread(tenant, PLATFORM, str(message), str(channel))):
            if await self._desk.delete(place, str(message)):
                return

    def _is_a_persons(self, message: discord.Message) -> bool:
        return message.type in _WITH_WORDS and not message.author.bot and message.webhook_id is None

    async def _place(self, message: discord.Message) -> Place:
        channel: object = message.channel
        guild = message.guild.id if message.guild else None
        if guild is not None and isinstance(channel, discord.PartialMessageable):
            # A thread the library has not heard of, such as one that was archived when we connected.
            try:
                channel = await self._client.fetch_channel(message.channel.id)
            except discord.HTTPException as error:
                log.warning("a channel is not read", extra={"place": message.channel.id, "why": error.code})
        return place_of(channel, guild, message.channel.id)

    def _answered_thread(self, message: discord.Message, place: Place) -> Thread | None:
        """The thread that a reply in a channel goes on with; None for a message of its own."""
        reference = message.reference
        if reference is None or reference.message_id is None:
            return None
        answered = str(reference.message_id)
        return self._threads.of_answer(answered) or place.thread_on(answered)

    async def _is_addressed(self, message: discord.Message, place: Place, thread: Thread | None) -> bool:
        if place.is_private:
            return self._settings.direct_messages
        if place.thread is not None and staff_place(self._settings.all_staff, place):
            return True
        if self._is_mentioned(message):
            return True
        is_post = place.is_forum_post and message.id == message.channel.id
        if place.parent in self._settings.support_channels and is_post:
            return True
        if place.thread is None and place.channel in self._settings.busy_channels and message.reference is None:
            return self._is_for_the_room(message)
        if place.thread is None and place.channel in self._answered_channels:
            return True
        return thread is not None and await self._desk.is_ours(thread)

    @property
    def _answered_channels(self) -> tuple[str, ...]:
        return (*self._settings.support_channels, *self._settings.confident_channels)

    def _is_for_the_room(self, message: discord.Message) -> bool:
        """In a channel where people also talk to each other."""
        own = self._client.user
        said = Said(message.author.display_name, self._text(message))
        called = own.display_name if own else ""
        is_for_us = self._room.is_for_us(str(message.channel.id), str(message.id), said, own=called)
        return is_for_us and not message.mentions

    def _is_mentioned(self, message: discord.Message) -> bool:
        own = self._client.user
        if own is not None and any(each.id == own.id for each in message.mentions):
            return True
        # People pick the role of the same name as often as the bot.
        role = message.guild.self_role if message.guild and message.role_mentions else None
        return role is not None and role in message.role_mentions

    def _message(self, message: discord.Message, thread: Thread, place: Place) -> Message:
        text, is_called = self._text(message), self._is_mentioned(message)
        if place.title and message.id == message.channel.id:
            text = f"{place.title}\n\n{text}".strip()
        is_staff = staff_place(self._settings.all_staff, place)
        return Message(
            id=str(message.id),
            thread=thread,
            author=Author(
                str(message.author.id),
                message.author.display_name,
                groups=groups_of(message.author) if is_staff else (),
            ),
            text=text,
            sent_at=message.created_at,
            attachments=self._gathering.own(message),
            keys=(f"discord:message:{message.id}",),
            is_private=place.is_private,
            is_staff_place=is_staff,
            mentions_us=is_called,
            only_if_sure=place.thread is None
            and not (is_called or message.reference)
            and place.channel in self._settings.confident_channels,
        )

    def _text(self, message: discord.Message) -> str:
        parts = [message.content, *(passed_on(each.content) for each in message.message_snapshots)]
        said = "\n\n".join(part for part in parts if part)
        if "<" not in said:
            return said.strip()
        guild = message.guild
        own = {str(self._client.user.id)} if self._client.user else set[str]()
        if guild is not None and guild.self_role is not None:
            own.add(str(guild.self_role.id))
        users = {str(each.id): each.display_name for each in message.mentions}

        def name_of(kind: str, value: str) -> str:
            if kind == "user":
                return users.get(value, "")
            found = None
            if guild is not None:
                found = guild.get_role(int(value)) if kind == "role" else guild.get_channel_or_thread(int(value))
            return found.name if found else ""

        return to_markdown(said, own=frozenset(own), name_of=name_of)
