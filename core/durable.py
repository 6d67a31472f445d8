"""The ports that keep turns going whatever dies in between: inbox, turns, outbox, timers, cursors.

A verb that changes more than one row does so in one transaction. Times are aware and in UTC.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, Protocol

from pydantic import JsonValue

from core.bell import Bell as Bell
from core.bell import Ring
from core.conversation import Message, Thread
from core.identity import ChatUser
from core.reply import Delivery, Post
from core.timers import Timer
from core.turn import Changed, Cursor, InboxEvent, Turn, TurnEnd, TurnRecord


class Inbox(Protocol):
    """Events, on disk before the platform hears that we have them."""

    async def save(self, event: InboxEvent, *, in_line: Callable[[], None] | None = None) -> bool:
        """Keep an event once; False when one of its keys was seen before. Durable on return.

        `in_line` is called as soon as a turn that is begun from then on sees the event, if it is kept at all: where
        one connection writes that is at once, and both share a flush to the disk.
        """
        ...

    async def join(self, event: InboxEvent) -> bool:
        """Keep a message that is about the turn running in its thread, so that it ends with that turn; like
        `save` when none is running.
        """
        ...

    async def waiting(self) -> list[Thread]:
        """Threads that owe an answer, the longest waiting first; read at start."""
        ...

    async def edit(self, message: Message) -> Changed | None:
        """New words of a kept message; None when it is not known or nothing changed."""
        ...

    async def strike(self, place: Thread, message_id: str) -> Changed | None:
        """Blank a kept message in inbox and transcript; None when it is not known."""
        ...

    async def hear(self, message: Message) -> None:
        """What a kept voice message says: what is owed for it stays as it is."""
        ...

    async def where(self, place: Thread, message_id: str) -> Thread | None:
        """The thread of a message that we have, or of a reply of ours that is being written."""
        ...


class Turns(Protocol):
    """Turns as rows."""

    async def begin(self, thread: Thread, *, history_lines: int) -> Turn | None:
        """Everything that waits in this thread as one turn; None when nothing does.

        A turn that was cut off by a crash is begun again under its id, with its opened reply, and takes
        in what came meanwhile. Opens a case where there is none.
        """
        ...

    async def release(self, turn: Turn, record: TurnRecord) -> None:
        """Let go of a turn, so that it begins anew at once with what came meanwhile; counts as no attempt."""
        ...

    async def park(self, turn: Turn) -> None:
        """Let go of a turn because this process ends: others begin it anew at once. Counts as no attempt."""
        ...

    async def stop(self, thread: Thread, *, by: str) -> bool:
        """Ask whoever works on the turn of a thread, here or elsewhere, to end it; `by` must be one of those
        it answers, or empty for staff. False when there is nothing of theirs to end.
        """
        ...

    async def wishes(self) -> list[Ring]:
        """What others want of the turns that this process works on."""
        ...

    async def again(self, turn_id: str, *, by: str) -> Thread | Literal["already", "late", "unknown"]:
        """Owe the newest answer of a thread once more; `by` must be who asked, or empty for staff."""
        ...

    async def unproved(self, user: ChatUser) -> str:
        """The newest turn in an open case of theirs, if something was refused in it because it was not known well
        enough who asks; else empty."""
        ...

    async def opened(self, turn: Turn, ref: str) -> None:
        """Checkpoint the platform's id of the reply. No answer text is sent before this returns."""
        ...

    async def keep_step(self, turn: Turn, key: str, result: JsonValue) -> None:
        """Save a finished model or tool step; an attempt after a crash finds it in `Turn.steps`."""
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


class Outbox(Protocol):
    """What must reach a chat, until it has."""

    async def put(self, thread: Thread, post: Post, *, key: str) -> Delivery | None:
        """A new row; None when that key was put before."""
        ...

    async def rewrite(self, key: str, post: Post) -> Delivery | None:
        """New content for a row, due again: the posted message is edited. None for an unknown key."""
        ...

    async def refs(self, thread: Thread) -> list[str]:
        """The refs of what we have posted in a thread, the newest first, as many as matter."""
        ...

    async def ref(self, delivery: Delivery) -> str:
        """Where a row stands by now, as whoever works on it has noted; empty: nowhere yet."""
        ...

    async def due(self, platforms: Sequence[str], *, limit: int) -> list[Delivery]:
        """Rows to deliver now, oldest first, at most one a thread."""
        ...

    async def is_due(self, delivery: Delivery) -> bool:
        """This very content still is to be delivered: it was not rewritten, taken back or delivered meanwhile."""
        ...

    async def delivered(self, delivery: Delivery, ref: str) -> None:
        """The platform has it as `ref`. A row rewritten meanwhile stays due."""
        ...

    async def failed(self, delivery: Delivery, why: str, *, retry_at: datetime | None) -> str:
        """It did not work; None gives it up, and writes that into the transcript of the case whose customer was
        not reached. Gives the id of that case; empty where nothing was given up, or it is no customer's.
        """
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


class Cursors(Protocol):
    """How far channels were read, so that after a downtime what was missed is read back from there.

    Saving a message moves its channel's cursor by itself. A channel's place has no root.
    """

    async def move(self, place: Thread, position: str, *, is_direct: bool = False) -> None:
        """Everything up to this message is dealt with, or is nobody's business; never moves back."""
        ...

    async def behind(self, platform: str, tenant: str) -> list[Cursor]:
        """Every known channel, direct ones too, with the message after which reading back has to begin.

        Ask when the connection was lost or before it is made: what comes in live from then on does not move
        these positions; only `caught_up` does, so a crash in the middle of reading back skips nothing.
        """
        ...

    async def caught_up(self, place: Thread) -> None:
        """What was missed in this channel is kept now."""
        ...

    async def open_threads(self, platform: str, tenant: str, *, limit: int) -> list[Cursor]:
        """Threads with an open case, the newest first, with the newest message that we have of each."""
        ...


class Replicas(Protocol):
    """The processes that share this database, this one among them."""

    is_shared: bool
    """False where one process has the database for itself: then there is nothing to do."""

    async def join(self) -> None:
        """Begin to work under a new name; what an earlier name of ours held can be taken by anybody."""
        ...

    async def beat(self) -> bool:
        """Show that we live; False when we were taken for dead."""
        ...

    async def bury(self, *, after_s: float) -> int:
        """Take for dead whoever has not shown a sign of life for as long as we have watched; how many."""
        ...

    async def leave(self) -> None:
        """Others may take over at once."""
        ...
