"""Pictures between the rooms: what was checked, what was found, and who checks, looks and reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.finding import Comparison, Finding
from core.modelling import Picture, Used

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels."""


@dataclass(frozen=True, slots=True)
class Code:
    """A bar or QR code."""

    kind: str
    """`QRCode`, `Code128`, `EAN13` and the like."""
    text: str


@dataclass(frozen=True, slots=True)
class About:
    """What was measured and read when an image was checked."""

    note: str = ""
    codes: tuple[Code, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedImage:
    """An image that was decoded, bounded and encoded anew, without metadata."""

    sha256: str
    """Of the bytes as they came: the same upload is recognised."""
    picture: Picture
    width_px: int
    height_px: int
    more: tuple[Picture, ...] = ()
    """Further frames of an animation, pages of a document, or pieces of a long screenshot, in order."""
    note: str = ""
    """Which frames, pages or pieces these are; empty for one whole picture."""
    codes: tuple[Code, ...] = ()
    """Bar and QR codes that were read on this machine."""
    problems: tuple[str, ...] = ()
    """What was measured to keep it from being read well: blurred, too dark, too small."""

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """All parts in order."""
        return (self.picture, *self.more)


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """An image that was stored with a message."""

    message_id: str
    name: str
    image: CheckedImage


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line of text read off an image; `confidence` from 0 to 1."""

    text: str
    confidence: float
    box: Box = (0, 0, 0, 0)
    """Zeros where the reader does not tell."""


class ImageCheck(Protocol):
    """Decides by content whether bytes are an image that may be used."""

    async def check(self, content: bytes) -> CheckedImage:
        """The image made safe. Raises `AttachmentError` with a line for the customer."""
        ...


@dataclass(frozen=True, slots=True)
class Look:
    """A finding and what it took."""

    finding: Finding
    used: tuple[Used, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison and what it took."""

    comparison: Comparison
    used: tuple[Used, ...] = ()


class Eyes(Protocol):
    """Looks at pictures. The calls behind it have no tools."""

    @property
    def name(self) -> str:
        """Changes when findings stop being the same: part of the key they are remembered by."""
        ...

    async def look(self, image: CheckedImage, *, question: str) -> Look:
        """A finding; the customer's question tells what matters. Raises `ModelError`."""
        ...

    async def compare(self, images: Sequence[CheckedImage], *, question: str) -> Compared | None:
        """The answer to a question about several images; None where nothing can be seen. Raises `ModelError`."""
        ...


class TextReader(Protocol):
    """Reads text off an image, locally."""

    async def read(self, image: bytes) -> list[ReadLine]:
        """Lines from top to bottom; empty when there is no text. `image` is a PNG or JPEG."""
        ...
