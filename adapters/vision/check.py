"""Decides by content whether bytes are a picture, and makes it safe: decoded elsewhere, encoded anew."""

import hashlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Self

from adapters.vision.decoders import Decoders
from adapters.vision.kinds import other_kind
from core.errors import AttachmentError
from core.settings import ImageSettings
from core.vision import CheckedImage, Code

_SEND = "Please send a PNG or JPEG."


class PillowCheck:
    """Implements `core.vision.ImageCheck`."""

    def __init__(self, settings: ImageSettings, decoders: Decoders) -> None:
        self._settings = settings
        self._decoders = decoders

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: ImageSettings) -> AsyncGenerator[Self, None]:
        """Decoding processes start with the first picture and end with the block."""
        async with Decoders.open() as decoders:
            yield cls(settings, decoders)

    async def check(self, content: bytes) -> CheckedImage:
        """See `core.vision.ImageCheck`."""
        settings = self._settings
        if not content:
            raise AttachmentError(f"the file is empty. {_SEND}")
        if len(content) > settings.limit_mb * 1_000_000:
            raise AttachmentError(f"it is larger than {settings.limit_mb:g} MB. Please send a smaller picture.")
        if other := other_kind(content):
            raise AttachmentError(other)
        opened = await self._decoders.decode(
            content,
            pixels=int(settings.limit_megapixels * 1_000_000),
            long_side_px=settings.long_side_px,
            parts=settings.parts,
        )
        if opened.problem:
            raise AttachmentError(f"{opened.problem}. {_SEND}")
        return CheckedImage(
            sha256=hashlib.sha256(content).hexdigest(),
            picture=opened.parts[0],
            width_px=opened.width_px,
            height_px=opened.height_px,
            more=opened.parts[1:],
            note=opened.note,
            codes=tuple(Code(kind, text) for kind, text in opened.codes),
            problems=opened.problems,
        )
