"""Every file that a message is about: its own, those of what it passes on or answers, links, and its thread's."""

import logging
import re
from collections.abc import Iterator
from urllib.parse import unquote

import discord
from yarl import URL

from adapters.discord.chat import DiscordChat
from adapters.discord.errors import translated
from adapters.discord.files import attachment_of, linked
from adapters.discord.places import Place, staff_place
from core.conversation import Attachment, Thread
from core.earlier import MOST_POSTS, posted, with_earlier
from core.errors import DeliveryError
from core.ports import FrontDesk

log = logging.getLogger(__name__)

_LINK = re.compile(
    r"https?://([^\s/<>]+)/(?:ephemeral-)?attachments/\d{1,20}/(\d{1,20})/([^\s<>()?]+)(?:\?[^\s<>()]*)?"
)
_CDN = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
_MOST_LINKS = 4


class Gathering:
    """Gathers attachments; reads from Discord only where we are called into a thread that we do not know."""

    def __init__(self, chat: DiscordChat, desk: FrontDesk) -> None:
        self._chat = chat
        self._desk = desk
        self._own_host = URL(chat.settings.api_url).authority

    def own(self, message: discord.Message) -> tuple[Attachment, ...]:
        """What hangs on a message itself."""
        files = [*message.attachments, *(file for each in message.message_snapshots for file in each.attachments)]
        found = [attachment_of(each, channel=message.channel.id, message=message.id) for each in files]
        words = "\n".join([message.content, *(each.content for each in message.message_snapshots)])
        known = {each.id for each in found}
        return (*found, *(each for each in self._linked(words) if each.id not in known))

    async def of(
        self, message: discord.Message, place: Place, thread: Thread | None, *, is_called: bool
    ) -> tuple[Attachment, ...]:
        """All of it, for a message that is addressed to us. Raises `StoreError`."""
        own = self.own(message)
        answered = self._answered(message)
        is_from_outside = is_called and place.thread is not None and not place.is_private
        if not (answered or is_from_outside) or staff_place(self._chat.settings.all_staff, place):
            return own
        if thread is not None and await self._desk.is_ours(thread):
            return own
        read = await self._read_back(message) if is_from_outside else []
        return with_earlier(own, [*read, *answered])

    def _answered(self, message: discord.Message) -> list[Attachment]:
        """What hangs on the message that this one answers: Discord sends it along."""
        reference = message.reference
        answered = reference.resolved if reference is not None else None
        return self._posted(answered) if isinstance(answered, discord.Message) else []

    async def _read_back(self, message: discord.Message) -> list[Attachment]:
        """The pictures of the thread, oldest first, and of the message that it hangs on."""
        channel = message.channel
        if not isinstance(channel, discord.Thread):
            return []
        found: list[Attachment] = []
        try:
            with translated("history"):
                posts = [each async for each in channel.history(before=message, limit=MOST_POSTS)]
                parent = channel.parent
                if isinstance(parent, discord.TextChannel) and not channel.is_private():
                    posts.append(channel.starter_message or await parent.fetch_message(channel.id))
        except DeliveryError as error:
            log.info("a thread is not read back", extra={"why": type(error).__name__})
            posts = []
        for each in reversed(posts):
            found += self._posted(each)
        return found

    def _posted(self, message: discord.Message) -> list[Attachment]:
        if message.author.bot or message.webhook_id is not None:
            return []
        return posted(str(message.author.id), self.own(message))

    def _linked(self, words: str) -> Iterator[Attachment]:
        if "attachments/" not in words:
            return
        for found in list(_LINK.finditer(words))[:_MOST_LINKS]:
            host, file, name = found[1].lower(), found[2], unquote(found[3])
            if host == self._own_host or (host in _CDN and found[0].startswith("https:")):
                yield linked(file, name, found[0])
