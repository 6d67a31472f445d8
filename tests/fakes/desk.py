"""A front desk that keeps what it is handed, once by key, as the real one does."""

import asyncio
from dataclasses import replace

from core.asking import ASKED, Asked
from core.conversation import Author, Message, Thread
from core.errors import StoreError
from core.identity import Step
from core.platform import Listed
from core.reply import Press


class RecordingDesk:
    """Implements `core.ports.FrontDesk`."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.presses: list[Press] = []
        self.edits: list[Message] = []
        self.deletes: list[tuple[Thread, str]] = []
        self.deliveries = 0
        """How often a message was handed in, repeats included."""
        self.ours: set[str] = set()
        """Keys of threads that we are in conversation in."""
        self.sure = False
        """What nobody asked us is something we know."""
        self.line = ""
        """What a presser is told."""
        self.steps: list[Step] = []
        """What somebody who proves who they are is shown, step by step."""
        self.begins_with = ""
        """What stands in every form already."""
        self.listed: list[Listed] = []
        """Open cases, whoever asks."""
        self.queued: list[Listed] = []
        """What staff have to deal with."""
        self.failures = 0
        """How many of the next calls fail."""
        self._keys: set[str] = set()
        self._changed = asyncio.Condition()

    async def receive(self, message: Message) -> bool:
        """See `core.ports.FrontDesk`."""
        self._fail_if_told()
        is_new = self._keys.isdisjoint(message.all_keys)
        self._keys.update(message.all_keys)
        self.deliveries += 1
        if is_new:
            self.messages.append(message)
            self.ours.add(message.thread.key)
        await self._tell()
        return is_new

    async def edit(self, message: Message) -> bool:
        """See `core.ports.FrontDesk`."""
        self._fail_if_told()
        self.edits.append(message)
        await self._tell()
        return True

    async def delete(self, place: Thread, message_id: str) -> bool:
        """See `core.ports.FrontDesk`."""
        self._fail_if_told()
        self.deletes.append((place, message_id))
        await self._tell()
        return True

    async def press(self, press: Press) -> str:
        """See `core.ports.FrontDesk`."""
        self._fail_if_told()
        self.presses.append(press)
        await self._tell()
        return self.line

    async def form(self, press: Press) -> Asked | None:
        """See `core.ports.FrontDesk`."""
        asked = ASKED.get(press.action)
        return replace(asked, begins_with=self.begins_with) if asked and self.begins_with else asked

    async def verify(self, press: Press) -> Step:
        """See `core.ports.FrontDesk`."""
        self._fail_if_told()
        self.presses.append(press)
        await self._tell()
        return self.steps.pop(0)

    async def status(self, author: Author, thread: Thread) -> str:
        """See `core.ports.FrontDesk`."""
        return f"**{author.name}** has no open case."

    async def open_cases(self, author: Author, thread: Thread) -> list[Listed]:
        """See `core.ports.FrontDesk`."""
        return self.listed

    async def queue(self, place: Thread) -> list[Listed]:
        """See `core.ports.FrontDesk`."""
        return self.queued

    async def desk(self, place: Thread) -> list[Listed]:
        """See `core.ports.FrontDesk`."""
        return self.queued

    async def is_ours(self, thread: Thread) -> bool:
        """See `core.ports.FrontDesk`."""
        return thread.key in self.ours

    async def is_sure(self, message: Message) -> bool:
        """See `core.ports.FrontDesk`."""
        return self.sure

    async def until(self, *, messages: int = 0, deliveries: int = 0, presses: int = 0, changes: int = 0) -> None:
        """Wait for that many of each; edits and deletions together are changes."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(
                lambda: (
                    len(self.messages) >= messages
                    and self.deliveries >= deliveries
                    and len(self.presses) >= presses
                    and len(self.edits) + len(self.deletes) >= changes
                )
            )

    def _fail_if_told(self) -> None:
        if self.failures:
            self.failures -= 1
            raise StoreError("the disk is full")

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
