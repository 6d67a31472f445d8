"""Sorting a text into categories without a language model: what that takes and gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Sorted:
    """Where a text belongs."""

    category: str
    confidence: float
    """How often such a judgement is right, from 0 to 1."""
    is_in_scope: bool
    """It looks like something that one of the categories is about."""


class Sorter(Protocol):
    """Knows categories by examples."""

    async def sort(self, texts: Sequence[str]) -> list[Sorted]:
        """One judgement a text, in order; none at all while it has learned nothing. Never raises for a text."""
        ...
