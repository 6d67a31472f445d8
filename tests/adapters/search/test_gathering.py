"""Gaps are put together by what they mean, where that can be told."""

from datetime import UTC, datetime
from typing import Literal

from adapters.search.gathering import likeness_of
from core.errors import ModelError
from core.gaps import Gap, clusters

NOW = datetime(2026, 3, 2, tzinfo=UTC)
QUESTIONS = ("Do you wrap presents?", "Is gift paper possible?", "Where do you ship to?")


class Measured:
    """Stands for an embedder whose cosines were measured: gifts lie together."""

    name = "all-minilm-l6-v2-int8"

    def __init__(self, *, fails: bool = False) -> None:
        self._fails = fails

    async def embed(self, texts: list[str], *, role: Literal["query", "passage"]) -> list[list[float]]:
        if self._fails:
            raise ModelError("down")
        return [[0.0, 1.0] if "ship" in text else [1.0, 0.4] for text in texts]


async def topics(embedder: Measured | None) -> list[int]:
    gaps = [Gap("unanswered", each, NOW) for each in QUESTIONS]
    found = clusters(gaps, likeness=await likeness_of(QUESTIONS, embedder))
    return [len(each.gaps) for each in found]


async def test_questions_that_mean_the_same_are_one_gap() -> None:
    assert await topics(Measured()) == [2, 1]


async def test_without_a_working_embedder_words_tell() -> None:
    assert await topics(None) == [1, 1, 1]
    assert await topics(Measured(fails=True)) == [1, 1, 1]
