"""Files are fetched and kept the moment they arrive: their links run out, and their turn may be an hour away."""

import asyncio

from core.conversation import Message
from core.gallery import Gallery


class Intake:
    """Keeps the pictures of messages in the background; one per process.

    Nothing rests on it: a turn that finds a picture missing fetches it itself, and so does one after a crash.
    """

    def __init__(self, gallery: Gallery) -> None:
        self._gallery = gallery
        self._running: set[asyncio.Task[None]] = set()

    def arrived(self, message: Message) -> None:
        """A message was saved; what came with it is fetched now."""
        if not message.attachments:
            return
        task = asyncio.create_task(self._store(message), name=f"pictures of {message.id}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def settle(self) -> None:
        """Wait until nothing is being fetched."""
        if self._running:
            await asyncio.wait(list(self._running))

    async def close(self) -> None:
        """Let go of what is still being fetched."""
        for task in self._running:
            task.cancel()
        await self.settle()

    async def _store(self, message: Message) -> None:
        await self._gallery.store(message)
