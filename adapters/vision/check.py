"""Decides by content whether bytes are a picture, and makes it safe: decoded elsewhere, encoded anew."""

import asyncio
import hashlib
import json
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Self

from core.errors import AttachmentError
from core.modelling import Picture
from core.settings import ImageSettings
from core.vision import CheckedImage

_TIME_LIMIT_S = 8.0
_MEMORY_LIMIT_BYTES = 900_000_000
"""Address space of the decoding process; it starts at about 200 MB with the interpreter and its libraries."""
_AT_ONCE = 2
_SEND = "Please send a PNG or JPEG."
_LOOKS_LIKE = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"<svg", "an SVG drawing"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "an XML document"),
    (b"{", "a text file"),
)


class PillowCheck:
    """Implements `core.vision.ImageCheck`."""

    def __init__(self, settings: ImageSettings) -> None:
        self._limit_bytes = int(settings.limit_mb * 1_000_000)
        self._limit_pixels = int(settings.limit_megapixels * 1_000_000)
        self._places = asyncio.Semaphore(_AT_ONCE)

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: ImageSettings) -> AsyncGenerator[Self, None]:
        """Nothing is kept running: each picture gets a process of its own."""
        yield cls(settings)

    async def check(self, content: bytes) -> CheckedImage:
        """See `core.vision.ImageCheck`."""
        if not content:
            raise AttachmentError(f"the file is empty. {_SEND}")
        if len(content) > self._limit_bytes:
            limit_mb = self._limit_bytes / 1_000_000
            raise AttachmentError(f"it is larger than {limit_mb:g} MB. Please send a smaller picture.")
        if other := _other_kind(content):
            raise AttachmentError(f"this is not a picture (it looks like {other}). {_SEND}")
        async with self._places:
            header, encoded = await self._decode(content)
        if problem := header.get("problem"):
            raise AttachmentError(f"{problem}. {_SEND}")
        return CheckedImage(
            sha256=hashlib.sha256(content).hexdigest(),
            picture=Picture(str(header["media_type"]), encoded),
            width_px=int(header["width"]),
            height_px=int(header["height"]),
        )

    async def _decode(self, content: bytes) -> tuple[dict[str, str], bytes]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "adapters.vision.decoding",
            str(self._limit_pixels),
            str(_MEMORY_LIMIT_BYTES),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"},
        )
        try:
            async with asyncio.timeout(_TIME_LIMIT_S):
                answer, _ = await process.communicate(content)
        except TimeoutError as error:
            raise AttachmentError(f"it takes too long to open. {_SEND}") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        line, _, encoded = answer.partition(b"\n")
        if process.returncode != 0 or not line:
            raise AttachmentError(f"it needs too much memory to open. {_SEND}")
        return json.loads(line), encoded


def _other_kind(content: bytes) -> str:
    """What the bytes are when their beginning says that they are something else than a picture."""
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return next((name for mark, name in _LOOKS_LIKE if start.startswith(mark.lower())), "")
