"""Markdown, with what stands before its first line between `---` taken as what it says about itself."""

import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, cast

from markdown_it import MarkdownIt
from markdown_it.token import Token

from adapters.sources.reading import Reading, Section, Unreadable
from core.html_text import as_text

_PARSER = MarkdownIt("commonmark").enable("table")
_FRONT = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"<!--(.*?)(?:-->|\Z)", re.DOTALL)
_LINK_COMMENT = re.compile(r"^\[(?://|comment|_)[^\]]*\]:\s*\S*\s*[\"(](.*)[\")]\s*$", re.MULTILINE)


def read_markdown(text: str, *, name: str) -> Reading:
    """Read one text. Raises `Unreadable` for front matter that cannot be understood."""
    told, text = _front(text.replace("\r\n", "\n"))
    hidden: list[str] = _LINK_COMMENT.findall(text)
    sections = tuple(_sections(text, PurePosixPath(name).stem, hidden))
    title = str(told.get("title") or next((each.path[0] for each in sections if each.blocks and each.path), ""))
    return Reading(
        sections,
        title=title,
        language=str(told.get("language") or told.get("lang") or ""),
        changed=_day(told),
        told=told,
        hidden=tuple(each.strip() for each in hidden if each.strip()),
    )


def _front(text: str) -> tuple[Mapping[str, object], str]:
    found = _FRONT.match(text)
    if found is None:
        return {}, text
    try:
        yaml = importlib.import_module("yaml")
    except ModuleNotFoundError as error:
        raise Unreadable("it begins with settings between ---; install the extra `sources` to read them") from error
    try:
        value: object = yaml.safe_load(found[1])
    except (yaml.YAMLError, ValueError) as error:
        raise Unreadable("what stands between --- at its beginning is no valid YAML") from error
    if value is None:
        return {}, text[found.end() :]
    if not isinstance(value, dict):
        return {}, text  # a line between two rules, not settings
    told = cast("dict[Any, object]", value)
    return {str(key).lower(): each for key, each in told.items()}, text[found.end() :]


def _day(told: Mapping[str, object]) -> str:
    value = next((told[key] for key in ("updated", "changed", "date", "last_modified") if told.get(key)), "")
    return str(value)[:10]


def _sections(text: str, stem: str, hidden: list[str]) -> Iterator[Section]:
    lines = text.splitlines()
    tokens = _PARSER.parse(text)
    path: list[tuple[int, str]] = []
    section = Section((stem,))
    for n, token in enumerate(tokens):
        if token.level != 0 or token.map is None:
            continue
        if token.type == "heading_open":
            yield section
            depth = int(token.tag[1])
            path = [each for each in path if each[0] < depth] + [(depth, _heading(tokens[n + 1]))]
            section = Section(tuple(title for _, title in path))
        else:
            block = _shown("\n".join(lines[token.map[0] : token.map[1]]).strip(), token, hidden)
            if block:
                section.blocks.append(block)
    yield section


def _heading(inline: Token) -> str:
    shown = (child.content for child in inline.children or [] if child.type != "html_inline")
    return "".join(shown).strip() or inline.content


def _shown(block: str, token: Token, hidden: list[str]) -> str:
    """A block without what a reader of the page does not see."""
    if token.type in ("fence", "code_block") or "<" not in block:
        return block
    hidden += _COMMENT.findall(block)
    block = _COMMENT.sub("", block).strip()
    if token.type == "html_block" and block:
        return _html(block, hidden)
    return block


def _html(block: str, hidden: list[str]) -> str:
    try:
        html = importlib.import_module("adapters.sources.html")
    except ModuleNotFoundError:
        return as_text(block).strip()
    reading: Reading = html.read_html(block.encode(), name="")
    hidden += reading.hidden
    return "\n\n".join(each for section in reading.sections for each in section.blocks)
