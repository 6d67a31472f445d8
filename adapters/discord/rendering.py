"""How a post looks in Discord: Markdown within limits, small print, buttons that outlive a restart."""

import re
from collections.abc import Sequence

from pydantic import JsonValue

from adapters.discord.markup import as_discord, small
from core.drafts import settled
from core.mentions import neutral
from core.reply import Button, Citation, Post
from core.splitting import split_markdown

Json = dict[str, JsonValue]

LIMIT_CHARS = 2_000
PLACEHOLDER = "-# …"
_LABEL_CHARS = 80
_CUSTOM_ID_CHARS = 100
_A_ROW = 5
_MOST_ROWS = 5
_STYLES: dict[str, JsonValue] = {"plain": 2, "good": 3, "danger": 4}
_MARK = "firstline"
_USER = re.compile(r"\d{15,21}")
_MOST_CALLS = 10
_NOBODY: Json = {"parse": [], "replied_user": False}
_NO_PREVIEWS = 1 << 2
"""Links are not unfolded: sources would push the answer off the screen."""


def body_of(text: str, *, buttons: tuple[Button, ...] = (), calls: Sequence[str] = ()) -> Json:
    """A message as Discord takes it. Nothing in it can ping anybody but those it calls, whatever the text says."""
    called: list[JsonValue] = [*calls]
    return {
        "content": text,
        "components": components(buttons),
        "allowed_mentions": {**_NOBODY, "users": called} if called else _NOBODY,
        "flags": _NO_PREVIEWS,
    }


def messages_of(post: Post) -> list[str]:
    """The texts of the messages that show a post, at least one, each within Discord's limit."""
    called = " ".join(f"<@{each}>" for each in called_by(post))
    parts = split_markdown(as_discord(post.text), limit_chars=LIMIT_CHARS - len(called) - bool(called))
    if called:
        parts[:1] = [f"{called} {parts[0] if parts else ''}".rstrip()]
    if small := small_print(post):
        if parts and len(parts[-1]) + len(small) + 1 <= LIMIT_CHARS:
            parts[-1] = f"{parts[-1]}\n{small}"
        else:
            parts.extend(split_markdown(small, limit_chars=LIMIT_CHARS))
    return parts or [PLACEHOLDER]


def called_by(post: Post) -> list[str]:
    """Whom of Discord's users a post calls."""
    return [each for each in post.pings if _USER.fullmatch(each)][:_MOST_CALLS]


def draft_of(text: str) -> str:
    """What is shown of a text that may be longer than a message: its newest part."""
    text = as_discord(settled(text))
    if len(text) <= LIMIT_CHARS:
        return text.strip() or PLACEHOLDER
    parts = split_markdown(text, limit_chars=LIMIT_CHARS)
    return parts[-1] if parts else PLACEHOLDER


def small_print(post: Post) -> str:
    """Sources and footer, as Discord's small text."""
    lines = [_source(each) for each in post.citations]
    lines += [f"-# {neutral(line)}" for line in post.footer.splitlines() if line.strip()]
    return "\n".join(lines)


def _source(citation: Citation) -> str:
    where = citation.source
    where = f"<{where}>" if where.startswith(("https://", "http://")) and " " not in where else small(where)
    return f"-# [{citation.number}] {small(citation.title)} — {where}"


def status_line(text: str) -> str:
    """What goes on just now, where the answer will stand."""
    return f"-# {small(text)} …"[:LIMIT_CHARS]


def components(buttons: tuple[Button, ...]) -> list[JsonValue]:
    """Buttons in rows. Their ids say all there is to know, so presses are understood after any restart."""
    drawn = [_button(each) for each in buttons]
    rows = [drawn[at : at + _A_ROW] for at in range(0, len(drawn), _A_ROW)][:_MOST_ROWS]
    return [{"type": 1, "components": [*row]} for row in rows]


def _button(button: Button) -> Json:
    return {
        "type": 2,
        "style": _STYLES[button.style],
        "label": button.label[:_LABEL_CHARS],
        "custom_id": custom_id(button),
    }


def custom_id(button: Button) -> str:
    """`firstline:ACTION:VALUE`."""
    made = f"{_MARK}:{button.action}:{button.value}"
    if len(made) > _CUSTOM_ID_CHARS:
        raise ValueError(f"too long for a Discord button: {made!r}")
    return made


def pressed(custom_id: str) -> tuple[str, str] | None:
    """Action and value of a press on one of our buttons; None for anything else."""
    mark, _, rest = custom_id.partition(":")
    action, _, value = rest.partition(":")
    return (action, value) if mark == _MARK and action else None
