"""One entry of a chat log as the page shows it, and how an event of a reply changes it.

Pure: knows no browser, no markup and no clock.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from core.reply import (
    Button,
    Citation,
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

Kind = Literal["customer", "reply", "notice", "card", "relay"]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent with a message."""

    id: str
    name: str
    media_type: str
    size_bytes: int
    message_id: str = ""
    """Empty until the message it belongs to was sent."""
    channel: str = ""
    """The customer's channel: all that is kept of them is in its folder."""


@dataclass(frozen=True, slots=True)
class Step:
    """A tool call in the log."""

    call_id: str
    title: str
    tool: str
    arguments: str
    by: str
    state: str = "running"
    summary: str = ""
    receipt_id: str = ""
    approval_id: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A message, an answer (open or whole), a card or a notice."""

    id: str
    kind: Kind
    at: datetime
    name: str = ""
    text: str = ""
    is_open: bool = False
    """Still being written."""
    is_gone: bool = False
    """Withdrawn: the page removes it."""
    status: str = ""
    """What is going on just now."""
    files: tuple[Upload, ...] = ()
    steps: tuple[Step, ...] = ()
    findings: tuple[FindingMade, ...] = ()
    notices: tuple[Notice, ...] = ()
    citations: tuple[Citation, ...] = ()
    buttons: tuple[Button, ...] = ()
    footer: str = ""


def drawn(entry: Entry, event: ReplyEvent) -> Entry:
    """The entry after one event of its reply."""
    match event:
        case TextDelta(text=text):
            return replace(entry, text=entry.text + text, status="")
        case TextReset(keep_chars=keep):
            return replace(entry, text=entry.text[:keep])
        case ReplyEnded(text=text):
            return replace(entry, text=text, status="")
        case ToolStarted() | ToolFinished():
            return replace(entry, steps=_stepped(entry.steps, event), status="")
        case SourceCited(citation=citation):
            known = {each.number: each for each in (*entry.citations, citation)}
            return replace(entry, citations=tuple(known.values()))
        case FindingMade():
            return replace(entry, findings=(*entry.findings, event), status="")
        case Notice(kind="status", text=text):
            return replace(entry, status=text)
        case Notice():
            return replace(entry, notices=(*entry.notices, event))


def closed(entry: Entry, post: Post) -> Entry:
    """The entry once its final post is known; steps that never ended are said to be unfinished."""
    steps = tuple(replace(each, state="unfinished") if each.state == "running" else each for each in entry.steps)
    return replace(
        entry,
        kind=post.kind,
        text=post.text,
        citations=post.citations,
        buttons=post.buttons,
        footer=post.footer,
        steps=steps,
        is_open=False,
        status="",
    )


def _stepped(steps: tuple[Step, ...], event: ToolStarted | ToolFinished) -> tuple[Step, ...]:
    by_id = {each.call_id: each for each in steps}
    if isinstance(event, ToolStarted):
        by_id[event.call_id] = Step(event.call_id, event.title, event.tool, event.arguments, event.by)
    else:
        begun = by_id.get(event.call_id) or Step(event.call_id, event.tool, event.tool, "", "model")
        by_id[event.call_id] = replace(
            begun,
            state=event.state,
            summary=event.summary,
            receipt_id=event.receipt_id,
            approval_id=event.approval_id,
        )
    return tuple(by_id.values())
