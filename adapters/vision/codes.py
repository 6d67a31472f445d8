"""Bar and QR codes, read on this machine where the reader is installed."""

from collections.abc import Sequence

from PIL import Image

try:
    import zxingcpp
except ImportError:
    zxingcpp = None

_MOST = 8
_MOST_CHARS = 300


def read_codes(images: Sequence[Image.Image]) -> list[tuple[str, str]]:
    """Kind and content of the codes on pictures, each once."""
    if zxingcpp is None:
        return []
    found = [
        (str(code.format.name), code.text[:_MOST_CHARS])
        for image in images
        for code in zxingcpp.read_barcodes(image.convert("L"))
        if code.valid and code.text
    ]
    return list(dict.fromkeys(found))[:_MOST]
