"""Files that customers sent, kept in a folder until the core has fetched them and for some days after.

One folder a chat, two files an upload: the bytes as they came, and a line of JSON about them.
"""

import asyncio
import json
import re
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from pathlib import Path

from adapters.web.entry import Upload
from core.conversation import Thread
from core.errors import AttachmentError
from core.reply import Post

_SAFE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
_GONE = "it is gone; please send it again."
_DAY_S = 86_400


class UploadFolder:
    """Keeps uploads under `folder`; a `source` names one across all chats."""

    def __init__(self, folder: Path, *, limit_bytes: int) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes

    async def keep(self, channel: str, name: str, media_type: str, pieces: AsyncIterator[bytes]) -> Upload:
        """Store a file piece by piece. Raises `AttachmentError` as soon as it exceeds the limit."""
        content = bytearray()
        async for piece in pieces:
            content += piece
            if len(content) > self._limit_bytes:
                raise AttachmentError(self.too_large(name))
        upload = Upload(secrets.token_urlsafe(12), name, media_type, len(content), channel=channel)
        await asyncio.to_thread(self._write, channel, upload, bytes(content))
        return upload

    def too_large(self, name: str) -> str:
        """The line for a customer whose file exceeds the limit."""
        return f"{name} is larger than {self._limit_bytes / 1_000_000:g} MB. Please send a smaller picture."

    async def read(self, source: str, *, limit_bytes: int) -> bytes:
        """The bytes of a `source`. Raises `AttachmentError`."""
        channel, _, upload_id = source.partition("/")
        if not (_SAFE.fullmatch(channel) and _SAFE.fullmatch(upload_id)):
            raise AttachmentError(_GONE)
        path = self._folder / channel / f"{upload_id}.bin"
        return await asyncio.to_thread(_read, path, limit_bytes)

    async def name(self, channel: str, upload_id: str) -> str:
        """What an upload is called; empty for an unknown one."""
        found = await asyncio.to_thread(self._list, channel) if _SAFE.fullmatch(channel) else []
        return next((each.name for each in found if each.id == upload_id), "")

    async def assign(self, channel: str, upload_ids: list[str], message_id: str) -> tuple[Upload, ...]:
        """Tie uploads to the message they go with; unknown ones are left out."""
        return await asyncio.to_thread(self._assign, channel, upload_ids, message_id)

    async def by_message(self, channel: str) -> dict[str, tuple[Upload, ...]]:
        """All uploads of a chat by the message they went with."""
        uploads = await asyncio.to_thread(self._list, channel)
        return {
            each.message_id: tuple(other for other in uploads if other.message_id == each.message_id)
            for each in uploads
        }

    async def sweep(self, *, keep_days: float) -> None:
        """Delete what is older than that."""
        await asyncio.to_thread(self._sweep, time.time() - keep_days * _DAY_S)

    def _write(self, channel: str, upload: Upload, content: bytes) -> None:
        folder = self._folder / channel
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{upload.id}.bin").write_bytes(content)
        self._note(channel, upload)

    def _note(self, channel: str, upload: Upload) -> None:
        (self._folder / channel / f"{upload.id}.json").write_text(json.dumps(asdict(upload)), encoding="utf-8")

    def _assign(self, channel: str, upload_ids: list[str], message_id: str) -> tuple[Upload, ...]:
        known = {each.id: each for each in self._list(channel)}
        assigned = tuple(replace(known[each], message_id=message_id) for each in upload_ids if each in known)
        for upload in assigned:
            self._note(channel, upload)
        return assigned

    def _list(self, channel: str) -> list[Upload]:
        folder = self._folder / channel
        notes = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime) if folder.is_dir() else []
        return [replace(Upload(**json.loads(path.read_text(encoding="utf-8"))), channel=channel) for path in notes]

    def _sweep(self, before: float) -> None:
        for path in self._folder.glob("*/*"):
            if path.stat().st_mtime < before:
                path.unlink(missing_ok=True)


def folder_of(post: Post, thread: Thread) -> str:
    """The channel in whose folder the files of a post are kept: always the customer's own."""
    return next((each.place.channel for each in post.enclosed if each.is_for_staff), thread.channel)


def picture_type(content: bytes) -> str:
    """The media type of a picture that a browser may be shown, by its first bytes; empty for all else."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in _PICTURES.items() if content.startswith(magic)), "")


def _read(path: Path, limit_bytes: int) -> bytes:
    try:
        if path.stat().st_size > limit_bytes:
            raise AttachmentError(f"it is larger than {limit_bytes / 1_000_000:g} MB; please send a smaller picture.")
        return path.read_bytes()
    except OSError as error:
        raise AttachmentError(_GONE) from error
