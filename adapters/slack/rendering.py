"""A post as Slack messages: Markdown blocks, sources, small print, buttons."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from adapters.slack.markup import as_markdown, escape
from core.marking import plain_lines
from core.mentions import neutral
from core.reply import Button, Citation, Post
from core.splitting import split_markdown

Block = dict[str, JsonValue]

TEXT_LIMIT_CHARS = 10_500
"""Of Markdown in one message. Slack takes 12,000 in Markdown blocks, and about 13,200 in all blocks."""
_FALLBACK_LIMIT_CHARS = 3_000
_LABEL_LIMIT_CHARS = 75
_VALUE_LIMIT_CHARS = 2_000
_SMALL_PRINT_CHARS = 2_000
_TITLE_CHARS = 200
_CITATIONS = 8
_NOTHING_SAID = "…"

_USER = re.compile(r"[UW][A-Z0-9]{5,20}")
_MOST_CALLS = 10

ACTION_PREFIX = "firstline:"
_STYLES = {"good": "primary", "danger": "danger"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message as Slack takes it."""

    markdown: str
    extras: tuple[Block, ...]
    """What stands below the text."""

    @property
    def text(self) -> str:
        """What notifications and screen readers get."""
        return fallback(self.markdown)

    @property
    def blocks(self) -> list[JsonValue]:
        """The whole message as blocks."""
        return [{"type": "markdown", "text": self.markdown}, *self.extras]


def render(post: Post) -> list[Rendered]:
    """The messages of a post, at least one; sources and buttons are under the last."""
    parts = split_markdown(as_markdown(post.text), limit_chars=TEXT_LIMIT_CHARS)
    parts = parts or [_NOTHING_SAID]
    below = (*_calls(post.pings), *extras(post))
    last = len(parts) - 1
    return [Rendered(part, below if n == last else ()) for n, part in enumerate(parts)]


def fallback(markdown: str) -> str:
    """Text for where blocks are not shown; cut, because the blocks hold it all."""
    return escape(neutral(plain_lines(markdown))[:_FALLBACK_LIMIT_CHARS]) or _NOTHING_SAID


def markdown_block(text: str) -> list[JsonValue]:
    """A short text of ours or the core's as blocks."""
    return [{"type": "markdown", "text": as_markdown(text)[:TEXT_LIMIT_CHARS] or _NOTHING_SAID}]


def extras(post: Post) -> tuple[Block, ...]:
    """Sources, small print and buttons."""
    blocks: list[Block] = []
    if post.citations:
        blocks.append(_context([_source(each) for each in post.citations[:_CITATIONS]]))
    if post.footer:
        blocks.append(_context([escape(neutral(post.footer))]))
    blocks.extend(_feedback([each for each in post.buttons if _is_feedback(each)]))
    if plain := [each for each in post.buttons if not _is_feedback(each)]:
        elements: list[JsonValue] = [*_elements(plain)]
        blocks.append({"type": "actions", "elements": elements})
    return tuple(blocks)


def _calls(users: Sequence[str]) -> Iterable[Block]:
    """A line that calls people: mentions of the text itself call nobody."""
    if called := [f"<@{each}>" for each in users if _USER.fullmatch(each)][:_MOST_CALLS]:
        yield {"type": "section", "text": {"type": "mrkdwn", "text": " ".join(called)}}


def _context(lines: Sequence[str]) -> Block:
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": line[:_SMALL_PRINT_CHARS]} for line in lines],
    }


def _source(citation: Citation) -> str:
    title = escape(neutral(citation.title[:_TITLE_CHARS]))
    if citation.source.startswith(("https://", "http://")):
        address = escape(citation.source).replace("|", "%7C")
        return f"[{citation.number}] <{address}|{title}>"
    where = escape(neutral(citation.source[:_TITLE_CHARS]))
    return f"[{citation.number}] {title}" + (f" · {where}" if where else "")


def _is_feedback(button: Button) -> bool:
    return button.action == "feedback"


def _feedback(buttons: Sequence[Button]) -> Iterable[Block]:
    """Slack draws a pair of thumbs itself; the first button is the good one."""
    if len(buttons) != 2:
        return
    good, bad = buttons
    yield {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": f"{ACTION_PREFIX}feedback",
                "positive_button": _thumb(good),
                "negative_button": _thumb(bad),
            }
        ],
    }


def _thumb(button: Button) -> Block:
    return {
        "text": _plain(button.label),
        "value": button.value[:_VALUE_LIMIT_CHARS],
        "accessibility_label": button.label[:_LABEL_LIMIT_CHARS],
    }


def _elements(buttons: Sequence[Button]) -> Iterable[Block]:
    seen: dict[str, int] = {}
    for button in buttons:
        seen[button.action] = n = seen.get(button.action, 0) + 1
        # Slack wants the ids of one block to differ; a press drops what follows the second colon.
        suffix = f":{n}" if n > 1 else ""
        element: Block = {
            "type": "button",
            "action_id": f"{ACTION_PREFIX}{button.action}{suffix}",
            "text": _plain(button.label),
            "value": button.value[:_VALUE_LIMIT_CHARS],
        }
        if style := _STYLES.get(button.style):
            element["style"] = style
        yield element


def _plain(label: str) -> Block:
    return {"type": "plain_text", "text": label[:_LABEL_LIMIT_CHARS], "emoji": True}
