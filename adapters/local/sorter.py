"""Sorts texts into categories on this machine: by meaning (embeddings) and by letters and words, together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from adapters.local.confidence import Confidence, learn
from adapters.local.kernel_fit import OUTSIDE, Fit, Matrix, Numbers, View, fit, left_out, targets
from adapters.local.ngrams import NGrams
from core.modelling import Embedder
from core.sorting import Sorted

_BY_LETTERS = View(sharpness=1.0, weight=1.0)
_BY_MEANING: Mapping[str, View] = {
    "universal-sentence-encoder-multilingual-3": View(sharpness=2.0, weight=2.0),
    "multilingual-e5-small-q4": View(sharpness=10.0, weight=2.0),
    "all-minilm-l6-v2-int8": View(sharpness=3.0, weight=4.0),
}
"""E5 keeps all its cosines near 1, so small differences count there. The weights were chosen by examples left out of
learning: the English encoder knows most where there are ten of a category, and harms nothing where there are many."""
_OTHER_MEANING = View(sharpness=3.0, weight=2.0)
_RIDGE = 0.3


@dataclass(frozen=True, slots=True)
class Taught:
    """An example and its category; an empty category means that it belongs to none."""

    text: str
    category: str


@dataclass(frozen=True, slots=True)
class Parts:
    """What a sorter is made of, for keeping it."""

    ngrams: NGrams
    fit: Fit


@dataclass(frozen=True, slots=True)
class Tally:
    """How many examples of a category there are, and how many were sorted rightly."""

    category: str
    right: int
    count: int


@dataclass(frozen=True, slots=True)
class LocalSorter:
    """Knows categories by examples."""

    categories: tuple[str, ...]
    confidence: Confidence
    _embedders: Sequence[Embedder]
    _ngrams: NGrams = field(repr=False)
    _fit: Fit = field(repr=False)

    @classmethod
    async def taught(cls, examples: Sequence[Taught], embedders: Sequence[Embedder]) -> "LocalSorter":
        """Learn from examples of at least two categories."""
        categories = tuple(sorted({each.category for each in examples if each.category}))
        numbers = {name: n for n, name in enumerate(categories)}
        labels: Numbers = np.array([numbers.get(each.category, OUTSIDE) for each in examples], dtype=np.int64)
        texts = [each.text for each in examples]
        ngrams = NGrams.of(texts)
        wanted = targets(labels, len(categories))
        fitted, inverse = fit(views(embedders), await vectors(texts, ngrams, embedders), wanted, ridge=_RIDGE)
        out = left_out(fitted, inverse, wanted, labels)
        inside = labels != OUTSIDE
        is_right = out.alone[inside].argmax(axis=1) == labels[inside]
        return cls(categories, learn(out.alone[inside], is_right, out.alone[~inside]), embedders, ngrams, fitted)

    def parts(self) -> Parts:
        """What has to be kept to have it again."""
        return Parts(self._ngrams, self._fit)

    def own_record(self, examples: Sequence[Taught]) -> list[Tally]:
        """How often the examples it learned from are sorted rightly while left out, by category."""
        numbers = {name: n for n, name in enumerate(self.categories)}
        labels: Numbers = np.array([numbers.get(each.category, OUTSIDE) for each in examples], dtype=np.int64)
        wanted = targets(labels, len(self.categories))
        _, inverse = fit(self._fit.views, self._fit.examples, wanted, ridge=_RIDGE)
        best = left_out(self._fit, inverse, wanted, labels).alone.argmax(axis=1)
        return [
            Tally(name, int(((labels == n) & (best == n)).sum()), int((labels == n).sum()))
            for name, n in numbers.items()
        ]

    async def scores(self, texts: Sequence[str]) -> Matrix:
        """One score a text and category."""
        return self._fit.scores(await vectors(texts, self._ngrams, self._embedders))

    async def sort(self, texts: Sequence[str]) -> list[Sorted]:
        """One judgement a text, in order."""
        if not texts:
            return []
        scores = await self.scores(texts)
        best, sure, inside = scores.argmax(axis=1), self.confidence.of(scores), self.confidence.inside(scores)
        return [Sorted(self.categories[int(best[n])], float(sure[n]), bool(inside[n])) for n in range(len(texts))]


def views(embedders: Sequence[Embedder]) -> list[View]:
    """How words and each embedder count."""
    return [_BY_LETTERS, *(_BY_MEANING.get(each.name, _OTHER_MEANING) for each in embedders)]


async def vectors(texts: Sequence[str], ngrams: NGrams, embedders: Sequence[Embedder]) -> list[Matrix]:
    """The texts in every view."""
    found = [ngrams.vectors(texts)]
    for each in embedders:
        made = np.asarray(await each.embed(list(texts), role="query"), dtype=np.float32)
        found.append(made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9))
    return found
