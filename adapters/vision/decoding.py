"""Decode one upload and encode it anew, in bounded parts: what the decoding process does for each picture.

Content decides what it is. Nothing of the old file survives but pixels: no metadata, no trailing data.
"""

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from PIL import Image, ImageOps, UnidentifiedImageError

from adapters.vision import codes, pages, stills
from adapters.vision.frames import key_frames
from adapters.vision.quality import problems_of

PLAIN_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "AVIF", "HEIF", "BMP", "DIB", "TIFF", "ICO")
_NEVER = frozenset({"EPS", "WMF", "PDF", "MPEG"})
"""Formats that Pillow hands to other programs."""
_DAMAGED = "it is damaged or no picture I can open"
_JPEG_QUALITY = 88
_PNG_LIMIT_BYTES = 1_500_000
"""A lossless picture stays lossless up to this size; above it a JPEG does."""
_TALL = 2.6
"""Above this ratio of sides, a picture is cut into pieces rather than made unreadably small."""
_MOST_PIECES = 4


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is accepted and how large it comes out."""

    pixels: int
    long_side_px: int
    parts: int
    """Most frames or pages, and pieces of a long screenshot."""


@dataclass(slots=True)
class Decoded:
    """The parts of an upload, or the problem with it in words for the customer."""

    problem: str = ""
    parts: list[tuple[str, bytes]] = field(default_factory=list[tuple[str, bytes]])
    """Media type and bytes each; the first frame, page or piece comes first."""
    width: int = 0
    height: int = 0
    note: str = ""
    """Which frames or pages these are, where that is not all there was."""
    codes: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Kind and content of bar and QR codes."""
    problems: list[str] = field(default_factory=list[str])
    """What keeps it from being read well: blurred, dark, tiny."""


def decode(content: bytes, bounds: Bounds) -> Decoded:
    """Decode; whatever hostile bytes make a library raise becomes a problem in words."""
    Image.MAX_IMAGE_PIXELS = None  # the bound below is checked before a single pixel is decoded
    warnings.simplefilter("ignore")
    try:
        if pages.is_pdf(content):
            return pages.decode_pages(content, bounds, _from_images)
        if stills.is_video(content):
            return stills.decode_stills(content, bounds, _from_images)
        return _decode_image(content, bounds)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - decoders raise anything on hostile bytes, and this process is there for that
        return Decoded(problem=_DAMAGED)


def _decode_image(content: bytes, bounds: Bounds) -> Decoded:
    with _opened(content) as image:
        width, height = image.size
        if width * height > bounds.pixels:
            return Decoded(problem=f"it has {width}×{height} pixels, which is more than I can open")
        image.draft("RGB", (bounds.long_side_px, bounds.long_side_px))
        image.load()
        is_lossy = image.format in ("JPEG", "MPO", "HEIF", "AVIF", "WEBP")
        turned = ImageOps.exif_transpose(image)
        frames, note = key_frames(image, _small(turned, bounds), bounds)
    return _from_images(frames, bounds, is_lossy=is_lossy, note=note)


def _opened(content: bytes) -> Image.Image:
    known = [name for name in Image.OPEN if name not in _NEVER]
    try:
        return Image.open(io.BytesIO(content), formats=[name for name in known if name in PLAIN_FORMATS])
    except UnidentifiedImageError:
        return Image.open(io.BytesIO(content), formats=[name for name in known if name not in PLAIN_FORMATS])


def _small(image: Image.Image, bounds: Bounds) -> Image.Image:
    """No more pixels than are needed from here on: the rest of the work then costs the same for any upload."""
    most = bounds.long_side_px * (_MOST_PIECES if _is_tall(image.size) else 1)
    factor = max(image.size) // most
    return image.reduce(factor) if factor > 1 and image.mode not in ("P", "1") else image


def _is_tall(size: tuple[int, int]) -> bool:
    return max(size) > _TALL * min(size)


def _from_images(images: list[Image.Image], bounds: Bounds, *, is_lossy: bool, note: str = "") -> Decoded:
    """Encode frames or pages; codes and quality are those of the first ones."""
    plain = [upright_rgb(image) for image in images]
    pieces = [piece for image in plain for piece in _pieces(image, bounds)][: max(bounds.parts, len(plain))]
    if not note and len(pieces) > 1 and len(plain) == 1:
        note = f"a long picture, cut into {len(pieces)} pieces from its beginning to its end"
    for piece in pieces:
        piece.thumbnail((bounds.long_side_px, bounds.long_side_px))
    return Decoded(
        parts=[encoded(piece, is_lossy=is_lossy) for piece in pieces],
        width=plain[0].width,
        height=plain[0].height,
        note=note,
        codes=codes.read_codes(pieces),
        problems=problems_of(pieces[0]),
    )


def upright_rgb(image: Image.Image) -> Image.Image:
    """Three colour channels of eight bits; what is transparent lies on a ground that it stands out from."""
    if image.mode.startswith(("I", "F")):
        low, high = (float(each) for each in image.getextrema())  # type: ignore[arg-type]
        scale = 255.0 / (high - low) if high > low else 1.0
        image = image.convert("F").point(lambda value: (value - low) * scale).convert("L")
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        cut_out = image.convert("RGBA")
        alpha = cut_out.getchannel("A")
        is_light = _mean_where(cut_out.convert("L"), alpha) > 200
        ground = Image.new("RGB", cut_out.size, (40, 40, 40) if is_light else (255, 255, 255))
        ground.paste(cut_out, mask=alpha)
        return ground
    return image.convert("RGB")


def _mean_where(grey: Image.Image, alpha: Image.Image) -> float:
    counts = grey.histogram(mask=alpha.point([0] * 128 + [255] * 128))
    total = sum(counts)
    return sum(value * count for value, count in enumerate(counts)) / total if total else 0.0


def _pieces(image: Image.Image, bounds: Bounds) -> Iterator[Image.Image]:
    """A screenshot of a long page in pieces that can be read; everything else as it is."""
    width, height = image.size
    if max(width, height) <= bounds.long_side_px or not _is_tall(image.size):
        yield image
        return
    count = min(bounds.parts, _MOST_PIECES, -(-max(width, height) // (2 * min(width, height))))
    for n in range(count):
        if height >= width:
            yield image.crop((0, height * n // count, width, height * (n + 1) // count))
        else:
            yield image.crop((width * n // count, 0, width * (n + 1) // count, height))


def encoded(image: Image.Image, *, is_lossy: bool) -> tuple[str, bytes]:
    """Media type and bytes."""
    if not is_lossy:
        out = io.BytesIO()
        image.save(out, "PNG", compress_level=4)
        if out.tell() <= _PNG_LIMIT_BYTES:
            return "image/png", out.getvalue()
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_JPEG_QUALITY)
    return "image/jpeg", out.getvalue()
