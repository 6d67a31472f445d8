"""Questions put to the product's own search, with weights learned from other questions than those scored."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from adapters.search.collection import Collection
from adapters.search.features import Looks, Use, features_of
from adapters.search.index import looks_of
from adapters.search.meanings import Matrix
from adapters.search.ranking import Example, Weights, learn
from adapters.search.searching import search, used_before
from adapters.search.shelf import Shelf
from adapters.search.vectors import VectorCache, unit
from adapters.search.views import Views, views_of
from adapters.search.words import term_counts
from core.knowledge import Found
from core.modelling import Embedder
from evals.knowledge_sets import Case, QuestionSet

_FOLDS = 5
_BATCH = 64
_FEW = 100
"""Questions of a set up to which other sets say as much as its own."""
Metric = Callable[[Sequence[str], frozenset[str]], float]


class CachingEmbedder:
    """An embedder that remembers on disk what it embedded."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._embedder = embedder
        self._cache = VectorCache(folder / "eval_vectors.sqlite3")

    @property
    def name(self) -> str:
        """See `Embedder`."""
        return self._embedder.name

    async def embed(self, texts: list[str], *, role: Literal["query", "passage"]) -> list[list[float]]:
        """See `Embedder`."""
        keys = [f"{role}:{hashlib.sha256(text.encode()).hexdigest()}" for text in texts]
        known = self._cache.load(self.name, keys)
        missing = list(dict.fromkeys(n for n, key in enumerate(keys) if key not in known))
        for at in range(0, len(missing), _BATCH):
            batch = missing[at : at + _BATCH]
            made = await self._embedder.embed([texts[n] for n in batch], role=role)
            fresh = {keys[n]: unit(vector) for n, vector in zip(batch, made, strict=True)}
            self._cache.save(self.name, fresh)
            known |= fresh
        return [known[key].tolist() for key in keys]


@dataclass(frozen=True, slots=True)
class Asked:
    """A case as the search sees it."""

    case: Case
    views: Views
    looks: Looks | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A set laid out for searching, everything embedded that will be."""

    name: str
    collection: Collection
    asked: tuple[Asked, ...]

    def shelf(self, asked: Asked) -> Shelf:
        """What whoever asks this may read."""
        return self.collection.shelf(asked.case.inquiry.reader)


async def prepare(questions: QuestionSet, embedder: Embedder | None, *, tell: Callable[[str], None]) -> Prepared:
    """Lay out the passages and embed passages and questions."""
    collection = Collection(questions.passages)
    if embedder is None:
        return Prepared(questions.name, collection, tuple(Asked(c, views_of(c.inquiry), None) for c in questions.cases))
    tell(f"{questions.name}: {len(collection.passages)} passages, {len(questions.cases)} questions")
    bodies = await embedder.embed([f"{each.title}\n{each.text}" for each in collection.passages], role="passage")
    titles = list(dict.fromkeys(each.title for each in collection.passages))
    headings = await embedder.embed([each or " " for each in titles], role="passage")
    collection.give(
        {each.id: unit(vector) for each, vector in zip(collection.passages, bodies, strict=True)},
        {title: unit(vector) for title, vector in zip(titles, headings, strict=True)},
        embedder,
    )
    views = [views_of(case.inquiry) for case in questions.cases]
    everything = {text for v in views for text in (v.new, v.told, v.recent, v.whole, v.ours, *v.sentences) if text}
    await embedder.embed(sorted(everything), role="query")
    looks = [await looks_of(each, embedder) for each in views]
    return Prepared(
        questions.name,
        collection,
        tuple(Asked(*each) for each in zip(questions.cases, views, looks, strict=True)),
    )


def examples_of(prepared: Prepared, asked: Sequence[Asked], known: Sequence[Asked]) -> list[Example]:
    """What can be learned from these questions, `known` being what was answered before them."""
    found: list[Example] = []
    for each in asked:
        if not each.case.right:
            continue
        before = [other for other in known if other.case.group != each.case.group]
        shelf = prepared.shelf(each)
        featured = features_of(shelf, each.views, each.looks, use_of(shelf, each, before))
        ids = [shelf.passages[int(row)].id in each.case.right for row in featured.pool.tolist()]
        found.append(Example(featured.features, np.array(ids, dtype=bool)))
    return found


def use_of(shelf: Shelf, asked: Asked, before: Sequence[Asked]) -> Use | None:
    """What earlier questions of the same collection were answered from."""
    if asked.looks is None:
        return None
    usable = [(other.looks.new, other.case.right) for other in before if other.looks is not None and other.case.right]
    if not usable:
        return None
    earlier: Matrix = np.stack([vector for vector, _ in usable])
    return used_before(shelf, asked.looks.new, earlier, [ids for _, ids in usable])


def weights_from(learned: Sequence[tuple[Prepared, Sequence[Asked]]], own: str) -> Weights:
    """Weights from several sets; each counts alike, the set's own the more the more questions it has."""
    examples: list[Example] = []
    importance: list[float] = []
    for prepared, asked in learned:
        some = examples_of(prepared, asked, asked)
        examples += some
        weight = len(learned) * max(1.0, len(some) / _FEW) if prepared.name == own else 1.0
        importance += [weight / max(len(some), 1)] * len(some)
    mean = sum(importance) / max(len(importance), 1)
    return learn(examples, importance=[each / mean for each in importance])


def folds_of(prepared: Prepared) -> list[set[str]]:
    """Groups of questions, split so that what belongs together is scored together."""
    groups = sorted({each.case.group for each in prepared.asked})
    return [set(groups[n::_FOLDS]) for n in range(min(_FOLDS, len(groups)))]


def ask(prepared: Prepared, asked: Asked, weights: Weights, before: Sequence[Asked], *, limit: int) -> Found:
    """The product's search for one question, `before` being those answered earlier."""
    shelf = prepared.shelf(asked)
    use = use_of(shelf, asked, before)
    return search(shelf, asked.views, asked.looks, weights, limit=limit, strong_meaning=1.0, use=use)


def by_words(prepared: Prepared, asked: Asked, limit: int) -> list[str]:
    """Plain BM25 over everything that was said."""
    said = " ".join([*(each.text for each in asked.case.inquiry.before), asked.case.inquiry.text])
    shelf = prepared.shelf(asked)
    scores = shelf.bodies.scores({term: float(n) for term, n in term_counts(said).items()})
    return [shelf.passages[int(row)].id for row in np.argsort(-scores, kind="stable")[:limit]]


def recall_at(limit: int) -> Metric:
    """Share of the right passages among the first."""
    return lambda ids, right: len(right.intersection(ids[:limit])) / len(right)


def reciprocal_rank(ids: Sequence[str], right: frozenset[str]) -> float:
    """One over the place of the first right passage; 0 when it is not among those given."""
    return next((1 / place for place, each in enumerate(ids, start=1) if each in right), 0.0)
