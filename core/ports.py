"""What the core needs of the outside, as narrow as it needs it.

Everything durable speaks in core values; a verb that changes more than one row does so in one
transaction. Times are aware and in UTC.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Literal, Protocol

from core.actions import Action, Approval, Decision
from core.case import Case
from core.casework import Change
from core.conversation import Attachment, Line, Message, Thread
from core.durable import Bell as Bell
from core.durable import Cursors as Cursors
from core.durable import Inbox as Inbox
from core.durable import Outbox as Outbox
from core.durable import Replicas as Replicas
from core.durable import Timers as Timers
from core.durable import Turns as Turns
from core.finding import Finding
from core.platform import Chat as Chat
from core.platform import FrontDesk as FrontDesk
from core.platform import Listed as Listed
from core.platform import ReplyStream as ReplyStream
from core.policy import Caps
from core.reply import Enclosed, Post
from core.tools import Money, ToolResult
from core.turn import Posted, TurnTrace
from core.vision import CheckedImage, KeptPicture


class Clock(Protocol):
    """Time, so that tests can move it."""

    def now(self) -> datetime:
        """Aware, UTC."""
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

    async def last(self, thread: Thread) -> Case | None:
        """The newest case of a thread, open or not."""
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

    async def note(self, case: Case, line: Line) -> None:
        """A line for the transcript that nobody is sent."""
        ...

    async def lines(self, case_id: str, *, limit: int) -> list[Line]:
        """The newest lines of a case's transcript, oldest first."""
        ...

    async def count_of_author(self, tenant: str, platform: str, author_id: str, *, since: datetime) -> int:
        """How many messages of a person are in their own cases' transcripts since then."""
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

    async def intend(self, action: Action, *, caps: Caps | None = None) -> tuple[Action, bool]:
        """Keep the intent before the effect. The flag is True for exactly one caller a key and attempt:
        it alone may run the effect. `failed` rows can be intended again, `proposed` ones only if approved.

        Raises `OverCap`, with nothing saved, when what is moved since `caps.since` would pass a cap with it; that
        is looked at in the same transaction, so two replicas never both fit under a cap that has room for one.
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
        amount: Money | None = None,
    ) -> Decision:
        """Compare-and-set from pending, with a decision event into the inbox of the action's thread in the
        same transaction. Checks expiry (see `expire`) and that nobody decides for themselves; `place` is
        where it was pressed. `amount` lowers what is approved, where the tool takes an amount.
        """
        ...

    async def pending(self) -> list[tuple[Approval, Action]]:
        """What waits for staff, the soonest to expire first."""
        ...

    async def moved(self, *, customer_id: str, since: datetime) -> list[Money]:
        """The money of every action begun since then that was or may have been carried out; of all customers
        for an empty id.
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

    async def kept(self, message: Message, attachment: Attachment) -> CheckedImage | None:
        """The image that was stored for this attachment."""
        ...

    async def of_thread(self, thread: Thread, *, limit: int) -> list[KeptPicture]:
        """The newest images of a thread, oldest first."""
        ...

    async def shown(self, thread: Thread, *, limit: int) -> list[Enclosed]:
        """The newest images of a thread as something that can go with a post, oldest first."""
        ...

    async def findings(self, thread: Thread, author_id: str) -> list[Finding]:
        """All that was found in the images that somebody sent to a thread."""
        ...

    async def count_of_author(
        self, tenant: str, platform: str, author_id: str, *, since: datetime, besides: Collection[str]
    ) -> int:
        """How many images a person sent since then, those of the messages `besides` not counted."""
        ...

    async def finding(self, sha256: str, question: str) -> Finding | None:
        """What was found in this image for this question before."""
        ...

    async def found(self, sha256: str, question: str, finding: Finding) -> None:
        """Remember a finding."""
        ...

    async def forget(self, tenant: str, platform: str, author_id: str) -> int:
        """Erase what a person sent and what was found in it; returns how many images are gone.

        An image that somebody else sent too stays theirs.
        """
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
