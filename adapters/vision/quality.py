"""What keeps a picture from being read, measured: nobody has to guess at a black or blurred one."""

from PIL import Image, ImageFilter, ImageStat

_TINY_PX = 24
_DARK = 22.0
_BRIGHT = 250.0
_FLAT = 3.0
"""Standard deviation of grey below which there is nothing to see."""
_DULL = 25.0
_SOFT = 2.0
"""Spread of the edges below which nothing small can be read; photos and screenshots have 8 and more."""


def problems_of(image: Image.Image) -> list[str]:
    """Problems in plain words, most important first; empty for a good picture."""
    if min(image.size) < _TINY_PX:
        return ["too small to make anything out"]
    grey = image.convert("L")
    grey.thumbnail((512, 512))
    stat = ImageStat.Stat(grey)
    mean, spread = stat.mean[0], stat.stddev[0]
    if spread < _FLAT:
        return ["one plain colour, nothing is to be seen"]
    problems: list[str] = []
    if mean < _DARK and spread < _DULL:
        problems.append("too dark")
    elif mean > _BRIGHT and spread < 3 * _FLAT:
        problems.append("too bright")
    edges = grey.filter(ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128))
    inner = edges.crop((1, 1, edges.width - 1, edges.height - 1))
    if inner.width and inner.height and ImageStat.Stat(inner).stddev[0] < _SOFT:
        problems.append("blurred")
    return problems
