"""A chat in the terminal: one customer, who may also play staff."""

import asyncio
import mimetypes
from collections.abc import Callable, Collection
from pathlib import Path

from core.conversation import Attachment, Thread
from core.errors import AttachmentError
from core.reply import Delivery, ReplyEnded, ReplyEvent

PLATFORM = "terminal"

Draw = Callable[[ReplyEvent | Delivery], None]
"""Draws one event of a reply, or a whole post that comes by itself."""


class TerminalReply:
    """Draws events as they come; text that was drawn cannot be taken back, so corrections are drawn anew."""

    def __init__(self, delivery: Delivery, draw: Draw, closed: Callable[[Delivery], None]) -> None:
        self._delivery = delivery
        self._draw = draw
        self._closed = closed

    @property
    def ref(self) -> str:
        """The row's own id: there is no platform behind a terminal that could lose it."""
        return str(self._delivery.id)

    async def show(self, event: ReplyEvent) -> None:
        """See `core.ports.ReplyStream`."""
        self._draw(event)

    async def close(self, delivery: Delivery) -> str:
        """See `core.ports.ReplyStream`."""
        self._draw(ReplyEnded(delivery.post.text, "answered"))
        self._closed(delivery)
        return self.ref


class TerminalChat:
    """Implements `core.ports.Chat`."""

    platform = PLATFORM

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._ended = asyncio.Event()
        self.last: Delivery | None = None
        """The reply that ended last, with its buttons and sources."""

    async def open_reply(self, delivery: Delivery) -> TerminalReply:
        """See `core.ports.Chat`."""
        return TerminalReply(delivery, self._draw, self._close)

    async def find_reply(self, delivery: Delivery, *, known: Collection[str]) -> str:
        """See `core.ports.Chat`; what was drawn in another process is gone."""
        return ""

    async def deliver(self, delivery: Delivery) -> str:
        """See `core.ports.Chat`."""
        self._draw(delivery)
        if delivery.post.kind == "reply":
            self._close(delivery)
        return str(delivery.id)

    def room_on(self, place: Thread, ref: str) -> Thread:
        """See `core.ports.Chat`: a terminal has no threads."""
        return place

    async def download(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """See `core.ports.Chat`; the source is a path on this machine."""
        try:
            return await asyncio.to_thread(_read, Path(attachment.source), limit_bytes)
        except OSError as error:
            raise AttachmentError(f"it cannot be read ({error.strerror}).") from error

    def expect_reply(self) -> None:
        """Forget the last reply; `replied` then waits for the next one."""
        self._ended.clear()

    async def replied(self) -> Delivery | None:
        """Wait until a reply has ended."""
        await self._ended.wait()
        return self.last

    def release(self) -> None:
        """No reply will come (people have the case): let `replied` return."""
        self.last = None
        self._ended.set()

    def _close(self, delivery: Delivery) -> None:
        self.last = delivery
        self._ended.set()


def attachment_of(path: Path) -> Attachment:
    """A file of this machine as an attachment. Raises `AttachmentError` when there is none."""
    try:
        size_bytes = path.stat().st_size
    except OSError as error:
        raise AttachmentError(f"{path}: {error.strerror}. Give the path of a picture.") from error
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Attachment(
        id=path.name,
        name=path.name,
        media_type=media_type,
        size_bytes=size_bytes,
        source=str(path.resolve()),
    )


def _read(path: Path, limit_bytes: int) -> bytes:
    if path.stat().st_size > limit_bytes:
        raise AttachmentError(f"it is larger than {limit_bytes / 1_000_000:g} MB; please send a smaller picture.")
    return path.read_bytes()
