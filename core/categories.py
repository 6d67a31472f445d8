"""What a desk sorts messages into: names, what they mean, how customers put them, and what follows from each."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from core.triage import GRAVE, OTHER, Tier, Urgency

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class Category(BaseModel):
    """A row of `[[triage.categories]]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    description: str = Field(default="", max_length=300)
    """For the model: what belongs here, in a line."""
    examples: tuple[str, ...] = ()
    """How customers put it, in their words; ten different ones make the first pass a good guess."""
    tier: Tier = 1
    """1 acts, 2 investigates, 3 is a person."""
    urgency: Urgency = "low"
    """No message of this category is judged less urgent."""
    escalates: bool = False
    """A sure case of this goes straight to people."""


class Categories:
    """The categories of an installation. Grave ones and `other` are always among them."""

    def __init__(self, rows: Sequence[Category]) -> None:
        own = {each.name: each for each in rows}
        grave = [own.get(name) or Category(name=name, tier=3, urgency="high", escalates=True) for name in GRAVE]
        self._rows = {each.name: each for each in (*grave, *own.values())}
        self._rows.setdefault(OTHER, Category(name=OTHER, description="Anything else."))

    def __iter__(self) -> Iterator[Category]:
        """All of them, the grave ones first."""
        return iter(self._rows.values())

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def __getitem__(self, name: str) -> Category:
        """The category of this name; `other` for a name that nobody configured."""
        return self._rows.get(name) or self._rows[OTHER]

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(self._rows)

    @property
    def examples(self) -> list[tuple[str, str]]:
        """Text and category of every example; a text of `other` belongs nowhere."""
        return [(text, "" if each.name == OTHER else each.name) for each in self for text in each.examples]
