"""Being one of several processes that share the work: showing that we live, taking over from those that stopped.

A process that cannot show that it lives stops sending before others take its work over, so one that was
paused and wakes up says and does nothing: it is not sure of itself any more, and the store refuses it.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Generator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from core.conversation import Attachment, Thread
from core.errors import BotError, DeliveryError
from core.ports import Chat, Replicas, ReplyStream
from core.reply import Delivery, ReplyEvent

log = logging.getLogger(__name__)

_LIFE: ContextVar["Life | None"] = ContextVar("life", default=None)
"""Of the work that this task is at."""
_SENDING: ContextVar["Life | None"] = ContextVar("sending", default=None)
"""Of what this task is sending just now."""

BEAT_S = 1.0
LOOK_S = 2.0
DEAD_S = 8.0


Living = Callable[[], AbstractContextManager[None]]
"""A block whose work belongs to this life of the process."""


@dataclass(frozen=True, slots=True)
class Life:
    """From one joining to the next. What was begun in an earlier life may be another replica's by now."""

    membership: "Membership"
    number: int

    @property
    def is_sure(self) -> bool:
        """Nobody can have taken over what was begun in it."""
        return self.membership.is_sure and self.membership.lives == self.number


class Membership:
    """One a process. `look` finds work that is waiting; it is called at every look."""

    def __init__(
        self, replicas: Replicas, look: Callable[[], Awaitable[object]], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._replicas = replicas
        self._look = look
        self._clock = clock
        self._sure_until = 0.0
        self.lives = 0
        """How often this process has joined."""

    @property
    def is_sure(self) -> bool:
        """Nobody can have taken our work over."""
        return not self._replicas.is_shared or self._clock() < self._sure_until

    @contextmanager
    def living(self) -> Generator[None]:
        """What is begun in this block, and by tasks of it, is said in this life of the process or not at all."""
        token = _LIFE.set(Life(self, self.lives))
        try:
            yield
        finally:
            _LIFE.reset(token)

    @contextmanager
    def sending(self, life: Life | None = None) -> Generator[Life]:
        """What is sent in this block nobody else says. Raises `DeliveryError` while somebody else may be at it."""
        life = life or _LIFE.get() or Life(self, self.lives)
        if not life.is_sure:
            raise DeliveryError("this process cannot reach its database, so others may be answering")
        token = _SENDING.set(life)
        try:
            yield life
        finally:
            _SENDING.reset(token)

    async def join(self) -> None:
        """Begin to work; before anything else is done."""
        began = self._clock()
        await self._replicas.join()
        self.lives += 1
        self._sure_until = began + DEAD_S

    async def run(self) -> None:
        """Live for ever; cancel to stop. Does nothing where one process has the database for itself."""
        if not self._replicas.is_shared:
            return
        looked = self._clock()
        while True:
            await asyncio.sleep(BEAT_S)
            try:
                await self.beat()
                if self._clock() - looked >= LOOK_S:
                    looked = self._clock()
                    await self.look()
            except BotError as error:
                log.warning("no sign of life", extra={"why": str(error)})

    async def beat(self) -> None:
        """Show that we live. Taken for dead meanwhile, we begin anew under another name."""
        # The time before the question: others cannot have seen this beat earlier.
        began = self._clock()
        if await self._replicas.beat():
            self._sure_until = began + DEAD_S
        else:
            log.error("others have taken this process for dead; it begins anew")
            await self.join()

    async def look(self) -> None:
        """Take over what stands still, and see what waits."""
        if gone := await self._replicas.bury(after_s=DEAD_S):
            log.warning("taking over", extra={"replicas": gone})
        await self._look()

    async def leave(self) -> None:
        """Hand everything over at once."""
        try:
            await self._replicas.leave()
        except BotError as error:
            log.warning("not handed over at once", extra={"why": str(error)})


def may_leave() -> bool:
    """What this task is about to send may still leave. Adapters ask at the last moment: a process may have been paused
    while it waited for a connection.
    """
    life = _SENDING.get()
    return life is None or life.is_sure


class FencedChat:
    """Implements `core.ports.Chat` over another one; sends only while we are sure of ourselves."""

    def __init__(self, chat: Chat, membership: Membership) -> None:
        self._chat = chat
        self._membership = membership

    @property
    def platform(self) -> str:
        """See `core.ports.Chat`."""
        return self._chat.platform

    async def open_reply(self, delivery: Delivery) -> ReplyStream:
        """See `core.ports.Chat`."""
        with self._membership.sending() as life:
            return FencedReply(await self._chat.open_reply(delivery), life)

    async def find_reply(self, delivery: Delivery, *, known: Collection[str]) -> str:
        """See `core.ports.Chat`."""
        return await self._chat.find_reply(delivery, known=known)

    async def deliver(self, delivery: Delivery) -> str:
        """See `core.ports.Chat`."""
        if delivery.post.kind == "gone":
            # Taken away is taken away, whoever else is at it.
            return await self._chat.deliver(delivery)
        with self._membership.sending():
            return await self._chat.deliver(delivery)

    def room_on(self, place: Thread, ref: str) -> Thread:
        """See `core.ports.Chat`."""
        return self._chat.room_on(place, ref)

    async def download(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """See `core.ports.Chat`."""
        return await self._chat.download(attachment, limit_bytes=limit_bytes)


class FencedReply:
    """Implements `core.ports.ReplyStream` over another one."""

    def __init__(self, reply: ReplyStream, life: Life) -> None:
        self._reply = reply
        self._life = life

    @property
    def ref(self) -> str:
        """See `core.ports.ReplyStream`."""
        return self._reply.ref

    async def show(self, event: ReplyEvent) -> None:
        """See `core.ports.ReplyStream`; what is not sent now is part of the final text."""
        if self._life.is_sure:
            with self._life.membership.sending(self._life):
                await self._reply.show(event)

    async def close(self, delivery: Delivery) -> str:
        """See `core.ports.ReplyStream`."""
        with self._life.membership.sending(self._life):
            return await self._reply.close(delivery)
