"""Copies of pictures that were checked before: smaller, with parts made unreadable."""

import asyncio
import io
from collections.abc import Sequence

from PIL import Image

from core.errors import AttachmentError
from core.modelling import Picture
from core.vision import Box

_MOSAIC = 6
"""A hidden box is drawn with this many tiles across: letters of any size are gone, where they stood is seen."""
_MARGIN_PX = 2


class PillowCopier:
    """Implements `core.enclosing.Copier`."""

    async def copy(self, picture: Picture, *, long_side_px: int, blurred: Sequence[Box]) -> Picture:
        """See `core.enclosing.Copier`."""
        return await asyncio.to_thread(_copied, picture, long_side_px, blurred)


def _copied(picture: Picture, long_side_px: int, blurred: Sequence[Box]) -> Picture:
    try:
        with Image.open(io.BytesIO(picture.content)) as opened:
            image = opened.convert("RGB")
    except (OSError, ValueError) as error:
        raise AttachmentError("it can no longer be opened.") from error
    for box in blurred:
        _hide(image, box)
    image.thumbnail((long_side_px, long_side_px))
    made = io.BytesIO()
    image.save(made, "JPEG", quality=82)
    return Picture("image/jpeg", made.getvalue())


def _hide(image: Image.Image, box: Box) -> None:
    left, top, right, bottom = box
    left, top = max(0, left - _MARGIN_PX), max(0, top - _MARGIN_PX)
    right, bottom = min(image.width, right + _MARGIN_PX), min(image.height, bottom + _MARGIN_PX)
    if right <= left or bottom <= top:
        return
    part = image.crop((left, top, right, bottom))
    tiles = part.resize((_MOSAIC, 1), Image.Resampling.BOX)
    image.paste(tiles.resize(part.size, Image.Resampling.NEAREST), (left, top))
