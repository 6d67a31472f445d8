"""Cut a Markdown text into messages that fit a platform.

Pure text in, text out: knows no platform and no clock. The cuts are places in the text, so the `source` of all
parts together is the text itself, character by character. Cuts fall between blocks where possible, then between
items, lines, sentences, words and graphemes. What a cut goes through is completed on both sides: a code block
is closed and opened again with its language, a table gets its header again, a quote its mark.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import regex

from core.layout import Layout, read_layout

_GRAPHEME = regex.compile(r"\X")
_SENTENCE = re.compile(r"[.!?…](?=\s)|[。！？]")
_WHOLE = re.compile(r"`+[^`]*`+|!?\[[^\]]*\]\([^)]*\)|<[^<>\s]+>|https?://\S+|\*\*[^*]+\*\*|~~[^~]+~~")
"""What should not be cut inside of a line, if it can be helped."""
_LEADING = re.compile(r"\A(?:[^\S\n]*\n)+")
_ENOUGH = 4
"""A good place for a cut counts from this fraction of the limit on; before it, messages would be slivers."""


@dataclass(frozen=True, slots=True)
class Part:
    """One message."""

    text: str
    """As it is to be sent."""
    source: str
    """What it is of the original: all of them joined are the original."""


def split_markdown(text: str, *, limit_chars: int) -> list[str]:
    """The text as messages of at most `limit_chars` each, none of them blank; none at all for blank text."""
    return [part.text for part in split_parts(text, limit_chars=limit_chars) if part.text]


def split_parts(text: str, *, limit_chars: int) -> list[Part]:
    """The same with where each comes from. A part of nothing but white space has an empty text.

    Line feeds are the only line ends in what comes back.
    """
    if limit_chars < 1:
        raise ValueError("limit_chars must be positive")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(whole := _trimmed(text)) <= limit_chars:
        return [Part(whole, text)] if text else []
    return list(_Cutter(text, limit_chars).parts())


def _trimmed(text: str) -> str:
    return _LEADING.sub("", text).rstrip() if text.strip() else ""


class _Cutter:
    def __init__(self, text: str, limit: int) -> None:
        self._text = text
        self._limit = limit
        self._layout: Layout = read_layout(text, most_extra_chars=limit // 2)

    def parts(self) -> Iterator[Part]:
        at = 0
        while at < len(self._text):
            end = self._end_of(at)
            yield Part(self._shown(at, end), self._text[at:end])
            at = end

    def _end_of(self, at: int) -> int:
        if self._fits(at, len(self._text)):
            return len(self._text)
        starts = self._layout.starts
        best, best_rank = 0, -100
        for n in range(bisect_right(starts, at), len(starts)):
            end = starts[n]
            if not self._fits(at, end):
                break
            rank = self._layout.ranks[n] - (0 if (end - at) * _ENOUGH >= self._limit else 10)
            if rank >= best_rank and self._text[at:end].strip():
                best, best_rank = end, rank
        return best or self._end_in_line(at)

    def _fits(self, at: int, end: int) -> bool:
        before, after = self._layout.before(at), self._layout.after(end)
        if len(before) + (end - at) + len(after) <= self._limit:
            return True
        # Most do not come near; trimming is for those that do.
        is_near = len(before) + (end - at) + len(after) - self._limit < 64
        return is_near and len(self._shown(at, end)) <= self._limit

    def _shown(self, at: int, end: int) -> str:
        before, after, piece = self._layout.before(at), self._layout.after(end), self._text[at:end]
        if not piece.strip():
            return ""
        piece = piece.removesuffix("\n") if after else piece.rstrip()
        if self._layout.is_mid_line(at):
            piece = piece.lstrip(" \t") if not self._layout.is_code(at) else piece
        elif not before:
            piece = _LEADING.sub("", piece)
        return _dedented(before + piece + after)

    def _end_in_line(self, at: int) -> int:
        """Inside of the line that begins or goes on at `at`: after a sentence, a word or a grapheme."""
        line_end = self._text.find("\n", at) + 1 or len(self._text)
        overhead = len(self._layout.before(at)) + len(self._layout.after(min(at + 1, line_end)))
        room = max(1, self._limit - overhead)
        window = self._text[at : min(line_end, at + room)]
        if not self._layout.is_code(at):
            whole = [match.span() for match in _WHOLE.finditer(self._text, at, line_end)]
            for ends in (_SENTENCE.finditer(window), re.finditer(r"\s+", window)):
                places = [match.end() for match in ends]
                free = [place for place in places if not any(a < at + place < b for a, b in whole)]
                if cut := max((place for place in free if place > len(window) // 2), default=0):
                    return at + cut
            cut = max((match.end() for match in re.finditer(r"\s+", window)), default=0)
            if cut > len(window) // 2:
                return at + cut
        return at + self._grapheme_end(at, window)

    def _grapheme_end(self, at: int, window: str) -> int:
        end = 0
        for match in _GRAPHEME.finditer(self._text, at):
            if match.end() - at > len(window):
                break
            end = match.end() - at
        if not end:
            return len(window)
        # A line of code that goes on with a fence would end the block.
        solid = len(window[:end].rstrip("`~ \t")) if self._text[at + end : at + end + 1] in ("`", "~") else end
        return solid or end


def _dedented(text: str) -> str:
    """A part that begins inside of a list stands at the margin, or its indent would make it code."""
    indent = len(text) - len(text.lstrip(" "))
    if indent < 2:
        return text
    lines = text.split("\n")
    for n, line in enumerate(lines):
        if line.strip() and not line.startswith(" " * indent):
            break
        lines[n] = line[indent:]
    return "\n".join(lines)
