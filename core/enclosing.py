"""Files that go along with posts: fetched as the post leaves, and made fit for those who will see them."""

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from core.carrying import carried, is_paper, is_picture
from core.conversation import Attachment, Author, Message, Thread
from core.errors import AttachmentError, BotError
from core.modelling import Picture
from core.papers import on_addresses, shows_paper
from core.ports import Clock
from core.redaction import PRIVATE, find
from core.reply import Delivery, Enclosed, SentFile
from core.vision import Box, CheckedImage, TextReader

log = logging.getLogger(__name__)

STAFF_LONG_SIDE_PX = 1_024
_ON_CARDS = re.compile(r"\b(?:0[1-9]|1[0-2])\s?/\s?(?:20)?\d\d\b|\b(?:cvv|cvc|cvv2|security code)\b", re.IGNORECASE)
_ALL: Box = (0, 0, 1 << 20, 1 << 20)
_ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}


class Keeper(Protocol):
    """Has the pictures that came with messages."""

    async def kept(self, message: Message, attachment: Attachment) -> CheckedImage | str:
        """See `core.gallery.Gallery`."""
        ...

    async def content(self, place: Thread, attachment: Attachment) -> bytes:
        """See `core.gallery.Gallery`."""
        ...


class Copier(Protocol):
    """Draws copies of pictures that were checked before."""

    async def copy(self, picture: Picture, *, long_side_px: int, blurred: Sequence[Box]) -> Picture:
        """The picture, no larger than this, with these boxes made unreadable. Raises `AttachmentError`."""
        ...


@dataclass(frozen=True, slots=True)
class Enclosing:
    """Fills deliveries. Without a `reader` there is nothing that could tell what to hide."""

    gallery: Keeper
    copier: Copier
    clock: Clock
    reader: TextReader | None = None

    async def filled(self, delivery: Delivery) -> Delivery:
        """The delivery with its files; what cannot be had is named in its text instead.

        One that exists on the platform already keeps the files that it went with.
        """
        post = delivery.post
        if not post.enclosed or delivery.ref:
            return delivery
        files, missing = list[SentFile](), list[str]()
        for each in post.enclosed:
            found = await (self._pictures(each) if _is_looked_at(each) else self._document(each))
            if isinstance(found, str):
                missing.append(f"(not carried over: {found})")
            else:
                files += found
        text = "\n\n".join(part for part in (post.text, *missing) if part)
        return replace(delivery, post=replace(post, text=text), files=tuple(files))

    async def for_staff(self, picture: Picture) -> Picture:
        """The team's copy of a picture. Raises `AttachmentError`."""
        hidden = await self._private(picture)
        return await self.copier.copy(picture, long_side_px=STAFF_LONG_SIDE_PX, blurred=hidden)

    async def _pictures(self, each: Enclosed) -> list[SentFile] | str:
        image = await self.gallery.kept(self._message(each), each.attachment)
        if isinstance(image, str):
            return image
        return [await self._file(each, n, picture) for n, picture in enumerate(image.pictures, start=1)]

    async def _document(self, each: Enclosed) -> list[SentFile] | str:
        name = each.attachment.name
        try:
            content = await self.gallery.content(each.place, each.attachment)
            file = await asyncio.to_thread(carried, name, content)
        except AttachmentError as error:
            return f"“{name}”: {error}"
        except BotError as error:
            log.warning("file not fetched", extra={"post": each.message_id, "why": type(error).__name__})
            return f"“{name}” could not be fetched just now."
        return [SentFile(file.name, file.media_type, content)]

    def _message(self, each: Enclosed) -> Message:
        author = Author(each.author_id, "")
        return Message(each.message_id, each.place, author, "", self.clock.now(), attachments=(each.attachment,))

    async def _file(self, each: Enclosed, n: int, picture: Picture) -> SentFile:
        if each.is_for_staff:
            picture = await self.for_staff(picture)
        stem = each.attachment.name.rpartition(".")[0] or each.attachment.name or "picture"
        name = f"{stem}-{n}" if n > 1 else stem
        return SentFile(name + _ENDINGS.get(picture.media_type, ""), picture.media_type, picture.content)

    async def _private(self, picture: Picture) -> list[Box]:
        """Where something stands that the team need not read: cards, accounts, identity numbers, addresses."""
        if self.reader is None:
            return []
        lines = await self.reader.read(picture.content)
        if shows_paper(line.text for line in lines):
            return [_ALL]  # a face and a birthday stand there too
        whole = find("\n".join(line.text for line in lines), kinds=PRIVATE)
        has_card = any(each.kind == "CARD" for each in whole)
        is_address = on_addresses([line.text for line in lines])
        at, boxes = 0, list[Box]()
        for line, is_on_label in zip(lines, is_address, strict=True):
            end = at + len(line.text)
            is_part = any(each.start < end and each.end > at for each in whole)
            is_on_card = has_card and _ON_CARDS.search(line.text) is not None
            if is_part or is_on_card or is_on_label or find(line.text, kinds=PRIVATE):
                boxes.append(line.box)
            at = end + 1
        return boxes


def _is_looked_at(each: Enclosed) -> bool:
    """It passes as pictures: what is one, and the pages of a customer's paper, so that nothing in it reaches staff."""
    name, kind = each.attachment.name, each.attachment.media_type
    return is_picture(name, kind) or (each.is_for_staff and is_paper(name, kind))
