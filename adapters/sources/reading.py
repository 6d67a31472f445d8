"""What every kind of document becomes before it is cut: sections under heading paths, their blocks as Markdown."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class Unreadable(Exception):
    """A document that cannot be read. The message says why, in a few words for the operator."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that a source holds, before it is read."""

    place: str
    content: bytes = b""
    form: str = "text"
    """`markdown`, `html`, `pdf`, `docx`, `text` or `faq`."""
    shown: str = ""
    """Path or address for people; empty: the place."""
    title: str = ""
    language: str = ""
    changed: str = ""
    """A day, `2026-11-24`."""
    etag: str = ""
    modified: str = ""
    problem: str = ""
    """Why it could not be had; then there is no content."""
    is_unchanged: bool = False
    """Its server says that it is as it was; then there is no content."""
    links: tuple[str, ...] = ()


@dataclass(slots=True)
class Section:
    """What stands under one heading."""

    path: tuple[str, ...]
    blocks: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as read: nothing of its layout is left but headings, paragraphs, lists, tables and code."""

    sections: tuple[Section, ...]
    title: str = ""
    language: str = ""
    changed: str = ""
    told: Mapping[str, object] = field(default_factory=dict[str, object])
    """What it says about itself, such as its audience."""
    hidden: tuple[str, ...] = ()
    """Text that people do not see when they open it."""
    links: tuple[str, ...] = ()
