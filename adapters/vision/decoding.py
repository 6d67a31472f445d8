"""Decode one image in a process of its own and encode it anew: `python -m adapters.vision.decoding`.

Reads the bytes from standard input, writes a line of JSON and then the new bytes to standard output. Limits
on memory and time are set by whoever starts it; a bomb takes down this process and nothing else.
"""

import io
import json
import sys
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
_LONG_SIDE_PX = 1568
"""What the common vision models look at; more pixels cost and show nothing."""
_JPEG_QUALITY = 88


def main() -> None:
    """Answer for one image; the exit status is 0 whatever the image was."""
    limit_pixels = int(sys.argv[1])
    _bound_memory(int(sys.argv[2]))
    content = sys.stdin.buffer.read()
    try:
        header, encoded = decode(content, limit_pixels=limit_pixels)
    except MemoryError:
        header, encoded = {"problem": "it needs too much memory to open"}, b""
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + encoded)
    sys.stdout.buffer.flush()


def decode(content: bytes, *, limit_pixels: int) -> tuple[dict[str, object], bytes]:
    """A header with size and media type, and the new bytes; or a header that names the problem."""
    Image.MAX_IMAGE_PIXELS = None  # the limit below is checked before a single pixel is decoded
    warnings.simplefilter("ignore")
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            width, height = image.size
            if width * height > limit_pixels:
                return {"problem": f"it has {width}×{height} pixels, which is more than I can open"}, b""
            image.seek(0)
            image.load()
            turned = ImageOps.exif_transpose(image)
            has_alpha = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
            plain = turned.convert("RGBA" if has_alpha else "RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError):
        return {"problem": "it is damaged or no picture I can open"}, b""
    except Exception:  # noqa: BLE001 - decoders raise anything on hostile bytes, and this process is there for that
        return {"problem": "it is damaged or no picture I can open"}, b""
    plain.thumbnail((_LONG_SIDE_PX, _LONG_SIDE_PX))
    out = io.BytesIO()
    if has_alpha:
        plain.save(out, "PNG")
    else:
        plain.save(out, "JPEG", quality=_JPEG_QUALITY)
    kind = "image/png" if has_alpha else "image/jpeg"
    return {"media_type": kind, "width": plain.width, "height": plain.height}, out.getvalue()


def _bound_memory(limit_bytes: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))


if __name__ == "__main__":
    main()
