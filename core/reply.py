"""An answer as it is written: typed events that every surface renders in its own way."""

from dataclasses import dataclass
from typing import Literal

from core.conversation import Attachment, Message, Thread


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a statement comes from."""

    number: int
    """As the text marks it, `[1]`."""
    title: str
    source: str
    """A path or an address a person can open."""
    quote: str
    """The words of the passage that were used."""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of the answer's Markdown."""

    text: str


@dataclass(frozen=True, slots=True)
class TextReset:
    """Everything after the first `keep_chars` characters is withdrawn and will be written anew."""

    keep_chars: int


@dataclass(frozen=True, slots=True)
class ToolStarted:
    """A tool call begins."""

    call_id: str
    tool: str
    title: str
    """For people: `Looking up order #88291`."""
    arguments: str
    """The arguments as JSON text."""
    by: Literal["model", "runtime", "staff", "customer"] = "model"


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """A tool call ended."""

    call_id: str
    tool: str
    state: Literal["done", "waiting", "refused", "failed", "unknown"]
    """`waiting`: a person has to approve first; `unknown`: sent, outcome not known, people look."""
    summary: str
    receipt_id: str = ""
    approval_id: str = ""


@dataclass(frozen=True, slots=True)
class SourceCited:
    """The answer rests on this."""

    citation: Citation


@dataclass(frozen=True, slots=True)
class FindingMade:
    """What a picture showed."""

    image: str
    """The file's name as the customer sent it."""
    summary: str
    is_text_only: bool
    """Only letters were read off it; nothing was seen."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A fixed line of ours about the turn itself: a status, a limit, a hand-over."""

    text: str
    kind: Literal["status", "info", "problem", "handoff"] = "info"
    """A `status` is transient: shown while something goes on, never part of the answer."""


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """The answer is whole. `text` is all of it, exactly as it must end up on the platform."""

    text: str
    outcome: Literal["answered", "handed_off", "cut", "failed"]


ReplyEvent = TextDelta | TextReset | ToolStarted | ToolFinished | SourceCited | FindingMade | Notice | ReplyEnded


@dataclass(frozen=True, slots=True)
class Button:
    """A button; a press comes back to the core as `Press` with the same action and value."""

    action: str
    """`approve`, `deny`, `escalate`, `hand_back`, `feedback`, `stop`, `again`."""
    value: str
    label: str
    style: Literal["plain", "good", "danger"] = "plain"


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A picture that goes with a post, named by the message it came with; it is fetched when the post leaves."""

    attachment: Attachment
    place: Thread
    message_id: str
    author_id: str
    is_for_staff: bool = False
    """A copy for the team: small, and without what they need not read."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it is handed to a platform."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Post:
    """A whole message for a chat, as plain Markdown and parts that each platform draws natively."""

    text: str
    kind: Literal["reply", "notice", "card", "relay", "gone"] = "reply"
    """A `card` is for staff; a `relay` carries a person's words to the other side; `gone` takes a message away, and
    says nothing where there is none."""
    citations: tuple[Citation, ...] = ()
    buttons: tuple[Button, ...] = ()
    footer: str = ""
    """Small print under the text: demo mode, which model speaks, who said it."""
    pings: tuple[str, ...] = ()
    """Whom of the team it calls: platform user ids. Each platform calls those of its own; a text calls nobody."""
    enclosed: tuple[Enclosed, ...] = ()
    """Pictures that are sent with it, once; an edit of the post leaves them as they are."""
    marks_solved: bool = False
    """Its thread is about something that is solved now; a platform that can show that does."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the outbox: what must reach a chat until the platform has confirmed it."""

    id: int
    thread: Thread
    post: Post
    ref: str = ""
    """The platform's id(s) once the message exists there; then delivery is an edit of that message."""
    nonce: str = ""
    """At most 25 characters, the same for every attempt: lets a platform drop a repeated post."""
    attempts: int = 0
    answers: Message | None = None
    """The message a reply answers, so that an adapter can find the way back to it."""
    revision: int = 0
    """Which content of the row this is: a rewrite counts it up."""
    files: tuple[SentFile, ...] = ()
    """What the post encloses, fetched just before it leaves; never kept with the row."""


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed a button or used a command that acts on a case."""

    key: str
    """The platform's id of this press; pressing again has another one."""
    action: str
    value: str
    presser_id: str
    presser_name: str
    thread: Thread
    """Where it was pressed."""
    is_staff_place: bool = False
    """Pressed where only staff can press: the staff channel, or the staff side of the desk."""
    text: str = ""
    """What was typed with it: a reason, a comment."""
    presser_groups: tuple[str, ...] = ()
    """Groups or roles of the presser on the platform, where the press was made by staff."""


def enclosed_in(message: Message, *, is_for_staff: bool = False) -> tuple[Enclosed, ...]:
    """What came with a message, to go on with a post."""
    return tuple(
        Enclosed(each, message.thread, message.id, each.author_id or message.author.id, is_for_staff)
        for each in message.attachments
    )
