"""What the core needs of the outside, as narrow as it needs it.

Everything durable speaks in core values; a verb that changes more than one row does so in one
transaction. Times are aware and in UTC.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, Protocol

from core.actions import Action, Approval, Decision
from core.case import Case
from core.casework import Change
from core.conversation import Attachment, Author, Line, Message, Thread
from core.reply import Delivery, Post, Press, ReplyEvent
from core.timers import Timer
from core.tools import ToolResult
from core.turn import InboxEvent, Posted, Turn, TurnEnd, TurnRecord, TurnTrace
from core.vision import CheckedImage, Finding


class Clock(Protocol):
    """Time, so that tests can move it."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...


class FrontDesk(Protocol):
    """What an adapter hands its platform's events to, once they are core values."""

    async def receive(self, message: Message) -> bool:
        """Keep a message that is addressed to us and owe it an answer; False when it was seen before.

        On disk when this returns, so acknowledge to the platform only then. The answer comes by itself.
        Raises `StoreError`: do not acknowledge, the platform will deliver again.
        """
        ...

    async def press(self, press: Press) -> str:
        """Act on a button or command. Returns a line for the presser alone; empty when there is nothing to say.

        `escalate` with an empty value means the presser's own open case in that thread or tenant.
        """
        ...

    async def status(self, author: Author, thread: Thread) -> str:
        """The author's own open cases, as a few lines of Markdown for the author alone."""
        ...

    async def is_ours(self, thread: Thread) -> bool:
        """We are in conversation in this thread, so a message there needs no mention."""
        ...


class Inbox(Protocol):
    """Events, on disk before the platform hears that we have them."""

    async def save(self, event: InboxEvent) -> bool:
        """Keep an event once; False when one of its keys was seen before. Durable on return."""
        ...

    async def waiting(self) -> list[Thread]:
        """Threads that owe an answer, the longest waiting first; read at start."""
        ...


class Turns(Protocol):
    """Turns as rows."""

    async def begin(self, thread: Thread, *, history_lines: int) -> Turn | None:
        """Everything that waits in this thread as one turn; None when nothing does.

        A turn that was cut off by a crash is begun again under its id, with its opened reply, and takes
        in what came meanwhile. Opens a case where there is none.
        """
        ...

    async def opened(self, turn: Turn, ref: str) -> None:
        """Checkpoint the platform's id of the reply. No answer text is sent before this returns."""
        ...

    async def finish(self, turn: Turn, end: TurnEnd, record: TurnRecord) -> Delivery | None:
        """Save transcript, trace, hand-over, staff posts and the final reply in one transaction.

        The reply is released for delivery only if the case still is with the AI at the version that the
        turn began with; otherwise nothing but trace and inbox marks are saved and None is returned
        (also when `end.post` is None). Returns the row, due for delivery.
        """
        ...

    async def cut(self, turn: Turn, shown: str, line: str) -> Delivery | None:
        """End a turn whose case changed hands: what the customer saw, closed with a fixed line.

        Returns the row to deliver, or None when nothing had been opened.
        """
        ...


class Feedback(Protocol):
    """What people thought of an answer."""

    async def keep(self, turn_id: str, *, by: str, is_good: bool, comment: str) -> bool:
        """One verdict a person and turn, the last one counts; False for an unknown turn."""
        ...


class Cases(Protocol):
    """Cases, their owners, and our own transcript of them."""

    async def find(self, thread: Thread) -> Case | None:
        """The open case of a thread."""
        ...

    async def get(self, case_id: str) -> Case | None:
        """A case by id."""
        ...

    async def of_author(self, tenant: str, platform: str, author_id: str) -> list[Case]:
        """A person's open cases, the newest first."""
        ...

    async def open(self, message: Message, customer_id: str) -> Case:
        """The open case of the message's thread, begun now if there is none."""
        ...

    async def change(self, before: Case, change: Change, *, key: str = "") -> Case | None:
        """Compare-and-set on `before.version`: a decided move with its notes, lines, audit row and posts.

        When the bot had the case, or a person speaks, answers of the bot that were not yet delivered are taken
        back in the same transaction. The n-th post gets the outbox key `{key}:{n}`, `card:{case}:{version}:{n}`
        without one. None when somebody else changed the case first; then nothing is saved.
        """
        ...

    async def lines(self, case_id: str, *, limit: int) -> list[Line]:
        """The newest lines of a case's transcript, oldest first."""
        ...


class Outbox(Protocol):
    """What must reach a chat, until it has."""

    async def put(self, thread: Thread, post: Post, *, key: str) -> Delivery | None:
        """A new row; None when that key was put before."""
        ...

    async def rewrite(self, key: str, post: Post) -> Delivery | None:
        """New content for a row, due again: the posted message is edited. None for an unknown key."""
        ...

    async def due(self, platforms: Sequence[str], *, limit: int) -> list[Delivery]:
        """Rows to deliver now, oldest first, at most one a thread."""
        ...

    async def delivered(self, delivery: Delivery, ref: str) -> None:
        """The platform has it as `ref`. A row rewritten meanwhile stays due."""
        ...

    async def failed(self, delivery: Delivery, why: str, *, retry_at: datetime | None) -> None:
        """It did not work; None gives it up, which staff and log are told of."""
        ...


class Timers(Protocol):
    """What is due at a moment, once, whatever restarts and whatever the clock does."""

    async def set(self, timer: Timer) -> bool:
        """Keep it. One of that id that has not rung yet, or was cancelled, is replaced; False when it has rung."""
        ...

    async def cancel(self, timer_id: str) -> bool:
        """It will not ring; False when there was nothing to stop."""
        ...

    async def take(self, kinds: Sequence[str], *, limit: int) -> list[Timer]:
        """Due timers of these kinds, the longest due first, each to one taker.

        One that is not reported as `rang` comes back after a minute, then ever later.
        """
        ...

    async def rang(self, timer: Timer) -> None:
        """Its handler is through. One that was set anew meanwhile stays."""
        ...


class Actions(Protocol):
    """Side effects and approvals as rows."""

    async def find(self, key: str) -> Action | None:
        """The action of this key."""
        ...

    async def propose(self, action: Action, approval: Approval, cards: Sequence[tuple[Thread, Post]]) -> Action:
        """Keep an action that waits for a person, with its approval and cards, once by key.

        A row that had failed is proposed anew. Returns the row that stands, which may be an earlier one.
        The n-th card gets the outbox key `approval:{approval.id}:{n}`, counted from 0.
        """
        ...

    async def intend(self, action: Action) -> tuple[Action, bool]:
        """Keep the intent before the effect. The flag is True for exactly one caller a key and attempt:
        it alone may run the effect. `failed` rows can be intended again, `proposed` ones only if approved.
        """
        ...

    async def settle(self, key: str, state: Literal["done", "failed", "unknown"], result: ToolResult) -> Action:
        """Save what became of it; `done` gets a receipt id."""
        ...

    async def decide(
        self,
        approval_id: str,
        *,
        is_approved: bool,
        by: str,
        by_name: str,
        place: Thread,
    ) -> Decision:
        """Compare-and-set from pending, with a decision event into the inbox of the action's thread in the
        same transaction. Checks expiry (see `expire`) and that nobody decides for themselves; `place` is
        where it was pressed.
        """
        ...

    async def expire(self, approval_id: str) -> Decision:
        """Close an approval whose time has run out, with a decision event; its action has `failed` then and
        can be asked for anew. `already` when it was decided, `unknown` when it is not there or still has time.
        """
        ...

    async def of_case(self, case_id: str) -> list[Action]:
        """A case's actions, oldest first."""
        ...

    async def awaits_customer(self, case_id: str) -> list[Approval]:
        """What the customer of a case was asked to agree to and has not answered, oldest first."""
        ...

    async def answer(self, approval_id: str, *, is_yes: bool, by: str) -> Action | None:
        """Take the customer's answer, compare-and-set from pending; a no lets the action be asked for anew.

        None when it no longer waits, has expired, or somebody else than who asked for the action answers.
        """
        ...


class Pictures(Protocol):
    """Images as they were checked, kept by hash, with what was found in them."""

    async def keep(self, message: Message, attachment: Attachment, image: CheckedImage) -> None:
        """Store an image for a message, once."""
        ...

    async def finding(self, sha256: str, question: str) -> Finding | None:
        """What was found in this image for this question before."""
        ...

    async def found(self, sha256: str, question: str, finding: Finding) -> None:
        """Remember a finding."""
        ...


class Desk(Protocol):
    """What people look at: posts, explanations, and what it took."""

    async def posts(self, thread: Thread, *, after: int, limit: int) -> list[Posted]:
        """Posts of a thread whose delivery id is above `after`, oldest first, with their state."""
        ...

    async def trace(self, turn_or_case: str) -> list[TurnTrace]:
        """Why it happened: the turn of this id, or all turns of the case of this id, oldest first."""
        ...

    async def usage(self, case_id: str) -> tuple[int, int]:
        """Model requests and tokens of a case so far."""
        ...

    async def usage_of_day(self, day: date) -> tuple[int, int]:
        """Model requests and tokens of all turns that ended on this day (UTC)."""
        ...


class ReplyStream(Protocol):
    """An open reply on a platform: a preview of an outbox row, which alone decides the final text."""

    @property
    def ref(self) -> str:
        """The platform's id(s) of it, known from the moment it was opened."""
        ...

    async def show(self, event: ReplyEvent) -> None:
        """Draw an event. May hold drafts back to keep the platform's pace; never raises for a platform's
        refusal: what could not be drawn now is drawn later, or by `close`.
        """
        ...

    async def close(self, delivery: Delivery) -> str:
        """Make the message exactly `delivery.post`, buttons included, and end the stream.

        Returns the ref to keep. Raises `DeliveryError`; then the outbox tries `Chat.deliver`.
        """
        ...


class Chat(Protocol):
    """A chat platform. What it cannot do, it degrades by itself."""

    @property
    def platform(self) -> str:
        """The `Thread.platform` it serves."""
        ...

    async def open_reply(self, delivery: Delivery) -> ReplyStream:
        """Open an empty reply to `delivery.answers`; with a `ref`, take up that very message again.

        Raises `DeliveryError`.
        """
        ...

    async def deliver(self, delivery: Delivery) -> str:
        """Post it, or edit the message(s) of its `ref`, to exactly the post. Safe to repeat.

        Returns the ref. Raises `DeliveryError`, `RateLimited`.
        """
        ...

    async def download(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """The file as the platform stored it. Raises `AttachmentError` with a line for the customer."""
        ...
