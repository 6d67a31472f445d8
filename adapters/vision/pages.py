"""The first pages of a PDF as pictures, where a renderer is installed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PIL import Image

if TYPE_CHECKING:
    from adapters.vision.decoding import Bounds, Decoded

try:
    import pypdfium2
except ImportError:
    pypdfium2 = None

_MOST_PAGES = 3
_NO_RENDERER = "it is a PDF, which I cannot open here"
_LOCKED = "it is a PDF that is locked with a password"


def is_pdf(content: bytes) -> bool:
    """PDF readers accept the mark within the first kilobyte, so this does too; a picture's own mark comes first."""
    return content[:5] == b"%PDF-"


def decode_pages(content: bytes, bounds: "Bounds", encode: "Callable[..., Decoded]") -> "Decoded":
    """The first pages, each no larger than the bounds."""
    from adapters.vision.decoding import Decoded

    if pypdfium2 is None:
        return Decoded(problem=_NO_RENDERER)
    try:
        document: Any = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        return Decoded(problem=_LOCKED if "password" in str(error).lower() else "it is a PDF that is damaged")
    try:
        count = len(document)
        images = [_page(document[n], bounds) for n in range(min(count, _MOST_PAGES, max(1, bounds.parts)))]
    finally:
        document.close()
    if not images:
        return Decoded(problem="it is a PDF without pages")
    shown = len(images)
    note = f"a PDF of {count} page{'s' if count > 1 else ''}" + (f"; shown: the first {shown}" if shown < count else "")
    return encode(images, bounds, is_lossy=False, note=note)


def _page(page: Any, bounds: "Bounds") -> Image.Image:
    width, height = page.get_size()
    scale = min(bounds.long_side_px / max(width, height, 1.0), 3.0)
    # Forms and annotations are left out: they may carry scripts and what nobody printed.
    image: Image.Image = page.render(scale=scale, may_draw_forms=False, draw_annots=False).to_pil()
    return image.convert("RGB")
