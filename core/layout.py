"""Where a Markdown text can be cut, and what a cut there has to close and open again."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from core.markdown import parser

_HEADING = re.compile(r" {0,3}#{1,6}(\s|$)")
_QUOTE = re.compile(r"(?: {0,3}> ?)+")

_BLOCK, _ITEM, _LINE, _CODE_LINE, _NEVER = 5, 4, 3, 2, -50


@dataclass(frozen=True, slots=True)
class Around:
    """What lines of one block need around them in a message that holds only some of them."""

    first: int
    """Offset from which on a cut is inside of the block."""
    last: int
    """The last offset of which that is true."""
    before: str
    after: str
    is_code: bool = False


@dataclass(slots=True)
class Layout:
    """`starts` are the offsets of all lines but the first, `ranks` how good a cut before each of them is."""

    text: str
    starts: list[int]
    ranks: list[int]
    most_extra_chars: int
    arounds: list[Around] = field(default_factory=list[Around])
    firsts: list[int] = field(default_factory=list[int])

    def before(self, at: int) -> str:
        """What a message that begins at this offset has to begin with."""
        around = self._around(at)
        if around:
            return around.before
        if not self.is_mid_line(at):
            return ""
        start = self.text.rfind("\n", 0, at) + 1
        mark = _QUOTE.match(self.text, start)
        if mark is None or mark.end() > at or len(mark.group()) > self.most_extra_chars:
            return ""
        return mark.group()

    def after(self, at: int) -> str:
        """What a message that ends at this offset has to end with."""
        around = self._around(at)
        return around.after if around else ""

    def is_code(self, at: int) -> bool:
        """Inside of a block of code."""
        around = self._around(at)
        return around is not None and around.is_code

    def is_mid_line(self, at: int) -> bool:
        """Not the beginning of a line."""
        return at > 0 and self.text[at - 1] != "\n"

    def _around(self, at: int) -> Around | None:
        n = bisect_right(self.firsts, at) - 1
        return self.arounds[n] if n >= 0 and at <= self.arounds[n].last else None


def read_layout(text: str, *, most_extra_chars: int) -> Layout:
    """Lay a text out; blocks whose ends would take more than `most_extra_chars` a message are cut as plain lines."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    tokens = parser().parse(text)
    ranks = _ranks(tokens, lines)
    layout = Layout(text, starts[1:-1], ranks[1:], most_extra_chars)
    for token in tokens:
        around = _around(token, lines, starts)
        if around and len(around.before) + len(around.after) <= most_extra_chars:
            layout.arounds.append(around)
    layout.firsts = [each.first for each in layout.arounds]
    return layout


def _ranks(tokens: Sequence[Token], lines: Sequence[str]) -> list[int]:
    """For each line, how good a cut before it is."""
    ranks = [_LINE if line.strip() else _LINE - 1 for line in lines]
    for token in tokens:
        if token.map is None or token.map[0] >= len(lines):
            continue
        first, end = token.map[0], min(token.map[1], len(lines))
        if token.type == "fence":
            _rank_code(ranks, first, end)
        elif token.type == "table_open":
            ranks[first + 1 : first + 3] = [_NEVER] * len(ranks[first + 1 : first + 3])
        if token.nesting >= 0 and token.level == 0 and token.type != "inline":
            ranks[first] = _BLOCK
        elif token.type == "list_item_open":
            ranks[first] = max(ranks[first], _ITEM if token.level == 1 else _LINE)
    _keep_headings(ranks, lines)
    return ranks


def _rank_code(ranks: list[int], first: int, end: int) -> None:
    """No message ends with the opening of a block, and none begins with its end."""
    for n in range(first + 1, end):
        ranks[n] = _CODE_LINE
    for n in (first + 1, end - 1):
        if first < n < len(ranks):
            ranks[n] = _NEVER


def _keep_headings(ranks: list[int], lines: Sequence[str]) -> None:
    """A heading goes with what it heads, so that no message ends in one."""
    after_heading = False
    for n, line in enumerate(lines):
        if after_heading:
            ranks[n] = min(ranks[n], 0)
        if line.strip():
            after_heading = _HEADING.match(line) is not None


def _around(token: Token, lines: Sequence[str], starts: Sequence[int]) -> Around | None:
    if token.map is None:
        return None
    first, end = token.map[0], min(token.map[1], len(lines))
    if token.type == "fence" and end > first + 1:
        return _around_code(token, lines, starts, first, end)
    if token.type == "table_open" and end > first + 3:
        header = "\n".join(lines[first : first + 2]) + "\n"
        return Around(starts[first + 2] + 1, starts[end] - 1, header, "")
    return None


def _around_code(token: Token, lines: Sequence[str], starts: Sequence[int], first: int, end: int) -> Around:
    indent, _, info = lines[first].partition(token.markup)
    # A list marker before the fence is written once: what follows it is only indented.
    indent = re.sub(r"[^\s>]", " ", indent)
    is_closed = lines[end - 1].strip(" >\t").startswith(token.markup)
    last = starts[end - 1] if is_closed else starts[end] - 1
    return Around(
        starts[first + 1],
        last,
        f"{indent}{token.markup}{info}\n",
        f"\n{indent}{token.markup}",
        is_code=True,
    )
