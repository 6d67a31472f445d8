"""Look at the page with scripted answers: `python -m tests.adapters.web.dev`."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.adapters.web.rig import open_page

PIECE_S = 0.03


async def main(port: int) -> None:
    """Serve until interrupted."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_page(Path(folder), breathe=lambda: asyncio.sleep(PIECE_S), port=port) as rig:
            sys.stdout.write(f"{rig.address}\n")
            sys.stdout.flush()
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8300))
