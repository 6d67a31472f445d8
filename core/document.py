"""What a Markdown text means, as a tree: written in any platform's own marks by `core.marking` and its like."""

from dataclasses import dataclass
from typing import Literal

Style = Literal["strong", "emphasis", "strike"]


@dataclass(frozen=True, slots=True)
class Words:
    """Running text, as it is to be seen."""

    text: str


@dataclass(frozen=True, slots=True)
class CodeWords:
    """Code in a line of text."""

    text: str


@dataclass(frozen=True, slots=True)
class Styled:
    """Text with a weight."""

    style: Style
    inside: tuple["Inline", ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A link that a chat can open and whose words do not name another place."""

    target: str
    inside: tuple["Inline", ...]


@dataclass(frozen=True, slots=True)
class LineEnd:
    """The next words stand on a line of their own."""


Inline = Words | CodeWords | Styled | Link | LineEnd


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines of text."""

    inside: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; 1 is the greatest."""

    level: int
    inside: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A block of code, without its last line feed."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody else said."""

    blocks: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list. `start` is the first number; None for bullets."""

    items: tuple[tuple["Block", ...], ...]
    start: int | None
    is_tight: bool


Alignment = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first row is the header."""

    rows: tuple[tuple[tuple[Inline, ...], ...], ...]
    alignments: tuple[Alignment, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""


Block = Paragraph | Heading | Code | Quote | Items | Table | Rule


def plain_text(inside: tuple[Inline, ...]) -> str:
    """What a reader sees of it, without any marks."""
    parts: list[str] = []
    for each in inside:
        match each:
            case Words(text) | CodeWords(text):
                parts.append(text)
            case LineEnd():
                parts.append("\n")
            case Styled(inside=inner) | Link(inside=inner):
                parts.append(plain_text(inner))
    return "".join(parts)
