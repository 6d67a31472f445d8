"""A process that saves messages for ever and prints the id of each that is safe; started by a test, to be killed."""

import asyncio
import sys

from adapters.storage.store import open_store
from tests.adapters.storage.scene import NOW, begun, says
from tests.fakes.clock import StillClock


async def save_on(url: str) -> None:
    async with open_store(url, clock=StillClock(NOW)) as store:
        for number in range(1_000_000):
            await says(store, id=str(number))
            turn = await begun(store)
            await store.turns.opened(turn, "ref-1")
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(save_on(sys.argv[1]))
