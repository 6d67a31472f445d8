"""Settings of knowledge sources; light, so that reading settings needs none of the parsers."""

import hashlib
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import NonNegativeFloat, PositiveInt, model_validator

from core.knowledge import Audience
from core.section import Count, Section
from core.settings import KnowledgeSettings

Kind = Literal["", "folder", "git", "web", "sitemap", "zendesk", "intercom", "faq"]

READERS = 1
"""Counted up whenever documents are read or cut otherwise, so that all are read anew."""


class SourceSettings(Section):
    """`[[knowledge.sources]]`: where knowledge comes from, and who may read it."""

    at: str
    """A folder, a file, a git checkout or address, or a web address."""
    kind: Kind = ""
    """Empty: told by `at`."""
    name: str = ""
    """Empty: made of `at`."""
    only: tuple[str, ...] = ()
    """Patterns such as `guides/*.md`; of web pages, beginnings of paths such as `/help/`. Empty: everything."""
    never: tuple[str, ...] = ()
    branch: str = ""
    """Of a git address; empty: its own default."""
    folder: str = ""
    """Of a git source, the folder that is read; empty: all of it."""
    pages: PositiveInt = 500
    """Web pages that are read at most."""
    depth: Count = 3
    """Links that are followed away from `at`."""
    pause_s: NonNegativeFloat = 1.0
    """Seconds between two requests; a longer Crawl-delay of robots.txt counts."""
    tenants: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    tiers: tuple[Literal[1, 2, 3], ...] = ()
    verified_only: bool = False
    """Only for customers whose identity is verified."""
    language: str = ""
    """ISO 639-1, for documents that do not say it themselves."""

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if not self.at.strip():
            raise ValueError("a source needs `at`: a folder, a file or an address")
        return self

    @property
    def title(self) -> str:
        """Its name, made of where it is when it has none of its own."""
        if self.name:
            return self.name
        parts = urlsplit(self.at)
        if parts.netloc:
            return (parts.netloc + parts.path).strip("/").removesuffix(".git")
        return Path(self.at).expanduser().resolve().name or self.at

    @property
    def audience(self) -> Audience:
        """Who may read it."""
        return Audience(self.tenants, self.channels, self.tiers, self.verified_only)

    @property
    def fingerprint(self) -> str:
        """Changes when what is kept of it must be read anew."""
        told = self.model_dump_json(exclude={"name", "pause_s", "pages"})
        return hashlib.sha256(f"{READERS}\n{told}".encode()).hexdigest()[:16]

    @property
    def way(self) -> str:
        """The kind, told by `at` where it is not set."""
        if self.kind:
            return self.kind
        at = self.at.lower()
        if at.endswith(".git") or at.startswith(("git@", "ssh://")):
            return "git"
        if at.startswith(("http://", "https://")):
            return "sitemap" if at.endswith((".xml", ".xml.gz")) else "web"
        return "faq" if at.endswith((".csv", ".tsv")) else "folder"

    @property
    def is_here(self) -> bool:
        """It is read from this machine's disk, so quickly."""
        return self.way in ("folder", "faq", "zendesk", "intercom") and "://" not in self.at


class KnowledgeTable(KnowledgeSettings):
    """`[knowledge]`: folders, and everything else that is read."""

    sources: tuple[SourceSettings, ...] = ()
    sync_minutes: Count = 60
    """Minutes between two readings of all sources in a running process; 0: only at its start."""

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [each.title for each in self.all_sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two sources are named {', '.join(twice)}: give each a `name` of its own")
        return self

    @property
    def all_sources(self) -> tuple[SourceSettings, ...]:
        """Folders count as sources."""
        return (*(SourceSettings(at=str(each), name=str(each)) for each in self.folders), *self.sources)
