"""Files people sent: fetched from Discord's CDN, with a fresh link when the old one has expired."""

import logging
from dataclasses import dataclass
from typing import Any, cast

import aiohttp
import discord

from adapters.discord.api import DiscordApi, Json
from core.conversation import Attachment
from core.errors import AttachmentError, DeliveryError

log = logging.getLogger(__name__)

_PIECE_BYTES = 1 << 16
_TIMEOUT = aiohttp.ClientTimeout(total=60, connect=8)
_EXPIRED = frozenset({403, 404})
_ELSEWHERE = range(300, 400)
"""Its files are where it says they are; a redirect could lead anywhere."""
_MEGABYTE = 1_000_000
_LINKED = "linked"
_RUN_OUT = "That link has run out. Please upload the picture here."

_GONE = "I could not find that file any more. Please upload it again."
_CANNOT_OPEN = "I could not open that file. Please upload it again."


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a form, which the library hands on as it came."""

    id: str
    filename: str
    content_type: str | None
    size: int
    url: str


def attachment_of(file: discord.Attachment | Upload, *, channel: int, message: int) -> Attachment:
    """A file as the core has it. Its source is `CHANNEL/MESSAGE/FILE LINK`: the link expires, the place does not."""
    return Attachment(
        id=str(file.id),
        name=file.filename,
        media_type=(file.content_type or "").partition(";")[0],
        size_bytes=file.size,
        source=f"{channel}/{message}/{file.id} {file.url}",
    )


def linked(file: str, name: str, link: str) -> Attachment:
    """A file that somebody pasted a link to: what its own signature opens for everybody, and no more."""
    return Attachment(id=file, name=name, media_type="", size_bytes=0, source=f"{_LINKED} {link}")


class Files:
    """Downloads attachments."""

    def __init__(self, api: DiscordApi) -> None:
        self._api = api

    async def download(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """See `core.ports.Chat.download`."""
        if attachment.size_bytes > limit_bytes:
            raise _too_large(limit_bytes)
        place, _, link = attachment.source.partition(" ")
        try:
            content = await self._fetch(link, limit_bytes)
            if content is None and place == _LINKED:
                # With our rights a fresh link would open what the one who pasted this one may not see.
                raise AttachmentError(_RUN_OUT)
            if content is None:
                content = await self._fetch(await self._fresh_link(place), limit_bytes)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            log.warning("file not fetched", extra={"why": type(error).__name__})
            raise AttachmentError(_CANNOT_OPEN) from error
        if content is None:
            raise AttachmentError(_GONE)
        return content

    async def _fetch(self, link: str, limit_bytes: int) -> bytes | None:
        """None when the link has expired. No token is sent: these links carry their own signature."""
        async with self._api.session.get(link, timeout=_TIMEOUT, allow_redirects=False) as answer:
            if answer.status in _EXPIRED or answer.status in _ELSEWHERE:
                return None
            answer.raise_for_status()
            content = bytearray()
            async for piece in answer.content.iter_chunked(_PIECE_BYTES):
                content += piece
                if len(content) > limit_bytes:
                    raise _too_large(limit_bytes)
            return bytes(content)

    async def _fresh_link(self, place: str) -> str:
        channel, message, file = place.split("/")
        path = f"/channels/{channel}/messages/{message}"
        try:
            found = await self._api.call("GET", path, bucket=f"reads {channel}", what="message")
        except DeliveryError as error:
            raise AttachmentError(_GONE) from error
        fields = cast(Json, found) if isinstance(found, dict) else {}
        files = cast(list[dict[str, Any]], fields.get("attachments") or [])
        link = next((str(each["url"]) for each in files if str(each.get("id")) == file), "")
        if not link:
            raise AttachmentError(_GONE)
        return link


def _too_large(limit_bytes: int) -> AttachmentError:
    return AttachmentError(
        f"That file is larger than the {limit_bytes / _MEGABYTE:g} MB I can open. Please send a smaller one."
    )
