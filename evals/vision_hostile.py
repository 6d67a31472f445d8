"""Files made to break a decoder: what is accepted, what is refused, and what each takes."""

import time
from collections.abc import Sequence
from pathlib import Path

from adapters.vision.check import PillowCheck
from adapters.vision.decoders import Decoders, Opened
from core.errors import AttachmentError
from core.settings import ImageSettings
from evals.scorecard import Row
from evals.sets import Folders, Record, records

_SET = "images_hostile"
_TURNED = (5, 6, 7, 8)
_TARGET_S = 2.0
_TARGET_MB = 500.0


class _Measured(Decoders):
    """Decoders that remember the most memory a file took."""

    def __init__(self, *, at_once: int = 2) -> None:
        super().__init__(at_once=at_once)
        self.worst_mb = 0.0

    async def decode(self, content: bytes, *, pixels: int, long_side_px: int, parts: int) -> Opened:
        """See `Decoders.decode`."""
        opened = await super().decode(content, pixels=pixels, long_side_px=long_side_px, parts=parts)
        self.worst_mb = max(self.worst_mb, opened.peak_mb)
        return opened


async def hostile(folders: Folders) -> Sequence[Row]:
    """`hostile_as_expected`, `hostile_worst_s` and `hostile_worst_mb`."""
    manifests = folders.find(_SET, "manifest*.jsonl", "*/manifest*.jsonl")
    found = [(path.parent / record["file"], record) for path in manifests for record in records([path])]
    found = [(path, record) for path, record in found if path.is_file()]
    if not found:
        note = f"{_SET} is absent"
        return [
            Row("hostile_as_expected", None, 1.0, note=note),
            Row("hostile_worst_s", None, _TARGET_S, better="lower", note=note),
            Row("hostile_worst_mb", None, _TARGET_MB, better="lower", note=note),
        ]
    async with _Measured.open() as decoders:
        check = PillowCheck(ImageSettings(limit_mb=100), decoders)
        await decoders.decode(b"", pixels=1, long_side_px=256, parts=1)  # starting the process is no file's fault
        wrong: list[str] = []
        worst_s, worst = 0.0, ""
        for path, record in found:
            began = time.monotonic()
            problem = await _problem(check, path, record)
            if (seconds := time.monotonic() - began) > worst_s:
                worst_s, worst = seconds, path.name
            wrong += [problem] if problem else []
    right = len(found) - len(wrong)
    accepted = sum(map(_is_good, (record for _, record in found)))
    note = f"{right}/{len(found)}: {accepted} to accept, {len(found) - accepted} to refuse"
    note += f"; first: {wrong[0]}" if wrong else ""
    memory = "memory of the decoding child"
    return [
        Row("hostile_as_expected", right / len(found), 1.0, note=note),
        Row("hostile_worst_s", round(worst_s, 3), _TARGET_S, better="lower", note=worst),
        Row("hostile_worst_mb", round(decoders.worst_mb, 1), _TARGET_MB, better="lower", note=memory),
    ]


def _is_good(record: Record) -> bool:
    """A good decoder opens it: the manifest's own one did."""
    return record["pillow"].get("load") == "ok"


def _content(path: Path) -> bytes:
    return path.read_bytes()


async def _problem(check: PillowCheck, path: Path, record: Record) -> str:
    """What was not as expected; empty when all was."""
    told = record["pillow"]
    try:
        image = await check.check(_content(path))
    except AttachmentError as refusal:
        if _is_good(record):
            return f"{path.name} refused: {refusal}"
        return "" if len(str(refusal)) > 10 else f"{path.name} refused without a clear line"
    if not _is_good(record):
        return f"{path.name} accepted"
    width, height = told["size"]
    if told.get("orientation") in _TURNED and told.get("format") != "TIFF":  # there the size is upright already
        width, height = height, width
    is_same_way_up = (width > height) == (image.width_px > image.height_px) or width == height
    return "" if is_same_way_up else f"{path.name} lies on its side"
