"""One search over one shelf: no waiting, no model, only arrays."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from adapters.search.features import Featured, Looks, Use, features_of
from adapters.search.meanings import Matrix
from adapters.search.postings import Floats
from adapters.search.ranking import Weights
from adapters.search.shelf import Shelf
from adapters.search.views import Views
from core.knowledge import Found, Hit, Signals

_STRONG_COVERAGE = 0.5
_NEAR_COVERAGE = 0.25
_NEAR_STEP = 0.9
_TOP = 5
_STANDARD = 10
_LEAST_ALIKE = 0.3
"""Cosine from which on an earlier question is like this one at all."""


def search(
    shelf: Shelf,
    views: Views,
    looks: Looks | None,
    weights: Weights,
    *,
    limit: int,
    strong_meaning: float,
    use: Use | None = None,
) -> Found:
    """The best passages of a shelf, with how well they fit."""
    if not len(shelf) or not views.new.strip():
        return Found()
    if looks is None and not any(shelf.bodies.weight(term) for term in (*views.new_terms, *views.faded_terms)):
        return Found()
    featured = features_of(shelf, views, looks, use)
    scores = weights.scores(featured.features)
    best = np.argsort(-scores, kind="stable")
    if looks is None:
        best = best[(featured.raw["words_new"] + featured.raw["words_faded"])[best] > 0]
    signals = signals_of(shelf, views, featured, scores)
    meaning = featured.raw.get("meaning_recent")
    hits = [
        Hit(
            shelf.passages[row],
            float(scores[n]),
            _is_strong(
                shelf.bodies.coverage(views.new_terms, row),
                float(meaning[n]) if meaning is not None else 0.0,
                strong_meaning,
            ),
        )
        for n, row in ((int(n), int(featured.pool[n])) for n in best[:limit])
    ]
    return Found(tuple(hits), signals)


def signals_of(shelf: Shelf, views: Views, featured: Featured, scores: Floats) -> Signals:
    """How well the best passages fit, in figures that compare across searches."""
    raw, best = featured.raw, int(np.argmax(scores))
    row = int(featured.pool[best])
    meaning = raw.get("meaning_new")
    by_words = set(_best(raw["words_all"]))
    nearest = np.sort(meaning)[::-1] if meaning is not None else np.zeros(1, dtype=np.float32)
    by_meaning = set(_best(meaning)) if meaning is not None else by_words
    return Signals(
        best_meaning=float(nearest[0]),
        meaning_margin=float(nearest[0] - nearest[min(_STANDARD, len(nearest)) - 1]),
        coverage=shelf.bodies.coverage(views.new_terms, row),
        known_words=shelf.bodies.known(views.new_terms),
        context_meaning=float(raw["meaning_recent"][best]) if "meaning_recent" in raw else 0.0,
        agreement=len(by_words & by_meaning) / max(len(by_words), 1),
    )


def used_before(shelf: Shelf, question: Matrix, earlier: Matrix, answered: Sequence[frozenset[str]]) -> Use:
    """What earlier questions like this one were answered from. `answered` holds passage ids, a set a question."""
    rows = shelf.rows
    alike = np.zeros(len(shelf), dtype=np.float32)
    often = np.zeros(len(shelf), dtype=np.float32)
    near: npt.NDArray[np.float32] = np.maximum(earlier @ question - np.float32(_LEAST_ALIKE), 0)
    for closeness, ids in zip(near.tolist(), answered, strict=True):
        for row in (rows[each] for each in ids if each in rows):
            alike[row] += closeness
            often[row] += 1
    return Use(np.log1p(3 * alike), np.log1p(often))


def _best(scores: Floats) -> list[int]:
    return [int(n) for n in np.argsort(-scores)[:_TOP]]


def _is_strong(coverage: float, meaning: float, strong_meaning: float) -> bool:
    if coverage >= _STRONG_COVERAGE or meaning >= strong_meaning:
        return True
    return coverage >= _NEAR_COVERAGE and meaning >= strong_meaning * _NEAR_STEP
