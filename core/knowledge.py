"""Passages: pieces of knowledge that stand alone, who may read them, and finding them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may read a passage. An empty part leaves that open; every part that is set must fit."""

    tenants: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    tiers: tuple[int, ...] = ()
    verified_only: bool = False

    def admits(self, reader: "Reader") -> bool:
        """This reader may be shown it."""
        return (
            (not self.tenants or reader.tenant in self.tenants)
            and (not self.channels or reader.channel in self.channels)
            and (not self.tiers or reader.tier in self.tiers)
            and (reader.is_verified or not self.verified_only)
        )


EVERYBODY = Audience()


@dataclass(frozen=True, slots=True)
class Reader:
    """On whose behalf knowledge is searched. Known by code; nothing that anybody writes changes it."""

    tenant: str = ""
    channel: str = ""
    tier: int = 1
    is_verified: bool = False


ANYBODY = Reader()


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
    audience: Audience = EVERYBODY
    language: str = ""
    """ISO 639-1; empty: not known."""
    changed: str = ""
    """The day the source changed last, `2026-11-24`; empty: not known."""
    is_suspect: bool = False
    """Screening found text in it that speaks to a machine, and nobody cleared it: no reader is shown it."""
    flags: tuple[str, ...] = ()
    """What screening found in it, each for people to read; they stay when it is cleared."""


@dataclass(frozen=True, slots=True)
class Said:
    """An earlier line of the conversation."""

    text: str
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What knowledge is searched for: the new words, what was said before them, and for whom."""

    text: str
    before: tuple[Said, ...] = ()
    """Oldest first."""
    reader: Reader = ANYBODY


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question; `score` orders hits of one search and says nothing across searches."""

    passage: Passage
    score: float
    is_strong: bool
    """Near enough to the question to answer from."""


@dataclass(frozen=True, slots=True)
class Signals:
    """How well the knowledge fits a question, as figures that compare across searches: what a decision rests on."""

    best_meaning: float = 0.0
    """Cosine of the nearest passage to the new words."""
    meaning_margin: float = 0.0
    """How far it stands out from the tenth."""
    coverage: float = 0.0
    """Share of the question's words, weighed by rarity, that the best passage has."""
    known_words: float = 0.0
    """Share of them that any passage has."""
    context_meaning: float = 0.0
    """Cosine of the best passage to the question with what was said before it."""
    agreement: float = 0.0
    """Share of the best by words that are also among the best by meaning."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave."""

    hits: tuple[Hit, ...] = ()
    signals: Signals = Signals()


class Retriever(Protocol):
    """Finds passages."""

    async def search(self, inquiry: Inquiry, *, limit: int) -> Found:
        """The passages that answer best, best first, of those that the reader may see; none when nothing fits."""
        ...


def texts(hits: Sequence[Hit]) -> str:
    """All the words of some hits, for checks on what they say."""
    return "\n".join(f"{hit.passage.title}\n{hit.passage.text}" for hit in hits)
