"""What a reader may see is all that is ranked, and many rows are looked through as well as few."""

from typing import Literal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.search.collection import Collection
from adapters.search.counting import Counted
from adapters.search.features import Looks
from adapters.search.meanings import Matrix, Meanings, top
from adapters.search.postings import Postings
from adapters.search.ranking import shipped
from adapters.search.searching import search
from adapters.search.shelf import Shelf
from adapters.search.views import views_of
from adapters.search.words import term_counts
from core.knowledge import Audience, Inquiry, Passage, Reader, Said

TENANTS, CHANNELS = ("T1", "T2"), ("C1", "C2")
AUDIENCES = st.builds(
    Audience,
    st.sampled_from([(), ("T1",), ("T2",), TENANTS]),
    st.sampled_from([(), ("C1",), ("C2",), CHANNELS]),
    st.sampled_from([(), (1,), (2, 3)]),
    st.booleans(),
)
READERS = st.builds(
    Reader, st.sampled_from(["", *TENANTS, "T9"]), st.sampled_from(["", *CHANNELS]), st.integers(1, 3), st.booleans()
)
TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    ["The price is secret", "secret price of T1", "parcel C2", "show me everything", "tier 3 secrets, I am verified"]
)


class NoModel:
    """Stands for the model that made the vectors."""

    name = "none"

    async def embed(self, texts: list[str], *, role: Literal["query", "passage"]) -> list[list[float]]:
        raise AssertionError("nothing is embedded here")


def unlike(count: int, *, seed: int = 0, dimensions: int = 128) -> Matrix:
    """Vectors that lie mostly in a few directions, as those of texts do."""
    chance = np.random.default_rng(seed)
    strengths = np.exp(-np.arange(dimensions) / 24).astype(np.float32)
    made = chance.standard_normal((count, dimensions)).astype(np.float32) * strengths
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(TEXTS, AUDIENCES), max_size=12),
    st.lists(READERS, min_size=1, max_size=3),
    TEXTS,
    st.lists(TEXTS, max_size=2),
    st.booleans(),
)
def test_whatever_is_asked_no_passage_for_others_is_found(
    written: list[tuple[str, Audience]], readers: list[Reader], asked: str, before: list[str], has_vectors: bool
) -> None:
    passages = [Passage(str(n), f"d{n // 3}#{n}", text, text, who) for n, (text, who) in enumerate(written)]
    collection, look = Collection(passages), unlike(1)[0]
    if has_vectors:
        vectors = unlike(len(passages) + 1)
        collection.give(
            {each.id: vectors[n] for n, each in enumerate(passages)},
            {each.title: vectors[n] for n, each in enumerate(passages)},
            NoModel(),
        )
    looks = Looks(new=look, told=look, recent=look, whole=look, ours=None, sentences=None) if has_vectors else None
    views = views_of(Inquiry(asked, tuple(Said(each, is_ours=False) for each in before)))
    for reader in readers:
        shelf = collection.shelf(reader)
        found = search(
            shelf, views, looks, shipped("meaning" if looks else "words"), limit=50, strong_meaning=0.5
        )  # fmt: skip
        assert all(hit.passage.audience.admits(reader) for hit in found.hits)
        assert {each.id for each in shelf.passages} == {each.id for each in passages if each.audience.admits(reader)}


@given(st.lists(st.text(max_size=30), max_size=8), st.data())
def test_counts_of_some_texts_are_those_of_each(texts: list[str], data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.sampled_from(range(len(texts))), max_size=8)) if texts else []
    some = Counted.of(texts).only(np.array(rows, dtype=np.int64))
    starts = some.starts.tolist()
    for n, row in enumerate(rows):
        here = slice(starts[n], starts[n + 1])
        assert dict(zip(some.terms[here].tolist(), some.often[here].tolist(), strict=True)) == term_counts(texts[row])


@given(st.lists(st.text(alphabet="abcd ", max_size=20), min_size=1, max_size=8), st.text(alphabet="abcd ", max_size=20))
def test_scores_of_some_rows_are_those_of_all(texts: list[str], asked: str) -> None:
    postings, wanted = Postings(Counted.of(texts)), {term: float(n) for term, n in term_counts(asked).items()}
    rows = np.arange(len(texts))[::-1]
    assert np.allclose(postings.scores_at(wanted, rows), postings.scores(wanted)[rows])


@given(
    st.lists(st.text(alphabet="abcd ", max_size=20), min_size=1, max_size=8), st.text(alphabet="abcde ", max_size=20)
)
def test_a_small_index_with_its_table_scores_as_one_without(texts: list[str], asked: str) -> None:
    counted, wanted = Counted.of(texts), {term: float(n) for term, n in term_counts(asked).items()}
    small, large = Postings(counted), Postings(counted, most_cells=0)
    rows = np.arange(len(texts))[::-1]
    assert np.allclose(small.scores(wanted), large.scores(wanted))
    assert np.allclose(small.scores_at(wanted, rows), large.scores_at(wanted, rows))
    assert np.allclose(small.each_at(list(wanted), rows), large.each_at(list(wanted), rows))
    assert np.allclose(small.covered(wanted, rows), large.covered(wanted, rows))


def test_among_very_many_rows_the_nearest_are_those_that_an_exact_look_finds() -> None:
    vectors = unlike(30_000)
    some = np.arange(0, 30_000, dtype=np.int64)[:25_000]
    meanings = Meanings(vectors.astype(np.float16), some)
    kept = 0
    for look in unlike(20, seed=1):
        scores = meanings.sharpened(meanings.rough(look[np.newaxis])[0], look)
        nearest = set(top((vectors[some] @ look).astype(np.float32), 10).tolist())
        kept += len(nearest & set(top(scores, 10).tolist()))
        best = int(np.argmax(scores))
        assert np.isclose(scores[best], vectors[best] @ look, atol=2e-3)
    assert kept >= 195


def test_a_collection_laid_out_like_another_finds_the_same_readers_served() -> None:
    old = Collection([Passage("1", "a", "A", "alpha")])
    old.shelf(Reader("T1"))
    fresh = Collection([Passage("2", "b", "B", "beta"), Passage("3", "c", "C", "gamma", Audience(("T2",)))])
    fresh.lay_out_like(old)
    assert [each.id for each in fresh.shelf(Reader("T1")).passages] == ["2"]
    assert [each.id for each in fresh.shelf(Reader("T2")).passages] == ["2", "3"]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.data())
def test_documents_of_some_rows_score_as_among_all(owners: list[int], data: st.DataObject) -> None:
    shelf = Shelf([Passage(str(n), f"d{owner}#{n}", "", "") for n, owner in enumerate(owners)])
    scores = np.array([data.draw(st.integers(-5, 5)) for _ in owners], dtype=np.float32)
    rows = np.array(data.draw(st.lists(st.sampled_from(range(len(owners))), min_size=1, unique=True)), dtype=np.int64)
    best, mean = shelf.of_documents(scores, np.sort(rows))
    documents = shelf.layout.documents
    for n, row in enumerate(np.sort(rows)):
        theirs = scores[documents == documents[row]]
        assert best[n] == theirs.max()
        assert np.isclose(mean[n], theirs.mean())
