"""Sorting a text into categories without a language model: what that takes and gives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sorted:
    """Where a text belongs."""

    category: str
    confidence: float
    """How often such a judgement is right, from 0 to 1."""
    is_in_scope: bool
    """It looks like something that one of the categories is about."""
