"""How many lines of rendered dialogs are read exactly, after everything that a customer's picture goes through."""

from collections.abc import Sequence

from adapters.local.text_reader import LocalTextReader, is_available
from adapters.vision.check import PillowCheck
from core.settings import ImageSettings
from evals.scorecard import Row
from evals.sets import Folders
from evals.vision_renders import renders

_TARGET = 0.95
_NAME = "ocr_exact_lines"


async def reading(_: Folders) -> Sequence[Row]:
    """`ocr_exact_lines`; baseline: the same files read as they are, without the check."""
    if not is_available():
        return [Row(_NAME, None, _TARGET, note="the text reader is not installed: the extra local-base has it")]
    reader = LocalTextReader()
    exact, bare, total, missed = 0, 0, 0, list[str]()
    async with PillowCheck.open(ImageSettings()) as check:
        for render in renders():
            image = await check.check(render.content)
            read = [_plain(line.text) for line in await reader.read(image.picture.content)]
            as_is = [_plain(line.text) for line in await reader.read(render.content)]
            total += len(render.lines)
            for line in render.lines:
                exact += _plain(line) in read
                bare += _plain(line) in as_is
                missed += [] if _plain(line) in read else [f"{render.name}: {line}"]
    note = f"{exact}/{total} lines, 9 languages in 2 looks and 3 compressions"
    note += f"; first missed: {missed[0]}" if missed else ""
    return [Row(_NAME, exact / total, _TARGET, baseline=bare / total, note=note)]


def _plain(line: str) -> str:
    return " ".join(line.split())
