"""What a message is about: its own files, those of what it passes on or answers, links, and what its thread has."""

import logging
import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

import discord
from yarl import URL

from adapters.discord.chat import DiscordChat
from adapters.discord.errors import translated
from adapters.discord.files import attachment_of, linked
from adapters.discord.places import Place, staff_place
from core.conversation import Attachment, Line, Thread
from core.earlier import MOST_POSTS, Gathered, posted, with_earlier, worded
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

    def __init__(self, chat: DiscordChat, desk: FrontDesk, words_of: Callable[[discord.Message], str]) -> None:
        self._chat = chat
        self._desk = desk
        self._words_of = words_of
        self._own_host = URL(chat.settings.api_url).authority

    def own(self, message: discord.Message) -> tuple[Attachment, ...]:
        """What hangs on a message itself."""
        files = [*message.attachments, *(file for each in message.message_snapshots for file in each.attachments)]
        found = [attachment_of(each, channel=message.channel.id, message=message.id) for each in files]
        words = "\n".join([message.content, *(each.content for each in message.message_snapshots)])
        known = {each.id for each in found}
        return (*found, *(each for each in self._linked(words) if each.id not in known))

    async def of(self, message: discord.Message, place: Place, thread: Thread | None, *, is_called: bool) -> Gathered:
        """All of it, for a message that is addressed to us. Raises `StoreError`."""
        own = self.own(message)
        answered = self._answered(message)
        is_from_outside = is_called and place.thread is not None and not place.is_private
        if not (answered or is_from_outside) or staff_place(self._chat.settings.all_staff, place):
            return Gathered(own)
        if thread is not None and await self._desk.is_ours(thread):
            return Gathered(own)
        posts = await self._read_back(message) if is_from_outside else []
        read = [file for each in posts for file in self._posted(each)]
        return Gathered(with_earlier(own, [*read, *answered]), worded(map(self._line, posts)))

    def _answered(self, message: discord.Message) -> list[Attachment]:
        """What hangs on the message that this one answers: Discord sends it along."""
        reference = message.reference
        answered = reference.resolved if reference is not None else None
        return self._posted(answered) if isinstance(answered, discord.Message) else []

    async def _read_back(self, message: discord.Message) -> list[discord.Message]:
        """What people posted in the thread, oldest first, and the message that it hangs on."""
        channel = message.channel
        if not isinstance(channel, discord.Thread):
            return []
        try:
            with translated("history"):
                posts = [each async for each in channel.history(before=message, limit=MOST_POSTS)]
                parent = channel.parent
                if isinstance(parent, discord.TextChannel) and not channel.is_private():
                    posts.append(channel.starter_message or await parent.fetch_message(channel.id))
        except DeliveryError as error:
            log.info("a thread is not read back", extra={"why": type(error).__name__})
            return []
        return [each for each in reversed(posts) if not each.author.bot and each.webhook_id is None]

    def _line(self, post: discord.Message) -> Line:
        author = post.author
        words, at = self._words_of(post), post.created_at
        return Line("customer", author.display_name, words, at, message_id=str(post.id), author_id=str(author.id))

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
