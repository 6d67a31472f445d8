"""Text between Slack's ways of writing it and Markdown."""

import re
from collections.abc import Callable
from html import unescape

_GAP = "\u2060"
"""Word joiner: nothing is seen, and what it stands in is no longer a mention."""

_MENTION = re.compile(
    r"""
      (?<=<)(?=[!@])                                        # <!channel>, <!subteam^…>, <@U…>
    | (?<=@everyon)(?<![\w.+-]@everyon)(?=e)                # @everyone, but no mail address
    | (?<=@channe)(?<![\w.+-]@channe)(?=l)
    | (?<=@her)(?<![\w.+-]@her)(?=e)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TOKEN = re.compile(r"<([@#!][^<>\n]+|[a-zA-Z][a-zA-Z0-9+.-]*:[^<>\n]+)>")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def neutral(text: str) -> str:
    """The same text, in which nothing can ping anybody.

    What was neutralised stays so when more is appended: the result for a beginning of a text is the
    beginning of the result for the whole. So a text can be sent piece by piece.
    """
    return _MENTION.sub(_GAP, text)


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
