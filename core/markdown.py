"""Markdown read once by a real parser into the tree of `core.document`.

What is read is what a reader may see: raw HTML becomes the text it would show, pictures become links (a picture that
loads by itself tells its owner who reads), links that lie about their target show it.
"""

from dataclasses import dataclass, field
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from core.document import (
    Alignment,
    Block,
    Code,
    CodeWords,
    Heading,
    Inline,
    Items,
    LineEnd,
    Link,
    Paragraph,
    Quote,
    Rule,
    Style,
    Styled,
    Table,
    Words,
    plain_text,
)
from core.html_text import as_text, html_piece
from core.links import judge, shown_target


@cache
def parser() -> MarkdownIt:
    """The one dialect that models are read in: CommonMark with tables and strikethrough."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def read_markdown(text: str) -> tuple[Block, ...]:
    """The blocks of a Markdown text; never fails, since every text is Markdown."""
    return _Reader(parser().parse(text)).blocks()


class _Reader:
    """Reads block tokens in order."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def blocks(self, end: str = "") -> tuple[Block, ...]:
        found: list[Block] = []
        while self._at < len(self._tokens):
            token = self._next()
            if token.type == end:
                break
            if (block := self._block(token)) is not None:
                found.append(block)
        return tuple(found)

    def _next(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _block(self, token: Token) -> Block | None:
        match token.type:
            case "fence" | "code_block":
                return Code(token.content.removesuffix("\n"), token.info.strip().partition(" ")[0])
            case "paragraph_open":
                return _filled(Paragraph(self._inline("paragraph_close")))
            case "heading_open":
                return _filled(Heading(int(token.tag[1:]), self._inline("heading_close")))
            case "blockquote_open":
                return Quote(self.blocks("blockquote_close"))
            case "bullet_list_open" | "ordered_list_open":
                return self._items(token)
            case "table_open":
                return self._table()
            case "html_block":
                return _filled(Paragraph(_lines(as_text(token.content))))
            case "hr":
                return Rule()
            case _:
                return None

    def _inline(self, end: str) -> tuple[Inline, ...]:
        found: tuple[Inline, ...] = ()
        while (token := self._next()).type != end:
            if token.type == "inline":
                found += read_inline(token.children or [])
        return found

    def _items(self, opener: Token) -> Items:
        is_ordered = opener.type == "ordered_list_open"
        end = opener.type.replace("_open", "_close")
        items: list[tuple[Block, ...]] = []
        start = self._at
        while self._next().type != end:
            items.append(self.blocks("list_item_close"))
        own = opener.level + 2
        inner = self._tokens[start : self._at]
        is_tight = not any(each.type == "paragraph_open" and each.level == own and not each.hidden for each in inner)
        return Items(tuple(items), int(opener.attrGet("start") or 1) if is_ordered else None, is_tight)

    def _table(self) -> Table:
        rows: list[tuple[tuple[Inline, ...], ...]] = []
        cells: list[tuple[Inline, ...]] = []
        alignments: list[Alignment] = []
        while (token := self._next()).type != "table_close":
            match token.type:
                case "tr_open":
                    cells = []
                case "tr_close":
                    rows.append(tuple(cells))
                case "th_open":
                    alignments.append(_alignment(str(token.attrGet("style") or "")))
                case "inline":
                    cells.append(read_inline(token.children or []))
                case _:
                    pass
        return Table(tuple(rows), tuple(alignments))


def _filled(block: Paragraph | Heading) -> Paragraph | Heading | None:
    return block if plain_text(block.inside).strip() else None


def _alignment(style: str) -> Alignment:
    return "right" if "right" in style else "center" if "center" in style else "left"


def _lines(text: str) -> tuple[Inline, ...]:
    found: list[Inline] = []
    for line in text.splitlines():
        if line.strip():
            found += [Words(line.strip()), LineEnd()]
    return tuple(found[:-1])


@dataclass(slots=True)
class _Open:
    """A style or a link that has begun."""

    type: str
    target: str = ""
    inside: list[Inline] = field(default_factory=list[Inline])


_STYLES: dict[str, Style] = {"strong": "strong", "em": "emphasis", "s": "strike"}


def read_inline(tokens: list[Token]) -> tuple[Inline, ...]:
    """Inline tokens of the parser as values."""
    stack = [_Open("root")]
    for token in tokens:
        if token.nesting > 0:
            stack.append(_Open(token.type, str(token.attrGet("href") or "")))
        elif token.nesting < 0:
            done = stack.pop()
            stack[-1].inside += _closed(done)
        else:
            stack[-1].inside += _single(token)
    return _joined(stack[0].inside)


def _closed(done: _Open) -> list[Inline]:
    inside = _joined(done.inside)
    if done.type == "link_open":
        return link(inside, done.target)
    style = _STYLES[done.type.removesuffix("_open")]
    return [Styled(style, inside)] if plain_text(inside).strip() else [*inside]


def link(inside: tuple[Inline, ...], target: str) -> list[Inline]:
    """A link as far as a chat may have it; a target that is none is written behind its words."""
    words = plain_text(inside)
    verdict = judge(words, target)
    if verdict == "dead":
        return (
            [*inside, Words(f" ({target})"[not words :])]
            if target.removeprefix("mailto:") not in ("", words)
            else [*inside]
        )
    if verdict == "elsewhere" or not words.strip():
        return [Link(target, (Words(shown_target(target)),))]
    return [Link(target, inside)]


def _single(token: Token) -> list[Inline]:
    match token.type:
        case "text" | "text_special":
            return [Words(token.content)]
        case "code_inline":
            return [CodeWords(token.content)]
        case "softbreak" | "hardbreak":
            return [LineEnd()]
        case "image":
            target = str(token.attrGet("src") or "")
            return link((Words(_alternative(token.children or [])),), target)
        case "html_inline":
            shown = html_piece(token.content)
            return [LineEnd()] if shown == "\n" else [Words(shown)] if shown else []
        case _:
            return [Words(token.content)] if token.content else []


def _alternative(tokens: list[Token]) -> str:
    """The words of a picture: text alone, whatever marks it had."""
    return "".join(_alternative(each.children) if each.children else each.content for each in tokens)


def _joined(inside: list[Inline]) -> tuple[Inline, ...]:
    """Neighbouring words as one, so that marks across their border are seen when they are escaped."""
    found: list[Inline] = []
    for each in inside:
        if isinstance(each, Words) and found and isinstance(found[-1], Words):
            found[-1] = Words(found[-1].text + each.text)
        elif not (isinstance(each, Words) and not each.text):
            found.append(each)
    return tuple(found)
