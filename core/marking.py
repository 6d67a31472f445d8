"""Writes a Markdown text in the marks of a platform.

An adapter uses it so: `write(read_markdown(text), dialect)`, with its own `Dialect` (a subclass that writes
what its platform writes otherwise), then `neutral` over the whole, then `split_markdown` to its limit. What a
reader sees is the same on every platform; only the marks differ. Text that stands in a place for plain words
(a title, a notification) comes from `plain_lines`.
"""

import re
from collections.abc import Iterable, Sequence

from core.document import (
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
from core.links import BARE
from core.markdown import read_markdown

_SPECIAL = re.compile(r"[\\`*_\[\]<>~|]|&(?=#?\w+;)|!(?=\[)")
_HASH = r"\\#"
_LINE_START = re.compile(r"(\s*)(#{1,6}(?=\s|$)|[-+](?=\s|$)|\d{1,9}(?=[.)](?:\s|$))|=+(?=\s*$)|-{2,}(?=\s*$))")


_LIKE_A_RULE = re.compile(r"\A((?:- ){2,})-(?=\n|\Z)")


class Dialect:
    """Standard Markdown; a platform's own dialect overrides what it writes otherwise. Has no state."""

    styles: dict[Style, str] = {"strong": "**", "emphasis": "*", "strike": "~~"}  # noqa: RUF012 (never changed)
    rule = "***"
    has_nested_quotes = True
    """A quote in a quote is marked twice; else both are one."""
    has_code_inside = True
    """Code blocks may stand indented in lists and behind quote marks; else they stand at the margin."""

    def words(self, text: str) -> str:
        """Running text with every mark in it made a plain character; addresses become links by themselves."""
        parts: list[str] = []
        at = 0
        for found in BARE.finditer(text):
            parts += [self.escaped(text[at : found.start()]), self.address(found.group())]
            at = found.end()
        return _glued([*parts, self.escaped(text[at:])])

    def escaped(self, text: str) -> str:
        """Text in which nothing is a mark."""
        return _SPECIAL.sub(r"\\\g<0>", text)

    def address(self, address: str) -> str:
        """An address that stands in the text."""
        return f"<{address}>"

    def line(self, line: str) -> str:
        """A line of a paragraph whose first characters would make it something else."""
        return _LINE_START.sub(_guarded, line, count=1) if _LINE_START.match(line) else line

    def styled(self, style: Style, inner: str) -> str:
        """Text with a weight; white space stays outside of the marks."""
        mark = self.styles[style]
        core = inner.strip()
        if mark == "*" and (core.startswith("*") or core.endswith("*")):
            mark = "_"
        start = inner.index(core) if core else 0
        return f"{inner[:start]}{mark}{core}{mark}{inner[start + len(core) :]}" if core else inner

    def code_words(self, text: str) -> str:
        """Code in a line, with a fence longer than any in it."""
        text = text.replace("\n", " ")
        fence = "`" * (max(map(len, re.findall(r"`+", text)), default=0) + 1)
        gap = " " if text.startswith("`") or text.endswith("`") or (text[:1] == text[-1:] == " " != text) else ""
        return f"{fence}{gap}{text}{gap}{fence}"

    def link(self, label: str, target: str) -> str:
        """A link; the label is written already."""
        return f"[{label}]({_bracketed(target)})"

    def heading(self, level: int, inner: str) -> str:
        """A heading of one line."""
        return f"{'#' * level} {re.sub(r'#(?=#*$)', _HASH, inner)}"

    def code(self, code: Code) -> str:
        """A block of code, with a fence longer than any in it."""
        fence = "`" * max(3, max(map(len, re.findall(r"`+", code.text)), default=0) + 1)
        language = re.sub(r"[\s`]", "", code.language)
        return f"{fence}{language}\n{code.text}\n{fence}" if code.text else f"{fence}{language}\n{fence}"

    def bullet(self, number: int | None) -> str:
        """What stands before an item; its further lines are indented by as much."""
        return "- " if number is None else f"{number}. "

    def quoted(self, text: str) -> str:
        """Every line marked as a quote."""
        return "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))

    def table(self, table: Table) -> str:
        """A table as Markdown writes it."""
        rows = [[self.cell(cell) for cell in row] for row in table.rows]
        marks = {"left": "---", "center": ":-:", "right": "--:"}
        ruler = [marks[each] for each in table.alignments]
        return "\n".join(f"| {' | '.join(row)} |" for row in [rows[0], ruler, *rows[1:]])

    def cell(self, inside: Sequence[Inline]) -> str:
        """What a cell holds, on one line. Inside code too, a bar ends the cell unless it is escaped."""
        text = write_inline(inside, self).replace("\n", " ")
        return re.sub(r"(?<!\\)\|", r"\\|", text)


def write(blocks: Sequence[Block], dialect: Dialect) -> str:
    """The whole text in a dialect, blocks apart by an empty line."""
    return _write(blocks, dialect, in_quote=False)


def plain_lines(text: str) -> str:
    """What a reader sees of a Markdown text, as plain lines."""
    return write(read_markdown(text), _PLAIN)


def write_inline(inside: Sequence[Inline], dialect: Dialect) -> str:
    """Inline values in a dialect."""
    parts: list[str] = []
    for each in inside:
        match each:
            case Words(text):
                parts.append(dialect.words(text))
            case CodeWords(text):
                parts.append(dialect.code_words(text))
            case Styled(style, inner):
                parts.append(dialect.styled(style, write_inline(inner, dialect)))
            case Link(target, inner):
                parts.append(_link(target, inner, dialect))
            case LineEnd():
                parts.append("\n")
    return _glued(parts)


def _glued(parts: Iterable[str]) -> str:
    """Parts as one text; an exclamation mark before a link would make it a picture."""
    text = ""
    for part in parts:
        if part.startswith("[") and text.endswith("!"):
            text = f"{text[:-1]}\\!"
        text += part
    return text


def _link(target: str, inner: Sequence[Inline], dialect: Dialect) -> str:
    words = plain_text(tuple(inner))
    if words == target and BARE.fullmatch(target):
        return dialect.address(target)
    # Words of a link are never links themselves.
    label = "".join(
        dialect.escaped(each.text) if isinstance(each, Words) else write_inline([each], dialect) for each in inner
    )
    return dialect.link(label.replace("\n", " "), target)


def _write(blocks: Sequence[Block], dialect: Dialect, *, in_quote: bool) -> str:
    return "\n\n".join(_block(block, dialect, in_quote=in_quote) for block in _apart(blocks))


def _apart(blocks: Sequence[Block]) -> Iterable[Block]:
    """Two lists in a row would be read as one."""
    last: Block | None = None
    for block in blocks:
        if isinstance(block, Items) and isinstance(last, Items) and (block.start is None) == (last.start is None):
            last = Items(last.items + block.items, last.start, last.is_tight and block.is_tight)
            continue
        if last is not None:
            yield last
        last = block
    if last is not None:
        yield last


def _block(block: Block, dialect: Dialect, *, in_quote: bool) -> str:
    match block:
        case Paragraph(inside):
            return "\n".join(dialect.line(line.strip()) for line in write_inline(inside, dialect).split("\n"))
        case Heading(level, inside):
            return dialect.heading(level, write_inline(inside, dialect).replace("\n", " "))
        case Code():
            return dialect.code(block)
        case Quote(blocks):
            return _quote(blocks, dialect, in_quote=in_quote)
        case Items():
            return _items(block, dialect, in_quote=in_quote)
        case Table():
            return dialect.table(block)
        case Rule():
            return dialect.rule


def _quote(blocks: Sequence[Block], dialect: Dialect, *, in_quote: bool) -> str:
    if in_quote and not dialect.has_nested_quotes:
        return _write(blocks, dialect, in_quote=True)
    if dialect.has_code_inside or not any(isinstance(each, Code) for each in blocks):
        return dialect.quoted(_write(blocks, dialect, in_quote=True))
    parts = [
        dialect.code(each) if isinstance(each, Code) else dialect.quoted(_block(each, dialect, in_quote=True))
        for each in blocks
    ]
    return "\n".join(parts)


def _items(items: Items, dialect: Dialect, *, in_quote: bool) -> str:
    written: list[str] = []
    for n, blocks in enumerate(items.items):
        mark = dialect.bullet(None if items.start is None else items.start + n)
        written.append(_item(mark, blocks, dialect, is_tight=items.is_tight, in_quote=in_quote))
    return ("\n" if items.is_tight else "\n\n").join(written)


def _item(mark: str, blocks: Sequence[Block], dialect: Dialect, *, is_tight: bool, in_quote: bool) -> str:
    parts: list[str] = []
    for block in blocks:
        text = _block(block, dialect, in_quote=in_quote)
        at_margin = isinstance(block, Code) and not dialect.has_code_inside
        parts.append(text if at_margin else _indented(text, len(mark)))
    body = ("\n" if is_tight else "\n\n").join(parts)
    starts_at_margin = bool(blocks) and isinstance(blocks[0], Code) and not dialect.has_code_inside
    if starts_at_margin:
        return f"{mark.rstrip()}\n{body}"
    # Empty items inside of each other would read as a rule.
    return _LIKE_A_RULE.sub(
        lambda found: found[1] + dialect.line("- ").rstrip(), (mark + body[len(mark) :]).rstrip(" ")
    )


def _indented(text: str, by: int) -> str:
    return "\n".join(" " * by + line if line else "" for line in text.split("\n"))


def _guarded(match: re.Match[str]) -> str:
    space, mark = match.groups()
    return f"{space}{mark}\\" if mark.isdigit() else f"{space}\\{mark}"


def _bracketed(target: str) -> str:
    """An address as Markdown takes it inside of round brackets."""
    return "".join({"(": "%28", ")": "%29", " ": "%20", "\\": "%5C", "*": "%2A"}.get(char, char) for char in target)


class _Plain(Dialect):
    """No marks at all."""

    styles: dict[Style, str] = {"strong": "", "emphasis": "", "strike": ""}  # noqa: RUF012 (never changed)
    rule = "—"
    has_code_inside = False

    def words(self, text: str) -> str:
        return text

    def escaped(self, text: str) -> str:
        return text

    def address(self, address: str) -> str:
        return address

    def line(self, line: str) -> str:
        return line

    def code_words(self, text: str) -> str:
        return text

    def link(self, label: str, target: str) -> str:
        return label

    def heading(self, level: int, inner: str) -> str:
        return inner

    def code(self, code: Code) -> str:
        return code.text

    def quoted(self, text: str) -> str:
        return text

    def table(self, table: Table) -> str:
        return "\n".join(" · ".join(plain_text(cell).replace("\n", " ") for cell in row) for row in table.rows)


_PLAIN = _Plain()
