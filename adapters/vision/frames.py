"""The frames of an animation that differ most: what a person would see of it, in a few pictures."""

import time
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageStat

if TYPE_CHECKING:
    from adapters.vision.decoding import Bounds

_MOST_LOOKED_AT = 40
_TIME_S = 0.4
_THUMB = (48, 48)
_LEAST_DIFFERENCE = 2.0
"""Mean difference of a grey value from 0 to 255 below which two frames show the same."""


def key_frames(image: Image.Image, first: Image.Image, bounds: "Bounds") -> tuple[list[Image.Image], str]:
    """The first frame and those that differ most from what was chosen, in order, and a note about them.

    A frame that cannot be decoded ends the search: the first one is good already.
    """
    count = int(getattr(image, "n_frames", 1))
    if count < 2 or image.format in ("MPO", "ICO", "ICNS", "AVIF") or bounds.parts < 2:
        return [first], ""
    candidates = _candidates(image, count, bounds)
    chosen = [(0, first, _thumb(first))]
    while len(chosen) < bounds.parts and candidates:
        distance, best = max(
            (min(_difference(thumb, kept) for _, _, kept in chosen), n) for n, (_, _, thumb) in enumerate(candidates)
        )
        if distance < _LEAST_DIFFERENCE:
            break
        chosen.append(candidates.pop(best))
    chosen.sort(key=lambda each: each[0])
    kind = "pages" if image.format == "TIFF" else "frames"
    numbers = ", ".join(str(n + 1) for n, _, _ in chosen)
    note = f"an animation of {count} frames" if kind == "frames" else f"{count} pages"
    return [frame for _, frame, _ in chosen], f"{note}; shown: {numbers}"


def _candidates(image: Image.Image, count: int, bounds: "Bounds") -> list[tuple[int, Image.Image, Image.Image]]:
    ends_at = time.process_time() + _TIME_S
    step = max(1, count // _MOST_LOOKED_AT)
    found: list[tuple[int, Image.Image, Image.Image]] = []
    for n in range(1, count):
        if time.process_time() > ends_at or n * image.width * image.height > 3 * bounds.pixels:
            break
        try:
            image.seek(n)
            if n % step and n != count - 1:
                continue
            if image.width * image.height > bounds.pixels:
                break
            frame = image.convert("RGBA" if "transparency" in image.info or "A" in image.mode else "RGB")
        except Exception:  # noqa: BLE001 - a broken later frame takes nothing from the frames before it
            break
        frame.thumbnail((bounds.long_side_px, bounds.long_side_px))
        found.append((n, frame, _thumb(frame)))
    return found


def _thumb(frame: Image.Image) -> Image.Image:
    return frame.convert("RGB").resize(_THUMB)


def _difference(one: Image.Image, other: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)
