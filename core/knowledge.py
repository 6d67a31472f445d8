"""Passages: pieces of knowledge that stand alone, and finding them."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a source, small enough to quote."""

    id: str
    """Content hash with its source: the same text in the same place keeps its id."""
    source: str
    """A path or an address that a person can open."""
    title: str
    """The heading path: `Returns › Opened items`."""
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question; `score` orders hits of one search and says nothing across searches."""

    passage: Passage
    score: float
    is_strong: bool
    """Near enough to the question to answer from."""


class Retriever(Protocol):
    """Finds passages."""

    async def search(self, question: str, *, limit: int) -> list[Hit]:
        """The nearest passages, best first; empty when nothing is indexed."""
        ...
