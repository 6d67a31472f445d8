"""Sections cut into passages, each small enough to quote and whole enough to be understood alone."""

import hashlib
import itertools
import re
from collections.abc import Iterator

from adapters.sources.reading import Item, Reading, Section
from core.knowledge import Audience, Passage
from core.screening import screened
from core.tongues import language_of

_MOST_WORDS = 160
"""A section of more words is cut between its blocks."""
_LONGEST_BLOCK = 2 * _MOST_WORDS
"""A single block of more words is cut too: a table between its rows, other text between sentences or lines."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_RULE = re.compile(r"^[\s|:-]+$")
SEPARATOR = " › "


def cut(reading: Reading, item: Item, *, source: str, audience: Audience) -> list[Passage]:
    """The passages of a document in its order; the same text in the same place keeps its id."""
    shown = item.shown or item.place
    found: dict[str, Passage] = {}
    stated = reading.language or item.language
    whole = "" if stated else language_of("\n".join(block for each in reading.sections for block in each.blocks))
    for section in reading.sections:
        # What an export says of its article stands above whatever heading comes first in it.
        path = _path(section, item.title or reading.title)
        for body in _bodies(section):
            title = SEPARATOR.join(path)
            text, flags = screened(body, title=title)
            if not text.strip():
                continue
            key = _id(source, item.place, title, text)
            found[key] = Passage(
                key,
                shown,
                title,
                text,
                audience,
                language=(stated or language_of(f"{title}\n{text}") or whole)[:2].lower(),
                changed=reading.changed or item.changed,
                is_suspect=bool(flags),
                flags=flags,
            )
    return list(found.values())


def _path(section: Section, title: str) -> tuple[str, ...]:
    path = tuple(" ".join(each.split()) for each in section.path if each.strip())
    return path if not title or title in path[:1] else (title, *(each for each in path if each != title))


def _bodies(section: Section) -> Iterator[str]:
    kept: list[str] = []
    for block in itertools.chain.from_iterable(map(_pieces, section.blocks)):
        if kept and sum(len(each.split()) for each in (*kept, block)) > _MOST_WORDS:
            yield "\n\n".join(kept)
            kept = []
        kept.append(block)
    if kept:
        yield "\n\n".join(kept)


def _pieces(block: str) -> Iterator[str]:
    if not block.strip():
        return
    if len(block.split()) <= _LONGEST_BLOCK:
        yield block
        return
    lines = block.splitlines()
    is_table = len(lines) > 2 and lines[0].lstrip().startswith("|") and _RULE.match(lines[1])
    head = lines[:2] if is_table else []
    parts = lines[2:] if is_table else _SENTENCE.split(block)
    joiner = "\n" if is_table or len(lines) > len(parts) // 2 else " "
    kept: list[str] = []
    for part in parts:
        words = part.split()
        for at in range(0, max(len(words), 1), _LONGEST_BLOCK):
            one = part if len(words) <= _LONGEST_BLOCK else " ".join(words[at : at + _LONGEST_BLOCK])
            if kept and sum(len(each.split()) for each in (*kept, one)) > _MOST_WORDS:
                yield joiner.join([*head, *kept])
                kept = []
            kept.append(one)
    if kept:
        yield joiner.join([*head, *kept])


def _id(source: str, place: str, title: str, text: str) -> str:
    return hashlib.sha256(f"{source}\n{place}\n{title}\n{text}".encode()).hexdigest()[:20]
