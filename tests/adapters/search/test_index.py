"""Passages are found by words at once, and by meaning when vectors are there."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import examples.shop
from adapters.search.index import PassageIndex
from adapters.search.ranking import shipped
from adapters.search.searching import search
from adapters.search.shelf import Shelf
from adapters.search.views import views_of
from core.errors import ModelError
from core.helpful import Helped, Place
from core.knowledge import Audience, Inquiry, Passage, Reader, Said
from tests.adapters.sources.shelf import read_folders
from tests.fakes.vectors import KeptVectors

KNOWLEDGE = [Path(place) / "knowledge" for place in examples.shop.__path__]
PASSAGES = [
    Passage("1", "a.md", "Delivery", "Parcels arrive within three working days."),
    Passage("2", "b.md", "Gift cards", "Gift cards are valid for three years."),
]


class CountingEmbedder:
    """Puts texts about gifts on one axis and all others on another."""

    name = "two-axes"

    def __init__(self, *, fails: bool = False) -> None:
        self.texts: list[str] = []
        self.fails = fails

    async def embed(self, texts: list[str], *, role: Literal["query", "passage"]) -> list[list[float]]:
        if self.fails:
            raise ModelError("down")
        self.texts.extend(texts)
        return [[1.0, 0.0] if "ift" in text or "voucher" in text else [0.0, 1.0] for text in texts]


async def titles(
    question: str, passages: Sequence[Passage], embedder: CountingEmbedder | None, vectors: KeptVectors
) -> list[str]:
    async with PassageIndex.open(passages, embedder=embedder, vectors=vectors) as index:
        await index.complete()
        return [hit.passage.title for hit in (await index.search(Inquiry(question), limit=3)).hits]


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("my parcel has not come, what can I do?", "My parcel has not come"),
        ("Can I return opened headphones after 20 days?", "Opened electronics and headphones"),
        ("how long does a refund take", "How long does a refund take?"),
        ("I forgot my password", "Reset your password"),
        ("are you open on Sunday", "Opening hours"),
        ("my item is damaged", "My item arrived damaged"),
    ],
)
async def test_the_shops_help_pages_are_found_by_words_alone(question: str, title: str) -> None:
    found = await titles(question, read_folders(KNOWLEDGE), None, KeptVectors())
    assert title in found[0]


async def test_meaning_finds_what_no_word_does() -> None:
    assert await titles("voucher", PASSAGES, CountingEmbedder(), KeptVectors()) == ["Gift cards", "Delivery"]
    assert await titles("voucher", PASSAGES, None, KeptVectors()) == []


async def test_a_restart_embeds_no_passage_twice() -> None:
    kept = KeptVectors()
    await titles("voucher", PASSAGES, CountingEmbedder(), kept)
    again = CountingEmbedder()
    await titles("voucher", PASSAGES, again, kept)
    assert again.texts == ["voucher"]


async def test_without_a_working_embedder_words_still_answer() -> None:
    assert await titles("gift cards", PASSAGES, CountingEmbedder(fails=True), KeptVectors()) == ["Gift cards"]


async def test_an_embedder_that_failed_is_asked_again() -> None:
    embedder = CountingEmbedder(fails=True)
    async with PassageIndex.open(PASSAGES, embedder=embedder, vectors=KeptVectors()) as index:
        await index.complete()
        assert index.embedder_in_use == ""
        embedder.fails = False
        await index.mend()
        assert index.embedder_in_use == "two-axes"


async def test_a_question_that_shares_its_rare_words_is_strong_and_others_are_not() -> None:
    async with PassageIndex.open(PASSAGES, embedder=None, vectors=KeptVectors()) as index:
        (strong,) = (await index.search(Inquiry("How long are gift cards valid?"), limit=1)).hits
        assert strong.is_strong
        (weak,) = (await index.search(Inquiry("Which parcels can a zebra carry to Mars overnight?"), limit=1)).hits
        assert not weak.is_strong


@given(st.text(), st.lists(st.text(), max_size=3))
def test_any_text_is_a_safe_question(question: str, before: list[str]) -> None:
    views = views_of(Inquiry(question, tuple(Said(each, is_ours=False) for each in before)))
    found = search(Shelf(PASSAGES), views, None, shipped("words"), limit=5, strong_meaning=0.5)
    assert len(found.hits) <= 2


async def test_a_short_follow_up_is_understood_by_what_was_asked_before() -> None:
    async with PassageIndex.open(read_folders(KNOWLEDGE), embedder=None, vectors=KeptVectors()) as index:
        before = (Said("Can I return headphones?", is_ours=False), Said("Yes, within 30 days.", is_ours=True))
        found = await index.search(Inquiry("And opened ones?", before), limit=3)
        assert any("Opened" in hit.passage.title for hit in found.hits)


async def test_what_a_reader_may_not_see_is_never_found() -> None:
    secret = Passage("3", "c.md", "Staff", "Parcels of friends are sent for free.", Audience(tenants=("T1",)))
    async with PassageIndex.open([*PASSAGES, secret], embedder=None, vectors=KeptVectors()) as index:
        asked = "Are parcels of friends sent for free?"
        mine = await index.search(Inquiry(asked, reader=Reader(tenant="T1")), limit=5)
        theirs = await index.search(Inquiry(asked, reader=Reader(tenant="T2")), limit=5)
        assert mine.hits[0].passage == secret
        assert secret not in [hit.passage for hit in theirs.hits]


TWINS = [
    Passage(str(n), f"{letter}.md", f"Gift cards {letter}", f"Gift cards of kind {letter} are valid for {n} years.")
    for n, letter in enumerate("abcd", start=2)
]


async def test_what_helped_before_comes_sooner_for_customers_of_the_same_tenant_alone() -> None:
    asked = "How long are gift cards valid?"

    async def order(index: PassageIndex, tenant: str) -> list[str]:
        return [hit.passage.id for hit in (await index.search(Inquiry(asked, reader=Reader(tenant)), limit=4)).hits]

    async with PassageIndex.open(TWINS, embedder=CountingEmbedder(), vectors=KeptVectors()) as index:
        await index.complete()
        before = await order(index, "T1")
        last = TWINS[int(before[-1]) - 2]
        await index.learn([Helped("T1", "For how long can I use a gift card?", (Place(last.source, last.text),))])
        assert (await order(index, "T1")).index(last.id) < before.index(last.id)
        assert await order(index, "T2") == before
        await index.learn([])
        assert await order(index, "T1") == before


async def test_what_helped_and_is_not_there_any_more_counts_for_nothing() -> None:
    async with PassageIndex.open(TWINS, embedder=CountingEmbedder(), vectors=KeptVectors()) as index:
        await index.complete()
        await index.learn([Helped("T1", "gift", (Place("gone.md", "Gift"), Place("a.md", "Other words")))])
        assert len((await index.search(Inquiry("gift cards", reader=Reader("T1")), limit=4)).hits) == 4
