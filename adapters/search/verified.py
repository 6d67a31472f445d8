"""Finds the verified answer whose question is most like what was asked, by meaning or, without vectors, by words.

From which likeness on one is served (`verified.json`) was measured on paraphrased questions of the StackFAQ set: with
three to eight variants at most 1 % of what is served is another question's answer.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from adapters.search.vectors import unit
from adapters.search.words import stems
from core.errors import ModelError
from core.figures import figures
from core.guards import plain
from core.knowledge import Inquiry
from core.modelling import Embedder
from core.verified import Match, Variant, VerifiedAnswer, VerifiedAnswers

LIKENESS = Path(__file__).with_name("verified.json")
"""From which likeness on an answer is served, by embedder; `words` without one."""
_NOT = re.compile(
    r"\b(?:not|no|never|without|cannot|can'?t|don'?t|un\w+|nicht|kein\w*|ohne|pas|sans|sin|nunca|non|senza)\b"
)
_POINTS = re.compile(r"\b(?:it|its|they|them|that|this|those|these|one|ones|das|dies\w*|es|ça|cela|eso|quello)\b", re.I)
_SHORT_WORDS = 3
Matrix = npt.NDArray[np.float32]


@cache
def measured() -> dict[str, float]:
    """The likeness from which on an answer is served, by embedder."""
    return json.loads(LIKENESS.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class _Laid:
    """All variants of approved answers, in rows."""

    version: str
    answers: tuple[VerifiedAnswer, ...]
    variants: tuple[Variant, ...]
    words: tuple[frozenset[str], ...]
    vectors: Matrix | None


class VariantMatcher:
    """Implements `core.verified.Matcher` over the stored answers; follows every change of them."""

    def __init__(self, answers: VerifiedAnswers, embedder: Embedder | None, *, least: float = 0.0) -> None:
        self._answers = answers
        name = embedder.name if embedder else ""
        self._embedder = embedder if name in measured() or least else None
        self._least = least or measured()[name if self._embedder else "words"]
        self._laid = _Laid("", (), (), (), None)

    async def match(self, inquiry: Inquiry, *, today: date) -> Match | None:
        """See `core.verified.Matcher`."""
        text = inquiry.text.strip()
        if not text or (inquiry.before and _leans_on_before(text)):
            return None
        laid = await self._current()
        rows = [
            n
            for n, answer in enumerate(laid.answers)
            if answer.is_valid(today) and answer.audience.admits(inquiry.reader) and _says_alike(text, laid.variants[n])
        ]
        if not rows:
            return None
        near = await self._likeness(laid, text)
        best = max(rows, key=lambda n: near[n])
        if near[best] < self._least:
            return None
        return Match(laid.answers[best], laid.variants[best].text, float(near[best]))

    async def _current(self) -> _Laid:
        version = await self._answers.version()
        if version != self._laid.version:
            pairs = [(answer, each) for answer in await self._answers.all() for each in answer.variants]
            pairs = [(answer, each) for answer, each in pairs if answer.state == "approved"]
            variants = tuple(each for _, each in pairs)
            self._laid = _Laid(
                version,
                tuple(answer for answer, _ in pairs),
                variants,
                tuple(frozenset(stems(each.text)) for each in variants),
                await self._vectors([each.text for each in variants]),
            )
        return self._laid

    async def _vectors(self, texts: list[str]) -> Matrix | None:
        if self._embedder is None or not texts:
            return None
        try:
            return np.stack([unit(each) for each in await self._embedder.embed(texts, role="query")])
        except ModelError:
            return None

    async def _likeness(self, laid: _Laid, text: str) -> Sequence[float]:
        if laid.vectors is not None and (asked := await self._vectors([text])) is not None:
            return [float(each) for each in laid.vectors @ asked[0]]
        # Words compare on their own scale: they must say nearly the same.
        words, short = frozenset(stems(text)), self._least / max(self._least, measured()["words"])
        return [_shared(words, each) * short for each in laid.words]


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def _leans_on_before(text: str) -> bool:
    """Without what was said before, it asks for nothing."""
    return len(stems(text)) < _SHORT_WORDS or _POINTS.search(text) is not None


def _says_alike(text: str, variant: Variant) -> bool:
    """Neither turns the other around: the same figures, and a `not` in both or in none."""
    mine, theirs = figures(text), figures(variant.text)
    same_figures = {each.values for each in mine} == {each.values for each in theirs}
    return same_figures and bool(_NOT.search(plain(text))) == bool(_NOT.search(plain(variant.text)))
