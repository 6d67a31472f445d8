"""`make replicas`: two replicas over a PostgreSQL of their own; one is killed in mid-answer, nobody notices.

Stand-ins play Slack, the model and the payment provider; everything listens on this machine alone.
"""

import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

from evals.chaos_places import place_of
from evals.chaos_world import Run, Tally, opened
from tests.servers.postgres import is_available, private_server

_USERS = 12


async def show() -> int:
    """The walk-through; exit status 0 when every customer was answered once."""
    rng = random.Random(1)
    run = Run(place_of("slack", rng), rng, tally := Tally(), users=_USERS, server=None)
    with private_server() as server, tempfile.TemporaryDirectory(prefix="firstline-replicas-") as folder:
        print(f"PostgreSQL runs at {server.url}")
        async with opened(run, Path(folder), server.url) as bot:
            first, second = await bot.start(), await bot.start()
            await run.connected()
            await asyncio.sleep(4)
            print(f"two replicas run: processes {first.pid} and {second.pid}")
            for number in range(_USERS):
                await run.speak(number)
            await asyncio.sleep(0.8)
            print(f"{_USERS} customers have written, {len(run.open)} of them wait: killing {first.pid}")
            first.kill()
            killed = time.monotonic()
            await run.settle()
            print(f"everybody has an answer {time.monotonic() - killed:.1f} s after the kill")
        run.judge()
    wrong = [*tally.unanswered, *tally.doubled, *tally.unfinished, *tally.overpaid, *tally.foreign]
    print(
        f"lost, doubled, unfinished or foreign: {wrong or 'nothing'}; refunds paid: {sum(run.payments.paid.values())}"
    )
    return 1 if wrong else 0


def main() -> int:
    """Run it where there is a PostgreSQL."""
    if not is_available():
        print("No PostgreSQL here: install it (Debian: apt-get install postgresql), then try again.")
        return 2
    return asyncio.run(show())


if __name__ == "__main__":
    sys.exit(main())
