"""Vectors are made once, and all who open the database use them."""

from pathlib import Path

import numpy as np

from adapters.search.library import StoredLibrary
from adapters.search.storedvectors import StoredVectors
from tests.adapters.search.test_library import pages, sync

__all__ = ["pages"]

LONG = "title:" + "Returns › " * 500


class HandClock:
    """Seconds that are set by hand."""

    def __init__(self) -> None:
        self.at_s = 1_000.0

    def __call__(self) -> float:
        return self.at_s


async def test_vectors_of_one_process_are_there_for_another(library: StoredLibrary) -> None:
    one, other = StoredVectors(library), StoredVectors(library)
    given = {"p1": np.array([0.5, 0.25], dtype=np.float32), LONG: np.array([1, 0], dtype=np.float32)}
    await one.save("e5", given)
    await other.save("e5", {"p1": np.array([9, 9], dtype=np.float32)})
    found = await other.load("e5", ["p1", LONG, "p2"])
    assert {key: each.tolist() for key, each in found.items()} == {"p1": [0.5, 0.25], LONG: [1.0, 0.0]}
    assert await other.load("bge", ["p1"]) == {}


async def test_one_process_embeds_at_a_time_and_another_goes_on_when_it_fell_silent(library: StoredLibrary) -> None:
    clock = HandClock()
    one, other = StoredVectors(library, now_s=clock), StoredVectors(library, now_s=clock)
    assert await one.take_turn("e5")
    assert await one.take_turn("e5")
    assert not await other.take_turn("e5")
    assert await other.take_turn("bge")
    await other.end_turn("e5")
    assert not await other.take_turn("e5")
    clock.at_s += 61
    assert await other.take_turn("e5")
    assert not await one.take_turn("e5")
    await other.end_turn("e5")
    assert await one.take_turn("e5")


async def test_what_is_kept_no_more_loses_its_vectors(library: StoredLibrary, pages: Path) -> None:
    await sync(library, pages)
    vectors, look = StoredVectors(library), np.array([1, 0], dtype=np.float32)
    (kept, *_) = await library.passages(["pages"])
    await vectors.save("e5", {kept.id: look, f"title:{kept.title}": look, "gone": look, "title:Gone": look})
    await vectors.settle("e5")
    assert set(await vectors.load("e5", [kept.id, f"title:{kept.title}", "gone", "title:Gone"])) == {
        kept.id,
        f"title:{kept.title}",
    }
    assert await vectors.in_use() == "e5"
