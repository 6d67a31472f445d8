"""Cut a Markdown text into messages that fit a platform.

Pure text in, text out: knows no platform and no clock. Nothing is lost but white space where two
messages meet. Cuts fall between blocks where possible, then between lines, words and graphemes.
A code block that is cut is closed and opened again in the next message, language included.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import regex
from markdown_it import MarkdownIt

_PARSER = MarkdownIt("commonmark")
_GRAPHEME = regex.compile(r"\X")
_HEADING = re.compile(r" {0,3}#{1,6}(\s|$)")
_FENCE_RUN = re.compile(r"^\s*([`~]{3,})")


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that belong together: a paragraph with the empty lines after it, or a code block."""

    lines: tuple[str, ...]
    fence: "_Fence | None" = None

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class _Fence:
    """How a code block is opened and closed. `indent` stands before every line of it."""

    indent: str
    markup: str
    info: str

    @property
    def opener(self) -> str:
        return f"{self.indent}{self.markup}{self.info}"

    @property
    def closer(self) -> str:
        return f"{self.indent}{self.markup}"


def split_markdown(text: str, *, limit_chars: int) -> list[str]:
    """The text as messages of at most `limit_chars` each, none of them blank; none at all for blank text."""
    if limit_chars < 1:
        raise ValueError("limit_chars must be positive")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(whole := _trim(text)) <= limit_chars:
        return [whole] if whole else []
    parts: list[str] = []
    part = ""
    for piece in _pieces(text, limit_chars):
        joined = f"{part}\n{piece}" if part else piece
        if len(_trim(joined)) <= limit_chars:
            part = joined
            continue
        parts.append(_trim(part))
        part = piece
    parts.append(_trim(part))
    return [each for each in parts if each]


def _trim(text: str) -> str:
    return regex.sub(r"\A(?:[^\S\n]*\n)+", "", text).rstrip() if text.strip() else ""


def _pieces(text: str, limit: int) -> Iterator[str]:
    """Texts that fit a message each; a message is made of as many as fit."""
    for block in _with_headings(_blocks(text), limit):
        if len(_trim(block.text)) <= limit:
            yield block.text
        elif block.fence:
            yield from _cut_code(block, block.fence, limit)
        else:
            for line in block.lines:
                yield from _cut_line(line, limit)


def _blocks(text: str) -> Iterator[_Block]:
    lines = text.split("\n")
    at = 0
    for token in _PARSER.parse(text):
        if token.type != "fence" or token.map is None or token.map[0] < at:
            continue
        start, end = token.map
        yield from _paragraphs(lines[at:start])
        yield _Block(tuple(lines[start:end]), _fence_of(lines[start], token.markup))
        at = end
    yield from _paragraphs(lines[at:])


def _paragraphs(lines: list[str]) -> Iterator[_Block]:
    start = 0
    for index in range(1, len(lines)):
        if not lines[index - 1].strip() and lines[index].strip():
            yield _Block(tuple(lines[start:index]))
            start = index
    if lines[start:]:
        yield _Block(tuple(lines[start:]))


def _with_headings(blocks: Iterator[_Block], limit: int) -> Iterator[_Block]:
    """A heading goes with what it heads, so that no message ends in one."""
    heading: _Block | None = None
    for block in blocks:
        joined = block
        if heading:
            joined = _Block((*heading.lines, *block.lines))
            if len(joined.text) > limit:
                yield heading
                joined = block
        heading = joined if _is_heading(joined) else None
        if heading is None:
            yield joined
    if heading:
        yield heading


def _is_heading(block: _Block) -> bool:
    said = [line for line in block.lines if line.strip()]
    return bool(said) and block.fence is None and _HEADING.match(said[-1]) is not None


def _fence_of(line: str, markup: str) -> _Fence:
    indent, _, info = line.partition(markup)
    # A list marker before the fence is written once: what follows it is only indented.
    return _Fence(re.sub(r"[^\s>]", " ", indent), markup, info)


def _cut_code(block: _Block, fence: _Fence, limit: int) -> Iterator[str]:
    first, body = block.lines[0], list(block.lines[1:])
    if body and body[-1].strip().strip(">").strip().startswith(fence.markup):
        body.pop()
    fence = _beyond_reach(fence, body)
    room = limit - max(len(first), len(fence.opener)) - len(fence.closer) - 4
    if room < 1:
        for line in block.lines:
            yield from _cut_line(line, limit)
        return
    opener = first.partition(fence.markup[:3])[0] + fence.markup + fence.info
    held: list[str] = []
    for line in (piece for whole in body for piece in _graphemes(whole, room)):
        if held and sum(map(len, held)) + len(held) + len(line) > room:
            yield "\n".join([opener, *held, fence.closer])
            opener, held = fence.opener, []
        held.append(line)
    yield "\n".join([opener, *held, fence.closer])


def _beyond_reach(fence: _Fence, body: list[str]) -> _Fence:
    """A cut line may begin with what looks like the end of the block: then the fence is made longer."""
    runs = re.findall(rf"{re.escape(fence.markup[0])}{{3,}}", "\n".join(body))
    longest = max(map(len, runs), default=0)
    if longest < len(fence.markup):
        return fence
    return _Fence(fence.indent, fence.markup[0] * (longest + 1), fence.info)


def _cut_line(line: str, limit: int) -> Iterator[str]:
    """A line of prose, cut after a sentence or a word where one ends in the second half."""
    while len(line) > limit:
        window = line[: limit + 1]
        cut = max((match.end() for match in re.finditer(r"[.!?]\s", window)), default=0)
        if cut <= limit // 2 or cut > limit:
            cut = max(window.rfind(" "), window.rfind("\t"))
        if cut <= limit // 2:
            head = next(_graphemes(line, limit))
            cut = len(head)
        yield line[:cut]
        line = line[cut:].lstrip(" \t")
    yield line


def _graphemes(text: str, limit: int) -> Iterator[str]:
    """Pieces of at most `limit` that end between graphemes, unless a single one is longer."""
    piece = ""
    for match in _GRAPHEME.finditer(text):
        grapheme: str = match.group()
        if piece and len(piece) + len(grapheme) > limit:
            yield piece
            piece = ""
        while len(grapheme) > limit:
            yield grapheme[:limit]
            grapheme = grapheme[limit:]
        piece += grapheme
    yield piece
