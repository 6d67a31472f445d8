"""A question is worked out once for all who ask it, and nobody waits for another's question."""

import asyncio
from typing import Literal

import pytest

from adapters.local.remembering import RememberingEmbedder
from core.errors import ModelError


class HeldEmbedder:
    """Gives the length of a text as its vector, once it is let go; fails as often as told."""

    name = "held"

    def __init__(self, *, failures: int = 0) -> None:
        self.asked: list[list[str]] = []
        self.gate = asyncio.Event()
        self.has_two = asyncio.Event()
        self._failures = failures

    async def embed(self, texts: list[str], *, role: Literal["query", "passage"]) -> list[list[float]]:
        self.asked.append(texts)
        if len(self.asked) == 2:
            self.has_two.set()
        await self.gate.wait()
        if self._failures:
            self._failures -= 1
            raise ModelError("away")
        return [[float(len(text))] for text in texts]


async def test_what_two_ask_at_once_is_worked_out_once() -> None:
    held = HeldEmbedder()
    embedder = RememberingEmbedder(held)
    async with asyncio.TaskGroup() as group:
        both = [group.create_task(embedder.embed(["one", "three"], role="query")) for _ in range(2)]
        held.gate.set()
    assert [each.result() for each in both] == [[[3.0], [5.0]]] * 2
    assert await embedder.embed(["three", "one"], role="query") == [[5.0], [3.0]]
    assert held.asked == [["one", "three"]]


async def test_another_question_does_not_wait() -> None:
    held = HeldEmbedder()
    embedder = RememberingEmbedder(held)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(embedder.embed(["one"], role="query"))
        group.create_task(embedder.embed(["another"], role="query"))
        await held.has_two.wait()
        held.gate.set()


async def test_whoever_waits_asks_anew_when_the_first_one_fails() -> None:
    held = HeldEmbedder(failures=1)
    embedder = RememberingEmbedder(held)
    first = asyncio.create_task(embedder.embed(["one"], role="query"))
    second = asyncio.create_task(embedder.embed(["one"], role="query"))
    held.gate.set()
    with pytest.raises(ModelError):
        await first
    assert await second == [[3.0]]
