"""A few stills of a short video, where its decoder is installed: what somebody filmed, in pictures."""

import importlib
import importlib.util
import io
import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from PIL import Image

if TYPE_CHECKING:
    from adapters.vision.decoding import Bounds, Decoded

_MOST_S = 120
_TIME_S = 1.1
"""Of processor time; what was found by then is shown."""
_PICTURE_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mjpeg"})
_WHEN = (0.05, 0.5, 0.9, 0.25, 0.7, 0.15, 0.6, 0.8)
"""Where stills are taken, the most telling first."""
_TOO_LONG = "it is a video of more than two minutes"
_NO_PICTURES = "there is nothing to see in it, and I cannot listen to recordings"
_UNKNOWN = "it is a video of a kind that I cannot open"
_DAMAGED = "it is a video that is damaged"


def is_video(content: bytes) -> bool:
    """By its first bytes."""
    return _container(content) != ""


def is_available() -> bool:
    """The decoder is installed."""
    return importlib.util.find_spec("av") is not None


def load() -> None:
    """Load the decoder and all that it opens late, by one round with a video of our own."""
    if not is_available():
        return
    made = io.BytesIO()
    av = _av()
    with av.open(made, "w", format="mp4") as out:
        stream = out.add_stream("mpeg4", rate=2)
        stream.width = stream.height = 32
        for shade in (0, 120, 240):
            frame = av.VideoFrame.from_image(Image.new("RGB", (32, 32), (shade, shade, shade)))
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    _stills(made.getvalue(), pixels=10_000, side_px=32, parts=3)


def decode_stills(content: bytes, bounds: "Bounds", encode: "Callable[..., Decoded]") -> "Decoded":
    """Stills from all over the video, in order."""
    from adapters.vision.decoding import Decoded

    if not is_available():
        return Decoded(problem=_UNKNOWN)
    try:
        images, note = _stills(content, pixels=bounds.pixels, side_px=bounds.long_side_px, parts=bounds.parts)
    except _NotShown as problem:
        return Decoded(problem=str(problem))
    except (_av().FFmpegError, ValueError, IndexError):
        return Decoded(problem=_DAMAGED)
    return encode(images, bounds, is_lossy=True, note=note) if images else Decoded(problem=_DAMAGED)


class _NotShown(Exception):
    """Why no still was taken, in words for the customer."""


@cache
def _av() -> Any:
    av: Any = importlib.import_module("av")
    av.logging.set_level(None)
    return av


def _container(content: bytes) -> str:
    if content[:4] == b"\x1a\x45\xdf\xa3":
        return "matroska"
    if content[:4] == b"RIFF" and content[8:12] == b"AVI ":
        return "avi"
    is_boxed = content[4:8] in (b"ftyp", b"moov", b"mdat", b"wide")
    if is_boxed and content[8:12] not in _PICTURE_BRANDS and not any(b in content[8:64] for b in _PICTURE_BRANDS):
        return "mov"
    return ""


def _stills(content: bytes, *, pixels: int, side_px: int, parts: int) -> tuple[list[Image.Image], str]:
    # The container is named, so no other demuxer, playlist or protocol is tried; nothing but these bytes is read.
    with _av().open(io.BytesIO(content), "r", format=_container(content)) as video:
        if not video.streams.video:
            raise _NotShown(_NO_PICTURES)
        stream = video.streams.video[0]
        if stream.codec_context.name not in _CODECS:
            raise _NotShown(_UNKNOWN)
        if stream.codec_context.width * stream.codec_context.height > pixels:
            raise _NotShown("its pictures are larger than I can open")
        seconds = (video.duration or 0) / 1_000_000
        if seconds > _MOST_S:
            raise _NotShown(_TOO_LONG)
        stream.thread_type, stream.codec_context.thread_count = "NONE", 1
        shown = _taken(video, stream, seconds, side_px=side_px, parts=parts)
    at = ", ".join(f"{each:.0f} s" for each in shown)
    return list(shown.values()), f"a video of {seconds:.0f} s; stills at {at}"


def _taken(video: Any, stream: Any, seconds: float, *, side_px: int, parts: int) -> dict[float, Image.Image]:
    ends_at = time.process_time() + _TIME_S
    found: dict[float, Image.Image] = {}
    for share in _WHEN[:parts]:
        if found and time.process_time() > ends_at:
            break
        wanted = share * seconds
        video.seek(int(wanted * 1_000_000), backward=True)
        frame = None
        for frame in video.decode(stream):
            if frame.time is None or frame.time >= wanted or time.process_time() > ends_at:
                break
        if frame is not None:
            found.setdefault(frame.time or wanted, _image(frame, side_px))
    return dict(sorted(found.items()))


def _image(frame: Any, side_px: int) -> Image.Image:
    """Upright, and no larger than is needed."""
    factor = min(1.0, side_px / max(frame.width, frame.height))
    width, height = max(2, round(frame.width * factor)), max(2, round(frame.height * factor))
    image: Image.Image = frame.to_image(width=width, height=height, threads=1)
    turned = int(getattr(frame, "rotation", 0) or 0)
    return image.rotate(turned, expand=True) if turned % 360 else image
