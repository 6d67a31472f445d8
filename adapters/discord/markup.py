"""Text between Discord's ways of writing it and Markdown."""

import re
from collections.abc import Callable
from functools import lru_cache

from adapters.discord.shortcodes import with_emoji
from core.columns import aligned
from core.document import Code, Table
from core.markdown import read_markdown
from core.marking import Dialect, plain_lines, write
from core.mentions import neutral

_TOKEN = re.compile(
    r"<(?:@!?(?P<user>\d+)|@&(?P<role>\d+)|#(?P<channel>\d+)|a?:(?P<emoji>\w+):\d+|/(?P<command>[^:>]+):\d+)>"
)

_PLAIN = r"[^<>|\[\]\\&_~`#@:]*"
_ORDINARY = re.compile(
    r"(?!.*(?:^|\n)(?: {4}|[ \t]*[-=*+.)\d ]{0,3}[-=*]{2,}[ \t]*(?:\n|$)))"
    + rf"{_PLAIN}(?:(?<=\w):(?=\s|\Z){_PLAIN})*",
    re.DOTALL,
)
"""Prose, emphasis and plain lists: Discord draws them as everybody does."""
_HEADINGS = 3

NameOf = Callable[[str, str], str]
"""Kind (`user`, `role`, `channel`) and id to a name; empty where it is not known."""


class _Discord(Dialect):
    """Discord has no tables, no rules, no nested quotes, and headings of three levels."""

    rule = "───"
    has_nested_quotes = False
    has_code_inside = False

    def words(self, text: str) -> str:
        return super().words(with_emoji(text))

    def heading(self, level: int, inner: str) -> str:
        return super().heading(level, inner) if level <= _HEADINGS else f"**{inner}**"

    def table(self, table: Table) -> str:
        return self.code(Code("\n".join(aligned(table))))


_DISCORD = _Discord()


def as_discord(text: str) -> str:
    """A Markdown text as Discord draws it, in which nothing pings and no link lies."""
    if _ORDINARY.fullmatch(text):
        return text
    return neutral(write(read_markdown(text), _DISCORD))


@lru_cache(maxsize=1_024)
def small(text: str) -> str:
    """A title or source as one plain line."""
    return neutral(" ".join(plain_lines(text).split()))


def to_markdown(text: str, *, own: frozenset[str], name_of: NameOf) -> str:
    """Mentions as names, emoji as `:name:`, mentions of the bot (its user or role id in `own`) removed."""

    def replace(match: re.Match[str]) -> str:
        kind, value = str(match.lastgroup), str(match.group(str(match.lastgroup)))
        if kind in ("user", "role"):
            return "" if value in own else f"@{name_of(kind, value) or value}"
        if kind == "channel":
            return f"#{name_of(kind, value) or value}"
        return f":{value}:" if kind == "emoji" else f"/{value}"

    return _TOKEN.sub(replace, text).strip()
