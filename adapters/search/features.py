"""What speaks for a passage, as numbers that mean the same for any question and any collection.

A pool of candidates is drawn by words and by meaning; each feature is told relative to the pool.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from adapters.search.meanings import Matrix, Meanings, top
from adapters.search.postings import Floats, Postings
from adapters.search.shelf import Shelf
from adapters.search.views import MOST_TERMS, Views, now_gain
from adapters.search.words import term_counts

_PLAIN = (
    "words_new", "words_told", "words_ours", "words_faded", "title_new", "title_faded", "title_covered",
    "title_covered_all", "words_all", "document_words",
    "document_mean_words", "words_ours_previous", "words_ours_next", "words_sentence",
    "meaning_new", "meaning_told", "meaning_ours", "meaning_recent", "meaning_whole", "title_meaning_new",
    "title_meaning_whole", "document_meaning", "document_mean_meaning", "meaning_ours_previous", "meaning_ours_next",
    "meaning_new_previous", "meaning_new_next", "meaning_sentence", "title_meaning_sentence", "like_the_best",
    "words_sentences", "words_like_best", "used_before", "often_used", "place", "is_first", "length", "document_size",
)  # fmt: skip
_TURNING = (
    "words_new", "words_told", "words_ours", "words_faded", "words_all", "document_words", "words_like_best",
    "meaning_new", "meaning_told", "meaning_ours", "meaning_recent", "meaning_whole", "document_meaning",
    "like_the_best",
)  # fmt: skip
"""What counts more or less by how much a message goes on with what we said last, and by how long it is."""
NAMES = (*_PLAIN, *(f"{name}_going_on" for name in _TURNING), *(f"{name}_by_length" for name in _TURNING))
_USUAL_LENGTH, _MOST_OFF = 1.8, 0.8
"""Logarithm of one more than the content words of a usual message, and how far from it length still tells more."""
_ABSOLUTE = frozenset(("used_before", "often_used"))
"""Mean the same in every pool, and nothing in most: told relative to the pool, the faintest would be the loudest."""
POOL = 120
_EACH = 24
_LIKE = 3
_LIKE_WORDS = 5
_LIKE_TERMS = 20
_LIKE_CHARS = 4_000
"""How many of the first are looked at for what they share, and how much of each."""
_SENTENCE_TERMS = 96
_SHARP = 1.5
_SENTENCE_COST = 32_000_000
"""Multiplications spent on single sentences of a long message, the first of them first."""
Pool = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Looks:
    """The views of a question as vectors; each of length 1."""

    new: Matrix
    told: Matrix
    ours: Matrix | None
    recent: Matrix
    whole: Matrix
    sentences: Matrix | None


@dataclass(frozen=True, slots=True)
class Use:
    """What helped before: how near each row is to passages that answered similar questions, and how often it did."""

    alike: Floats
    often: Floats


@dataclass(frozen=True, slots=True)
class Featured:
    """A pool and its features, one row a candidate."""

    pool: Pool
    features: Matrix
    raw: Mapping[str, Floats]
    """Figures of the pool before they were made relative."""


def features_of(shelf: Shelf, views: Views, looks: Looks | None, use: Use | None = None) -> Featured:
    """Draw the pool and describe it. The shelf must not be empty."""
    words = _word_scores(shelf, views)
    near, by_sentence = _near(shelf, looks)
    pool = _pool(words, near, by_sentence, len(shelf), use)
    found = _of_words(shelf, views, words, pool)
    if looks is not None and shelf.meanings is not None and near is not None:
        found |= _of_meaning(shelf, looks, near, pool)
        found["like_the_best"] = _like_the_best(shelf.meanings, pool, _first_look(found))
    found["words_like_best"] = _words_like_best(shelf, pool, _first_look(found))
    if use is not None:
        found["used_before"], found["often_used"] = use.alike[pool], use.often[pool]
    fixed = _of_place(shelf, pool)
    zero = np.zeros(len(pool), dtype=np.float32)
    columns = np.stack([fixed[name] if name in fixed else found.get(name, zero) for name in _PLAIN]).astype(np.float32)
    relative = [n for n, name in enumerate(_PLAIN) if name not in fixed and name not in _ABSOLUTE]
    columns[relative] = _relative(columns[relative])
    turning = columns[[_PLAIN.index(name) for name in _TURNING]]
    every = np.concatenate([columns, turning * _going_on(looks), turning * _length(views)])
    return Featured(pool, every.T, found)


def _going_on(looks: Looks | None) -> np.float32:
    """How near a message is to what we said last; 0 where that is nothing."""
    if looks is None or looks.ours is None:
        return np.float32(0)
    return np.float32(max(0.0, float(looks.new @ looks.ours)))


def _length(views: Views) -> np.float32:
    """How much longer a message is than usual; a long ticket is not judged by what was learned from long questions."""
    return np.float32(np.clip(np.log1p(len(views.new_terms)) - _USUAL_LENGTH, -_MOST_OFF, _MOST_OFF))


def _word_scores(shelf: Shelf, views: Views) -> dict[str, Floats]:
    """Of every row: what candidates are drawn by."""
    bodies = shelf.bodies
    scores = {
        "words_new": bodies.scores(_telling(bodies, views.new_terms)),
        "words_faded": bodies.scores(_telling(bodies, views.faded_terms)),
    }
    scores["words_all"] = scores["words_new"] * np.float32(now_gain()) + scores["words_faded"]
    return scores


def _telling(postings: Postings, terms: Mapping[int, float], most: int = MOST_TERMS) -> dict[int, float]:
    weight = postings.weight
    telling = {term: gain * rarity for term, gain in terms.items() if (rarity := weight(term))}
    best = sorted(telling, key=telling.__getitem__, reverse=True)[:most]
    return {term: terms[term] for term in best}


def _near(shelf: Shelf, looks: Looks | None) -> tuple[Floats | None, Floats | None]:
    """Cosines to the mean of the views, since a mean of cosines costs one pass where each would cost its own.

    And those to the nearest of the sentences of a long message.
    """
    meanings = shelf.meanings
    if looks is None or meanings is None:
        return None, None
    mean = ((looks.new + looks.recent + looks.whole) / 3).astype(np.float32)
    if looks.sentences is None:
        return meanings.sharpened(meanings.rough(mean[np.newaxis])[0], mean), None
    some = looks.sentences[: max(1, _SENTENCE_COST // meanings.cost)]
    rough = meanings.rough(np.concatenate([mean[np.newaxis], some]))
    by_sentence = rough[1:].max(axis=0)
    return meanings.sharpened(rough[0], mean), by_sentence


def _pool(
    words: Mapping[str, Floats], near: Floats | None, by_sentence: Floats | None, count: int, use: Use | None
) -> Pool:
    if count <= POOL:
        return np.arange(count, dtype=np.int64)
    drawn = [top(words["words_new"], _EACH), top(words["words_all"], 2 * _EACH)]
    if near is not None:
        drawn.append(top(near, 3 * _EACH))
    if by_sentence is not None:
        drawn.append(top(by_sentence, 2 * _EACH))
    if use is not None:
        drawn.append(top(use.alike, _EACH))
    return np.unique(np.concatenate(drawn))


def _of_words(shelf: Shelf, views: Views, words: Mapping[str, Floats], pool: Pool) -> dict[str, Floats]:
    layout, bodies, titles = shelf.layout, shelf.bodies, shelf.titles
    ours = _telling(bodies, views.ours_terms)
    found = {name: scores[pool] for name, scores in words.items()}
    found["words_told"] = bodies.scores_at(_telling(bodies, views.told_terms), pool)
    found["words_ours"] = bodies.scores_at(ours, pool)
    found["words_ours_previous"] = bodies.scores_at(ours, layout.previous[pool])
    found["words_ours_next"] = bodies.scores_at(ours, layout.following[pool])
    found["title_new"] = titles.scores_at(_telling(titles, views.new_terms), pool)
    found["title_faded"] = titles.scores_at(_telling(titles, views.faded_terms), pool)
    found["title_covered"] = titles.covered(views.new_terms, pool)
    found["title_covered_all"] = titles.covered({**views.faded_terms, **views.new_terms}, pool)
    found["document_words"], found["document_mean_words"] = shelf.of_documents(words["words_all"], pool)
    by_sentence = _by_sentence(bodies, views, pool)
    found["words_sentence"] = by_sentence.max(axis=0)
    found["words_sentences"] = _chosen_often(by_sentence)
    return found


def _by_sentence(bodies: Postings, views: Views, pool: Pool) -> Matrix:
    """Scores of the pool, one line a sentence of the message."""
    distinct = _telling(
        bodies, {term: gain for each in views.sentence_terms for term, gain in each.items()}, _SENTENCE_TERMS
    )
    terms = list(distinct)
    wanted = np.array([[each.get(term, 0.0) for term in terms] for each in views.sentence_terms], dtype=np.float32)
    return wanted @ bodies.each_at(terms, pool)


def _chosen_often(scores: Matrix) -> Floats:
    """How many sentences would choose each row: a ticket that asks for several things needs a passage for each."""
    spread = scores.std(axis=1, keepdims=True) + np.float32(1e-6)
    odds = np.exp(_SHARP * (scores - scores.mean(axis=1, keepdims=True)) / spread)
    return np.log((odds / odds.sum(axis=1, keepdims=True)).sum(axis=0) + np.float32(1e-6)).astype(np.float32)


def _words_like_best(shelf: Shelf, pool: Pool, first_look: Floats) -> Floats:
    """Scores for the words that tell most of the passages that look best at first."""
    bodies, telling = shelf.bodies, dict[int, float]()
    for row in pool[np.argsort(-first_look)[:_LIKE_WORDS]]:
        passage = shelf.passages[int(row)]
        for term, share in _shares(f"{passage.title}\n{passage.text[:_LIKE_CHARS]}").items():
            telling[term] = telling.get(term, 0.0) + share
    weighed = {term: share * bodies.weight(term) for term, share in telling.items()}
    best = sorted(weighed, key=weighed.__getitem__, reverse=True)[:_LIKE_TERMS]
    return bodies.scores_at({term: weighed[term] for term in best}, pool)


@lru_cache(maxsize=512)
def _shares(text: str) -> Mapping[int, float]:
    """What part of a text each of its terms is. The same passages look best again and again."""
    counts = term_counts(text)
    whole = max(counts.total(), 1)
    return {term: often / whole for term, often in counts.items()}


def _first_look(found: Mapping[str, Floats]) -> Floats:
    names = [name for name in ("words_all", "meaning_recent", "meaning_new") if name in found]
    return _relative(np.stack([found[name] for name in names])).sum(axis=0).astype(np.float32)


def _of_meaning(shelf: Shelf, looks: Looks, near: Floats, pool: Pool) -> dict[str, Floats]:
    assert shelf.meanings is not None
    assert shelf.headings is not None
    before, after = shelf.layout.previous[pool], shelf.layout.following[pool]
    here, earlier, later, titles = (
        shelf.meanings.at(pool), shelf.meanings.at(before), shelf.meanings.at(after), shelf.headings.at(pool),
    )  # fmt: skip
    found = {
        "meaning_new": here @ looks.new,
        "meaning_told": here @ looks.told,
        "meaning_recent": here @ looks.recent,
        "meaning_whole": here @ looks.whole,
        "title_meaning_new": titles @ looks.new,
        "title_meaning_whole": titles @ looks.whole,
        "meaning_new_previous": earlier @ looks.new,
        "meaning_new_next": later @ looks.new,
    }
    found["document_meaning"], found["document_mean_meaning"] = shelf.of_documents(near, pool)
    if looks.ours is not None:
        found["meaning_ours"] = here @ looks.ours
        found["meaning_ours_previous"] = earlier @ looks.ours
        found["meaning_ours_next"] = later @ looks.ours
    sentences = looks.sentences if looks.sentences is not None else looks.new[np.newaxis]
    found["meaning_sentence"] = (here @ sentences.T).max(axis=1)
    found["title_meaning_sentence"] = (titles @ sentences.T).max(axis=1)
    return found


def _like_the_best(meanings: Meanings, pool: Pool, first_look: Floats) -> Floats:
    """Cosine to the mean of the passages that look best at first: answers stand beside each other."""
    here = meanings.at(pool)
    best = here[np.argsort(-first_look)[:_LIKE]].mean(axis=0)
    return here @ best


def _of_place(shelf: Shelf, pool: Pool) -> dict[str, Floats]:
    layout = shelf.layout
    places = layout.places[pool]
    return {
        "place": np.log1p(places).astype(np.float32),
        "is_first": (places == 0).astype(np.float32),
        "length": (np.log1p(shelf.bodies.lengths[pool]) - 5).astype(np.float32),
        "document_size": np.log(layout.sizes[pool]).astype(np.float32),
    }


def _relative(scores: Matrix) -> Matrix:
    """Each line as spreads from its own mean."""
    spread = scores.std(axis=1, keepdims=True) + np.float32(1e-6)
    return ((scores - scores.mean(axis=1, keepdims=True)) / spread).astype(np.float32)
