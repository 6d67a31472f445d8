"""What is kept of knowledge: sources, the documents read from them, and the passages these were cut into."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core.knowledge import Passage


class SourceFailed(Exception):
    """A source could not be read at all; what is kept of it stays. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file, page, article or row set of a source, as it was read last."""

    place: str
    """Where it is within its source: a path or an address."""
    sha256: str = ""
    """Of its content as it was; empty: it could never be read."""
    title: str = ""
    etag: str = ""
    modified: str = ""
    """`Last-Modified`, as the server wrote it."""
    problem: str = ""
    """Why it could not be read this time; its passages are then those of before."""
    notes: tuple[str, ...] = ()
    """What screening noticed of the whole of it, hidden text above all."""
    links: tuple[str, ...] = ()
    """Addresses that it leads to; kept so that a page that did not change is still followed."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not read, and why."""

    place: str
    why: str


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one reading of a source came to."""

    source: str
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    passages: int = 0
    """Of the documents that changed."""
    skipped: tuple[Skipped, ...] = ()
    flagged: int = 0
    """Passages among them that screening flagged."""
    notes: tuple[Skipped, ...] = ()
    failed: str = ""
    """Why the source could not be read at all."""
    seconds: float = 0.0
    at: str = ""


@dataclass(frozen=True, slots=True)
class SourceChange:
    """All that a sync changes, taken into use at once."""

    source: str
    fingerprint: str
    """Of the settings and readers that it was made with."""
    put: Mapping[Document, Sequence[Passage]] = field(default_factory=dict[Document, Sequence[Passage]])
    """Documents with all their passages, which replace those of before."""
    noted: Sequence[Document] = ()
    """Documents of which only what is known about them changed."""
    gone: Sequence[str] = ()
    """Places that are no longer there."""
    report: SyncReport | None = None


@dataclass(frozen=True, slots=True)
class KeptSource:
    """A source as it is kept."""

    name: str
    settings: Mapping[str, object]
    """Of one that was added by command; empty for a configured one."""
    fingerprint: str = ""
    report: SyncReport | None = None
    documents: int = 0
    passages: int = 0
    flagged: int = 0
    """Passages that are flagged and not cleared."""


class Library(Protocol):
    """Keeps sources, documents and passages; readers see all of a change or nothing of it."""

    async def sources(self) -> list[KeptSource]:
        """Every source that is known, by name."""
        ...

    async def documents(self, source: str) -> dict[str, Document]:
        """What is known of a source's documents, by place."""
        ...

    async def change(self, change: SourceChange) -> None:
        """Take a sync's outcome into use, in one transaction."""
        ...

    async def passages(self, sources: Sequence[str]) -> list[Passage]:
        """All passages of these sources; those of one document together, in its order."""
        ...

    async def revision(self) -> int:
        """Counts up with every change to passages."""
        ...
