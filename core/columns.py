"""Tables where a platform has none: columns of one width for a monospaced block, or a line a cell."""

import unicodedata
from collections.abc import Sequence

from core.document import Alignment, Table, plain_text

_GAP = "  "


def aligned(table: Table) -> list[str]:
    """The rows as lines of equal columns, a ruler under the header; for a block of code."""
    rows = [[plain_text(cell).replace("\n", " ").strip() for cell in row] for row in table.rows]
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    lines = [_row(row, widths, table.alignments) for row in rows]
    ruler = _GAP.join("─" * max(each, 1) for each in widths)
    return [lines[0], ruler, *lines[1:]]


def width(text: str) -> int:
    """How many columns a text takes in a monospaced font: wide characters two, combining ones none."""
    return sum(_width(char) for char in text)


def _width(char: str) -> int:
    if unicodedata.combining(char) or char in "\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _row(cells: Sequence[str], widths: Sequence[int], alignments: Sequence[Alignment]) -> str:
    return _GAP.join(map(_padded, cells, widths, alignments)).rstrip()


def _padded(text: str, columns: int, alignment: Alignment) -> str:
    gap = columns - width(text)
    before = gap if alignment == "right" else gap // 2 if alignment == "center" else 0
    return " " * before + text + " " * (gap - before)
