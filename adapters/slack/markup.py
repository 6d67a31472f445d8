"""Text between Slack's ways of writing it and Markdown."""

import re
from collections.abc import Callable
from html import unescape

from markdown_it.token import Token

from core.columns import aligned
from core.document import Code, Style, Table
from core.links import judge
from core.markdown import parser, read_markdown
from core.marking import Dialect, plain_lines, write
from core.mentions import neutral

_TOKEN = re.compile(r"<([@#!][^<>\n]+|[a-zA-Z][a-zA-Z0-9+.-]*:[^<>\n]+)>")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MARKS = re.compile(r"(?<!\w)([*_~])(?=\S)|(`)")
_LETTERS_APART = "\u200b"
"""Zero width space: Slack's mrkdwn has no escape, and a mark beside it is a plain character."""
_SIGNS = re.compile(r"[<\[\t\r]| {4}|[=-] *$", re.MULTILINE)
"""Without any of these a text has no HTML, link, picture, indented code or underlined heading: no need to parse it."""
_PLAIN_BLOCKS = frozenset(
    "paragraph heading bullet_list ordered_list list_item blockquote table thead tbody tr th td".split()
)
_PLAIN_TOKENS = frozenset(
    {f"{each}_{end}" for each in _PLAIN_BLOCKS for end in ("open", "close")}
    | {f"{each}_{end}" for each in ("strong", "em", "s") for end in ("open", "close")}
    | {"link_close", "fence", "hr", "inline", "text", "text_special", "code_inline", "softbreak", "hardbreak"}
)


def as_markdown(text: str) -> str:
    """A Markdown text as Slack's Markdown blocks and streams take it, in which nothing pings and no link lies.

    What Slack draws as everybody does stays as it was written, so that a stream goes on where it stopped; the
    rest (raw HTML, pictures, links by reference, indented code) is written anew.
    """
    if neutral(text) == text and _is_plain(text):
        return text
    return neutral(_anew(text))


def as_mrkdwn(text: str) -> str:
    """A Markdown text in Slack's own marks, for where Markdown blocks are not taken: views, small print."""
    return neutral(write(read_markdown(text), _MRKDWN))


def escape(text: str) -> str:
    """Text for Slack's own mrkdwn, in which nothing is a mention, a link or an entity."""
    return "".join(_ESCAPES.get(char, char) for char in text)


def to_markdown(text: str, *, bot_user: str, name_of: Callable[[str], str]) -> str:
    """What a person wrote, as Markdown: mentions as names, links as links, the bot's mention removed."""

    def replace(match: re.Match[str]) -> str:
        target, _, label = match.group(1).partition("|")
        kind, rest = target[0], target[1:]
        if kind == "@":
            return "" if rest == bot_user else f"@{label or name_of(rest)}"
        if kind == "#":
            return f"#{label or rest}"
        if kind == "!":
            return label or f"@{rest.partition('^')[0]}"
        return _link(target, label)

    return unescape(_TOKEN.sub(replace, text)).strip()


def _link(target: str, label: str) -> str:
    address = target.removeprefix("mailto:").removeprefix("tel:")
    if not label or label in (address, address.partition("://")[2]):
        return address
    return f"[{label}]({address})" if "://" in address else label


def _anew(text: str) -> str:
    """Marks that got new neighbours may no longer be marks: then the words alone are written."""
    written, seen = write(read_markdown(text), _MARKDOWN), plain_lines(text)
    if _solid(plain_lines(written)) == _solid(seen):
        return written
    return "\n".join(_MARKDOWN.line(_MARKDOWN.escaped(line.strip())) for line in seen.split("\n"))


def _solid(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _is_plain(text: str) -> bool:
    if not _SIGNS.search(text):
        return True
    env: dict[str, object] = {}
    tokens = parser().parse(text, env)
    return not env.get("references") and all(map(_is_plain_token, tokens))


def _is_plain_token(token: Token) -> bool:
    if token.type == "heading_open":
        return token.markup.startswith("#")
    if token.type == "inline":
        return _are_plain(token.children or [])
    return token.type in _PLAIN_TOKENS


def _are_plain(children: list[Token]) -> bool:
    for n, token in enumerate(children):
        if token.type == "link_open":
            ends = next((m for m in range(n, len(children)) if children[m].type == "link_close"), len(children))
            label = "".join(each.content for each in children[n:ends])
            if judge(label, str(token.attrGet("href") or "")) != "fine":
                return False
        elif token.type not in _PLAIN_TOKENS:
            return False
    return True


class _SlackMarkdown(Dialect):
    """What Slack's Markdown blocks take: standard Markdown, with addresses as they are."""

    def address(self, address: str) -> str:
        return f"[{self.escaped(address)}]({address})"


class Mrkdwn(Dialect):
    """Slack's own marks."""

    styles: dict[Style, str] = {"strong": "*", "emphasis": "_", "strike": "~"}  # noqa: RUF012 (never changed)
    rule = "─" * 12
    has_nested_quotes = False
    has_code_inside = False

    def escaped(self, text: str) -> str:
        return _MARKS.sub(rf"\g<0>{_LETTERS_APART}", escape(text))

    def address(self, address: str) -> str:
        return f"<{escape(address)}>"

    def line(self, line: str) -> str:
        return line

    def code_words(self, text: str) -> str:
        text = escape(text.replace("\n", " ").replace("`", f"`{_LETTERS_APART}"))
        return f"`{text}`"

    def link(self, label: str, target: str) -> str:
        return f"<{escape(target).replace('|', '%7C')}|{label.replace('|', '¦')}>"

    def heading(self, level: int, inner: str) -> str:
        return f"*{inner}*"

    def code(self, code: Code) -> str:
        text = escape(code.text.replace("```", f"``{_LETTERS_APART}`"))
        return f"```\n{text}\n```"

    def bullet(self, number: int | None) -> str:
        return "• " if number is None else f"{number}. "

    def table(self, table: Table) -> str:
        return self.code(Code("\n".join(aligned(table))))


_MARKDOWN = _SlackMarkdown()
_MRKDWN = Mrkdwn()
