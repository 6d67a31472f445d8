"""A question seen in several ways, since a follow-up alone says little and a long ticket says many things.

Pure text in, text out.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from adapters.search.words import term_counts
from core.knowledge import Inquiry

_FADING = 0.8
"""What a word counts for with every line that it lies further back."""
_OURS = 0.7
"""What a word of ours counts for, beside one of the customer's."""
_NOW = 1.5
_WHOLE_CHARS = 1_500
_LINES = 24
_LONG_WORDS = 60
_MOST_SENTENCES = 32
_LEAST_WORDS = 4
MOST_TERMS = 24
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Views:
    """The texts to embed and the terms to look for."""

    new: str
    recent: str
    """With the two lines before it."""
    told: str
    """With the customer's own last two lines."""
    whole: str
    ours: str
    """Our last line; empty when we said nothing yet."""
    sentences: tuple[str, ...]
    """Of a long message, each on its own; empty for a short one."""
    sentence_terms: tuple[Mapping[int, float], ...]
    """Of each sentence; of a short message there is one."""
    new_terms: Mapping[int, float]
    told_terms: Mapping[int, float]
    ours_terms: Mapping[int, float]
    faded_terms: Mapping[int, float]
    """All that was said before, the older the less."""


def views_of(inquiry: Inquiry) -> Views:
    """The views of a question. Any text gives views; an empty one gives empty ones."""
    before = inquiry.before[-_LINES:]
    told = [each.text for each in before if not each.is_ours]
    told_terms: dict[int, float] = {}
    ours = next((each.text for each in reversed(before) if each.is_ours), "")
    faded: dict[int, float] = {}
    for age, line in enumerate(reversed(before)):
        gain = _FADING**age * (_OURS if line.is_ours else 1.0)
        for term in _terms(line.text):
            faded[term] = faded.get(term, 0.0) + gain
    for text in told:
        for term, often in _terms(text).items():
            told_terms[term] = told_terms.get(term, 0.0) + often
    sentences = _sentences(inquiry.text)
    return Views(
        new=inquiry.text,
        recent=" ".join([*(each.text for each in before[-2:]), inquiry.text]),
        told=" ".join([*told[-2:], inquiry.text]),
        whole=" ".join([*(each.text for each in before), inquiry.text])[-_WHOLE_CHARS:],
        ours=ours,
        sentences=sentences,
        sentence_terms=tuple(_floats(term_counts(each)) for each in sentences or (inquiry.text,)),
        new_terms=_floats(term_counts(inquiry.text)),
        told_terms=told_terms,
        ours_terms=_terms(ours),
        faded_terms=faded,
    )


def now_gain() -> float:
    """What a word of the new message counts for beside one said before."""
    return _NOW


def _floats(counts: Counter[int]) -> dict[int, float]:
    return {term: float(n) for term, n in counts.items()}


@lru_cache(maxsize=2_048)
def _terms(line: str) -> Mapping[int, float]:
    """Of an earlier line, which every later search of its conversation looks at again."""
    return _floats(term_counts(line))


def _sentences(text: str) -> tuple[str, ...]:
    if len(text.split()) <= _LONG_WORDS:
        return ()
    found = [each for each in _SENTENCE.split(text) if len(each.split()) >= _LEAST_WORDS]
    return tuple(found[:_MOST_SENTENCES])
