"""The far past of a long case: its first message, a summary that names messages, and what is not in it yet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.conversation import Line
from core.guards import plain

_SENTENCE = re.compile(r"[^\n.!?。]+(?:[.!?。]+|\n|$)\s*")
_WORD = re.compile(r"\w{3,}")
_TELLING = re.compile(r"\d{2,}|[A-Z]{2,}\d|#\w|@|€|\$|£")
"""Numbers, codes, addresses and sums: what a case is lost without."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What was said up to a line, in a few words."""

    text: str
    through: int
    """The `seq` of the last line that it covers."""


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a case beyond its newest lines; empty for a short one."""

    root: Line | None = None
    """The first line of the case."""
    summary: Summary | None = None
    middle: tuple[Line, ...] = ()
    """Lines after the summary and before the newest ones, oldest first."""


def label(line: Line) -> str:
    """How a summary names a line: by the platform's id, or by its place in our transcript."""
    return line.message_id or f"m{line.seq}"


def condensed(text: str, *, limit_chars: int, question: str = "") -> str:
    """A text that fits: its beginning, its end, and the sentences of the middle that tell most for the question.

    Nothing is reworded; what is left out is marked.
    """
    if len(text) <= limit_chars:
        return text
    head, tail = limit_chars // 3, limit_chars // 6
    middle = text[head : len(text) - tail]
    kept = _telling(middle, limit_chars=limit_chars - head - tail - 60, question=question)
    gap = f"\n[… {len(middle) - len(kept):,} characters left out …]\n"
    return f"{text[:head]}{gap}{kept}{gap if kept else ''}{text[len(text) - tail :]}"


def digest(lines: Sequence[Line], *, limit_chars: int, question: str = "") -> str:
    """What of some lines tells most, word for word, each with the line's label; made without a model."""
    share = max(80, limit_chars // max(1, len(lines)))
    words = _words(question)
    ranked = sorted(lines, key=lambda line: -_weight(line.text, words))
    chosen: set[int] = set()
    left = limit_chars
    for line in ranked:
        size = min(len(line.text), share * 3) + 30
        if size <= left:
            chosen.add(id(line))
            left -= size
    return "\n".join(
        f"[{label(line)}] {line.name or line.speaker}: {condensed(line.text, limit_chars=share * 3, question=question)}"
        for line in lines
        if id(line) in chosen
    )


def _telling(text: str, *, limit_chars: int, question: str) -> str:
    words = _words(question)
    sentences = [found.group() for found in _SENTENCE.finditer(text)]
    order = sorted(range(len(sentences)), key=lambda n: (-_weight(sentences[n], words), n))
    chosen: list[int] = []
    left = limit_chars
    for n in order:
        if len(sentences[n]) <= left and _weight(sentences[n], words) > 0:
            chosen.append(n)
            left -= len(sentences[n])
    return "".join(sentences[n] for n in sorted(chosen))


def _weight(text: str, words: frozenset[str]) -> float:
    shared = len(words & _words(text))
    return 3 * shared + min(3, len(_TELLING.findall(text)))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(plain(text)))
