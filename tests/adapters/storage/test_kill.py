"""A killed process loses nothing that it had said was safe."""

import asyncio
import sys
from pathlib import Path

from adapters.storage.store import open_store
from tests.adapters.storage.scene import begun
from tests.fakes.clock import StillClock


async def test_a_killed_process_leaves_every_saved_message_and_the_opened_reply(
    sqlite_url: str, clock: StillClock
) -> None:
    async with asyncio.timeout(60):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.adapters.storage.saving_process",
            sqlite_url,
            stdout=asyncio.subprocess.PIPE,
            cwd=Path(__file__).parents[3],
        )
        assert process.stdout is not None
        safe = [int(await process.stdout.readline()) for _ in range(25)]
        process.kill()
        safe += [
            int(line) for line in (await process.communicate())[0].splitlines(keepends=True) if line.endswith(b"\n")
        ]
    async with open_store(sqlite_url, clock=clock) as store:
        turn = await begun(store)
        kept = [int(message.id) for message in turn.messages]
        assert kept == list(range(len(kept)))
        assert len(safe) <= len(kept) <= len(safe) + 1
        assert turn.reply.ref == "ref-1"
        assert turn.attempt >= len(safe)
        assert len(await store.cases.lines(turn.case.id, limit=9_999)) == len(kept)
