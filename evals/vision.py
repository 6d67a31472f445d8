"""`make eval-vision`: pictures that are opened, refused, read and looked at, and never obeyed."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence

from evals.scorecard import Row, report
from evals.sets import Folders
from evals.vision_answers import answers
from evals.vision_attacks import attacks
from evals.vision_cases import cases
from evals.vision_hostile import hostile
from evals.vision_reading import reading
from evals.vision_support import support

PARTS: tuple[Callable[[Folders], Awaitable[Sequence[Row]]], ...] = (hostile, reading, answers, attacks, support, cases)


async def measure(folders: Folders) -> list[Row]:
    """All rows, always all of them."""
    return [row for part in PARTS for row in await part(folders)]


def main() -> int:
    """Print and write the card; the exit status."""
    logging.disable(logging.WARNING)  # endpoints that fail on purpose
    return report("eval-vision", asyncio.run(measure(Folders.from_environment())))


if __name__ == "__main__":
    sys.exit(main())
