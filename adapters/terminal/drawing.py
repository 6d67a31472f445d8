"""How a reply looks in a terminal, and as one JSON object a line for scripts."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TextIO

import click

from core.marking import plain_lines
from core.reply import (
    Delivery,
    FindingMade,
    Notice,
    Post,
    ReplyEnded,
    ReplyEvent,
    SourceCited,
    TextDelta,
    TextReset,
    ToolFinished,
    ToolStarted,
)
from core.visible import printable

_EVENT_NAMES = {
    TextDelta: "text",
    TextReset: "text_reset",
    ToolStarted: "tool_started",
    ToolFinished: "tool_finished",
    SourceCited: "source",
    FindingMade: "finding",
    Notice: "notice",
    ReplyEnded: "end",
}
_MARKS = {"done": "✓", "waiting": "…", "refused": "✗", "failed": "✗", "unknown": "?"}


def as_json(event: ReplyEvent | Delivery) -> str:
    """One line: `{"event": NAME, …}` with the fields of the event; a post is `post`."""
    if isinstance(event, Delivery):
        post = event.post
        body: dict[str, Any] = {
            "event": "post",
            "kind": post.kind,
            "to": event.thread.channel,
            "text": post.text,
            "footer": post.footer,
            "files": [each.attachment.name for each in post.enclosed],
            "buttons": [asdict(button) for button in post.buttons],
        }
    else:
        fields: dict[str, Any] = asdict(event)
        if isinstance(event, SourceCited):
            fields = fields["citation"]
        if isinstance(event, ToolStarted):
            fields["arguments"] = _parsed(event.arguments)
        body = {"event": _EVENT_NAMES[type(event)], **fields}
    return json.dumps(body, ensure_ascii=False)


def _parsed(arguments: str) -> Any:
    try:
        return json.loads(arguments)
    except ValueError:
        return arguments


def json_drawer(out: TextIO = sys.stdout) -> Callable[[ReplyEvent | Delivery], None]:
    """Draws every event as a JSON line."""

    def draw(event: ReplyEvent | Delivery) -> None:
        print(as_json(event), file=out, flush=True)

    return draw


class Screen:
    """Draws for a person: text as it comes, everything else on lines of its own."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._shown = ""
        self._is_fresh = True

    def draw(self, event: ReplyEvent | Delivery) -> None:
        """Draw one event or post."""
        match event:
            case TextDelta(text):
                self._write(text)
                self._shown += text
            case TextReset(keep_chars):
                self._shown = self._shown[:keep_chars]
                self._line(click.style("(correction)", dim=True))
                self._write(self._shown)
            case ReplyEnded(text):
                self._end(text)
            case Delivery(post=post):
                self._post(post)
            case _:
                self._line(_step_line(event))

    def _end(self, text: str) -> None:
        if text.startswith(self._shown):
            self._write(text[len(self._shown) :])
        elif text != self._shown:
            self._line(printable(text))
        self._line("")
        self._shown = ""

    def _post(self, post: Post) -> None:
        self._line(click.style(f"── {post.kind} ──", bold=True))
        self._line(printable(post.text))
        for each in post.enclosed:
            self._line(_styled(f"🖼 {each.attachment.name}", fg="magenta"))
        for button in post.buttons:
            self._line(
                click.style(f"   /{button.action} {printable(button.value)}   ({printable(button.label)})", fg="green")
            )

    def _write(self, text: str) -> None:
        click.echo(printable(text), nl=False, file=self._out)
        self._is_fresh = text.endswith("\n") or (self._is_fresh and not text)

    def _line(self, text: str) -> None:
        if not self._is_fresh:
            click.echo("", file=self._out)
        click.echo(text, file=self._out)
        self._is_fresh = True


def _step_line(event: ToolStarted | ToolFinished | SourceCited | FindingMade | Notice) -> str:
    """What happens around the text, as one line."""
    match event:
        case ToolStarted(title=title, by=by):
            return _styled(f"⚙ {title}{'' if by == 'model' else f' ({by})'}", fg="cyan")
        case ToolFinished(state=state, summary=summary, receipt_id=receipt):
            tail = f" · receipt {receipt}" if receipt else ""
            return _styled(f"{_MARKS[state]} {state}: {plain_lines(summary)}{tail}", dim=True)
        case SourceCited(citation):
            return _styled(f"[{citation.number}] {citation.title} — {citation.source}", fg="blue")
        case FindingMade(image, summary):
            return _styled(f"🖼 {image}: {summary}", fg="magenta")
        case Notice(text, kind):
            return _styled(text, dim=kind == "status", fg="yellow" if kind == "problem" else None)


def _styled(text: str, *, fg: str | None = None, dim: bool = False) -> str:
    """Text of others in a colour of ours: nothing in it can command the terminal."""
    return click.style(printable(text), fg=fg, dim=dim or None)
