"""Discord as a chat that the core writes to."""

import logging
from collections.abc import Collection
from typing import Self

from adapters.discord.api import DiscordApi
from adapters.discord.files import Files
from adapters.discord.pace import Pace
from adapters.discord.posting import Posting, parse_ref
from adapters.discord.private import PrivateThreads
from adapters.discord.rendering import PLACEHOLDER
from adapters.discord.reply import DiscordReply, open_reply
from adapters.discord.settings import PLATFORM, DiscordSettings
from adapters.discord.solved import Solved
from adapters.discord.threads import Threads
from adapters.discord.waiting import WaitingRoom
from core.conversation import Attachment, Thread
from core.errors import DeliveryError
from core.reply import Delivery

log = logging.getLogger(__name__)


class DiscordChat:
    """Implements `core.ports.Chat`. Use as a context manager; `DiscordApp` connects its client."""

    platform = PLATFORM

    def __init__(self, settings: DiscordSettings, *, pace: Pace | None = None) -> None:
        self.settings = settings
        self.api = DiscordApi(settings, pace)
        self.threads = Threads(self.api)
        self.private = PrivateThreads(self.api)
        self.solved = Solved(self.api)
        self.waiting = WaitingRoom(self.api.pace.now)
        self._posting = Posting(self.api, self.threads, self.waiting)
        self._files = Files(self.api)

    async def __aenter__(self) -> Self:
        await self.api.__aenter__()
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self.api.__aexit__(*problem)

    async def open_reply(self, delivery: Delivery) -> DiscordReply:
        """See `core.ports.Chat`; the answer to a slash command is that command's own response."""
        return await open_reply(self._posting, self.api.pace, delivery)

    async def find_reply(self, delivery: Delivery, *, known: Collection[str]) -> str:
        """See `core.ports.Chat`."""
        return await self._posting.find_reply(delivery, known=known)

    async def say(self, thread: Thread, text: str, nonce: str) -> None:
        """A line of ours about a message that is not kept, once by nonce. Raises nothing: it is a courtesy."""
        try:
            await self._posting.post(thread, text, nonce=nonce)
        except DeliveryError as error:
            log.warning("a line is not said", extra={"place": thread.key, "why": str(error)})

    async def begin_message(self, thread: Thread, nonce: str) -> str:
        """Post a message that will hold an answer; returns its id."""
        ref = await self._posting.post(thread, PLACEHOLDER, nonce=nonce)
        return parse_ref(ref)[1][0]

    async def deliver(self, delivery: Delivery) -> str:
        """See `core.ports.Chat`."""
        ref = await self._posting.deliver(delivery)
        if delivery.post.marks_solved:
            await self.solved.mark(delivery.thread, is_solved=True)
        return ref

    def room_on(self, place: Thread, ref: str) -> Thread:
        """See `core.ports.Chat`: the thread on a message has that message's id; it is begun at the first post."""
        channel, ids = parse_ref(ref)
        return Thread(place.tenant, PLATFORM, ids[0], channel)

    async def download(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """See `core.ports.Chat`."""
        return await self._files.download(attachment, limit_bytes=limit_bytes)
