"""Which passages an answer rests on, told from its text."""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from core.guards import plain
from core.knowledge import Hit
from core.reply import Citation

_MARK = re.compile(r"\[(\d{1,2})\]")
_QUOTE_CHARS = 280
CUT = " …"
"""Stands at the end of a quote that is only the beginning of its passage."""
_LEAST_OVERLAP = 0.5
"""Share of an answer sentence's longer words that a passage must contain to count as its source."""


def citations(
    answer: str, hits: Sequence[Hit], *, used: Collection[int] = (), may_guess: bool = True
) -> list[Citation]:
    """The passages that the answer marks or that its figures stand in (`used`), by number.

    Where there are none and `may_guess`, those whose words it uses.
    """
    marked = {int(number) for number in _MARK.findall(answer)}.union(used)
    told = [n for n in range(1, len(hits) + 1) if n in marked]
    if not told and may_guess:
        told = _overlapping(answer, hits)
    return [_cite(n, hits[n - 1]) for n in told]


def without_loose_marks(answer: str, hits: Sequence[Hit]) -> str:
    """The answer without marks that point at no passage."""
    return _MARK.sub(
        lambda mark: mark.group() if 1 <= int(mark.group(1)) <= len(hits) else "",
        answer,
    )


def _overlapping(answer: str, hits: Sequence[Hit]) -> list[int]:
    found: set[int] = set()
    known = [_words_of_passage(hit.passage.title, hit.passage.text) for hit in hits]
    for sentence in re.split(r"(?<=[.!?])\s+|\n", answer):
        words = _words(sentence)
        if len(words) < 3:
            continue
        shares = [len(words & each) / len(words) for each in known]
        best = max(range(len(shares)), key=shares.__getitem__, default=-1)
        if best >= 0 and shares[best] >= _LEAST_OVERLAP:
            found.add(best + 1)
    return sorted(found)


@lru_cache(maxsize=256)
def _words_of_passage(title: str, text: str) -> set[str]:
    return _words(f"{title} {text}")


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", plain(text)) if len(word) > 3 or word.isdigit()}


def _cite(number: int, hit: Hit) -> Citation:
    text = " ".join(hit.passage.text.split())
    quote = text if len(text) <= _QUOTE_CHARS else text[:_QUOTE_CHARS].rsplit(" ", 1)[0] + CUT
    return Citation(number=number, title=hit.passage.title, source=hit.passage.source, quote=quote)
