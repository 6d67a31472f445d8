"""A chat platform as the core needs it, and the front desk it hands its events to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.asking import Asked
from core.conversation import Attachment, Author, Message, Thread
from core.identity import Step
from core.reply import Delivery, Press, ReplyEvent


@dataclass(frozen=True, slots=True)
class Listed:
    """One case in a list."""

    case_id: str
    title: str
    """A few plain words, to choose it by."""
    line: str
    """The same for reading, as a line of Markdown."""
    is_free: bool = False
    """Nobody has it: it can be claimed."""


class FrontDesk(Protocol):
    """What an adapter hands its platform's events to, once they are core values."""

    async def receive(self, message: Message) -> bool:
        """Keep a message that is addressed to us and owe it an answer; False when it was seen before.

        On disk when this returns, so acknowledge to the platform only then. The answer comes by itself.
        Raises `StoreError`: do not acknowledge, the platform will deliver again.
        """
        ...

    async def edit(self, message: Message) -> bool:
        """A message as it reads now; False when it is not known or nothing changed. Only channel and id must
        be right, the thread's root need not be. An answer under way begins anew; after it, the edit is noted.
        """
        ...

    async def delete(self, place: Thread, message_id: str) -> bool:
        """A message was taken back: it is struck, and an answer to it alone is not begun or is cut off."""
        ...

    async def press(self, press: Press) -> str:
        """Act on a button or command. Returns a line for the presser alone; empty when there is nothing to say.

        `escalate` with an empty value means the presser's own open case in that thread or tenant. `stop` (by
        button, or by a reaction on a message whose id is the value) ends the answer that is being written.
        """
        ...

    async def form(self, press: Press) -> Asked | None:
        """The form that a press opens before it can be acted on; None where none is needed. Raises `StoreError`."""
        ...

    async def verify(self, press: Press) -> Step:
        """Somebody proves in private which customer they are; what to show them next, alone.

        `verify` begins (the value is the turn that waits), `verify_again` begins anew; `verify_address` and
        `verify_code` bring what was typed as text. The text of a code is to be kept and logged nowhere.
        """
        ...

    async def status(self, author: Author, thread: Thread) -> str:
        """The author's own open cases, as a few lines of Markdown for the author alone."""
        ...

    async def open_cases(self, author: Author, thread: Thread) -> Sequence[Listed]:
        """The author's own open cases, the newest first; what `status` says, one by one."""
        ...

    async def queue(self, place: Thread) -> Sequence[Listed]:
        """The open cases that people of this staff place have to deal with, those that nobody has first.

        For staff alone: whoever asks has made sure of that.
        """
        ...

    async def desk(self, place: Thread) -> Sequence[Listed]:
        """The same for all cases that the people of this staff place may take, wherever these are talked about."""
        ...

    async def is_ours(self, thread: Thread) -> bool:
        """We are in conversation in this thread, so a message there needs no mention."""
        ...

    async def is_sure(self, message: Message) -> bool:
        """We know enough about it to speak up where nobody asked us: what `only_if_sure` will be judged by."""
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

    async def find_reply(self, delivery: Delivery, *, known: Collection[str]) -> str:
        """The ref of a reply that was opened for `delivery` but never noted: a message of ours after the one
        it answers that carries its nonce, or carries none and is in no ref of `known`. Empty: there is none.

        Raises `DeliveryError` when it cannot be told just now.
        """
        ...

    async def deliver(self, delivery: Delivery) -> str:
        """Post it, or edit the message(s) of its `ref`, to exactly the post; `gone` takes them away. Safe to repeat.

        Returns the ref. Raises `DeliveryError`, `RateLimited`.
        """
        ...

    def room_on(self, place: Thread, ref: str) -> Thread:
        """The thread that hangs on a posted message; the place itself where messages carry none."""
        ...

    async def download(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """The file as the platform stored it. Raises `AttachmentError` with a line for the customer."""
        ...
