"""Folders of Markdown, cut into passages that stand alone under their heading path."""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from core.knowledge import Passage

log = logging.getLogger(__name__)

_MOST_WORDS = 160
"""A section of more words is cut between its blocks."""
_LIMIT_BYTES = 2_000_000
_PARSER = MarkdownIt("commonmark").enable("table")


@dataclass(slots=True)
class _Section:
    """What stands under one heading."""

    path: tuple[str, ...]
    blocks: list[str] = field(default_factory=list[str])


def read_folders(folders: Sequence[Path]) -> list[Passage]:
    """The passages of all Markdown files below the folders, in the files' order.

    A file that cannot be read is reported in the log and left out whole; so is a folder that is not there.
    """
    passages: list[Passage] = []
    for folder in folders:
        if not folder.is_dir():
            log.warning("knowledge folder not found", extra={"folder": str(folder)})
            continue
        for path in sorted(each for each in folder.rglob("*") if each.suffix.lower() in (".md", ".markdown")):
            passages.extend(_read(path, folder))
    return list({each.id: each for each in passages}.values())


def _read(path: Path, folder: Path) -> list[Passage]:
    source = path.relative_to(folder).as_posix()
    try:
        if path.stat().st_size > _LIMIT_BYTES:
            log.warning("knowledge file too large", extra={"file": source, "limit_bytes": _LIMIT_BYTES})
            return []
        return passages_of(path.read_text(encoding="utf-8-sig"), source=source)
    except (OSError, UnicodeDecodeError) as error:
        log.warning("knowledge file not readable", extra={"file": source, "error": type(error).__name__})
        return []


def passages_of(text: str, *, source: str) -> list[Passage]:
    """Cut one Markdown text."""
    return [
        Passage(id=_id(source, title, body), source=source, title=title, text=body)
        for section in _sections(text, source)
        for title, body in [(" › ".join(section.path), each) for each in _bodies(section)]
    ]


def _sections(text: str, source: str) -> Iterator[_Section]:
    lines = text.splitlines()
    tokens = _PARSER.parse(text)
    path: list[tuple[int, str]] = []
    section = _Section((Path(source).stem,))
    for n, token in enumerate(tokens):
        if token.level != 0 or token.map is None:
            continue
        if token.type == "heading_open":
            yield section
            depth = int(token.tag[1])
            path = [each for each in path if each[0] < depth] + [(depth, _heading(tokens[n + 1]))]
            section = _Section(tuple(title for _, title in path))
        else:
            section.blocks.append("\n".join(lines[token.map[0] : token.map[1]]).strip())
    yield section


def _heading(inline: Token) -> str:
    return "".join(child.content for child in inline.children or []).strip() or inline.content


def _bodies(section: _Section) -> Iterator[str]:
    kept: list[str] = []
    for block in filter(None, section.blocks):
        if kept and sum(len(each.split()) for each in (*kept, block)) > _MOST_WORDS:
            yield "\n\n".join(kept)
            kept = []
        kept.append(block)
    if kept:
        yield "\n\n".join(kept)


def _id(source: str, title: str, body: str) -> str:
    return hashlib.sha256(f"{source}\n{title}\n{body}".encode()).hexdigest()[:20]
