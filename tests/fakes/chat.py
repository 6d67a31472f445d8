"""A chat platform in memory: it keeps messages by id, edits them, and refuses what a real one refuses."""

import asyncio
from collections.abc import Collection

from core.conversation import Attachment, Thread
from core.errors import AttachmentError, DeliveryError
from core.reply import Delivery, Post, ReplyEvent, SentFile, TextDelta, TextReset


class MemoryReply:
    """A live reply; its message exists from the start, empty."""

    def __init__(self, chat: "MemoryChat", ref: str) -> None:
        self._chat = chat
        self.ref = ref
        self.events: list[ReplyEvent] = []

    async def show(self, event: ReplyEvent) -> None:
        """Draw at once."""
        self.events.append(event)
        draft = self._chat.messages[self.ref].text
        if isinstance(event, TextDelta):
            draft += event.text
        elif isinstance(event, TextReset):
            draft = draft[: event.keep_chars]
        self._chat.write(self.ref, Post(draft))

    async def close(self, delivery: Delivery) -> str:
        """Write the final post."""
        self._chat.refuse_if_told()
        self._chat.write(self.ref, delivery.post)
        self._chat.closed.append(delivery)
        return self.ref


class MemoryChat:
    """Implements `core.ports.Chat` for one platform."""

    def __init__(self, platform: str = "memory") -> None:
        self.platform = platform
        self.messages: dict[str, Post] = {}
        self.threads: dict[str, str] = {}
        """Message id to thread key."""
        self.nonces: dict[str, str] = {}
        self.replies: list[MemoryReply] = []
        self.closed: list[Delivery] = []
        self.files: dict[str, bytes] = {}
        self.sent: dict[str, tuple[SentFile, ...]] = {}
        """Message id to the files that went with it."""
        self.downloads: list[str] = []
        self.failures: list[DeliveryError] = []
        """Raised one by one by the next writes."""
        self.refuses_opening = False
        self._changed = asyncio.Condition()
        self._next = 0

    def refuse_if_told(self) -> None:
        """Fail as scripted."""
        if self.failures:
            raise self.failures.pop(0)

    def write(self, ref: str, post: Post) -> None:
        """Set a message's content."""
        self.messages[ref] = post
        self._changed_soon()

    async def open_reply(self, delivery: Delivery) -> MemoryReply:
        """See `core.ports.Chat`."""
        if self.refuses_opening:
            raise DeliveryError("no streams here")
        ref = delivery.ref or self._new(delivery)
        self.write(ref, Post(""))
        reply = MemoryReply(self, ref)
        self.replies.append(reply)
        return reply

    async def find_reply(self, delivery: Delivery, *, known: Collection[str]) -> str:
        """See `core.ports.Chat`."""
        return next((ref for ref, nonce in self.nonces.items() if nonce == delivery.nonce and ref not in known), "")

    async def deliver(self, delivery: Delivery) -> str:
        """See `core.ports.Chat`."""
        self.refuse_if_told()
        ref = delivery.ref or self._new(delivery)
        if delivery.post.kind == "gone":
            self.messages.pop(ref, None)
            return ref
        self.write(ref, delivery.post)
        if delivery.files:
            self.sent[ref] = delivery.files
        return ref

    def room_on(self, place: Thread, ref: str) -> Thread:
        """See `core.ports.Chat`: a thread hangs on every message."""
        return Thread(place.tenant, place.platform, place.channel, ref)

    async def download(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """See `core.ports.Chat`."""
        self.downloads.append(attachment.source)
        content = self.files.get(attachment.source)
        if content is None:
            raise AttachmentError("it is gone; please send it again.")
        return content

    def texts(self, thread_key: str) -> list[str]:
        """What stands in a thread, in order."""
        return [post.text for ref, post in self.messages.items() if self.threads[ref] == thread_key]

    async def until(self, predicate: object, *, timeout_s: float = 5) -> None:
        """Wait until `predicate()` holds."""
        assert callable(predicate)
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(lambda: bool(predicate()))

    def _new(self, delivery: Delivery) -> str:
        self._next += 1
        ref = f"m{self._next}"
        self.threads[ref] = delivery.thread.key
        self.nonces[ref] = delivery.nonce
        return ref

    def _changed_soon(self) -> None:
        async def tell() -> None:
            async with self._changed:
                self._changed.notify_all()

        self._telling = asyncio.ensure_future(tell())
