"""Photos of parcels and boxes: how many, damaged or not; without a vision model, that this is not told."""

import os
from collections.abc import Sequence
from pathlib import Path

from adapters.local.text_reader import LocalTextReader, is_available
from adapters.models.opening import open_models
from adapters.models.settings import ModelsSettings, ModelTable
from adapters.vision.check import PillowCheck
from core.errors import AttachmentError, BotError
from core.finding import Finding
from core.looking import FirstEyes, ModelEyes, NoEyes, ReadingEyes
from core.settings import ImageSettings
from core.vision import Eyes
from evals.scorecard import Row
from evals.sets import Folders, Record, records

_SET = "images_support"
_URL, _KEY, _MODEL = "FIRSTLINE_VISION_BASE_URL", "FIRSTLINE_VISION_API_KEY", "FIRSTLINE_VISION_MODEL"


async def support(folders: Folders) -> Sequence[Row]:
    """`support_opened`, `support_honest`, and with an endpoint `parcel_count` and `damage_told`."""
    manifests = folders.lent(_SET, "manifest*.jsonl")
    found = [(path.parent / record["file"], record) for path in manifests for record in records([path])]
    found = [(path, record) for path, record in found if path.is_file()]
    if not found:
        return _absent(f"{_SET} is absent")
    local: Eyes = ReadingEyes(LocalTextReader()) if is_available() else NoEyes()
    opened, honest, asked = 0, 0, 0
    async with PillowCheck.open(ImageSettings()) as check:
        for path, record in found:
            try:
                image = await check.check(_content(path))
            except AttachmentError:
                continue
            opened += 1
            if record.get("gold"):
                asked += 1
                honest += _says_nothing_it_cannot_see((await local.look(image, question=record["question"])).finding)
        rows = [
            Row("support_opened", opened / len(found), 1.0, note=f"{opened}/{len(found)} photos and screenshots"),
            Row("support_honest", honest / asked if asked else None, 1.0,
                note=f"{honest}/{asked}: without a vision model neither count nor damage is claimed"),
        ]  # fmt: skip
        return [*rows, *await _seen(check, [(_content(path), record) for path, record in found])]


async def _seen(check: PillowCheck, found: Sequence[tuple[bytes, Record]]) -> list[Row]:
    url = os.environ.get(_URL, "")
    if not url:
        note = f"no vision model: set {_URL} (with {_KEY} and {_MODEL}); the local path reads text and counts nothing"
        return [Row("parcel_count", 0.0, note=note), Row("damage_told", 0.0, note=note)]
    counts, damages = list[bool](), list[bool]()
    table = ModelTable(base_url=url, model=os.environ.get(_MODEL, ""), sees_pictures=True)
    settings = ModelsSettings(vision=table, chat=table)
    async with open_models(settings, base_url=url, api_key=os.environ.get(_KEY, "")) as models:
        eyes = FirstEyes(ModelEyes(models.chat("vision")), NoEyes())
        for content, record in found:
            gold: Record = record.get("gold") or {}
            if not gold:
                continue
            try:
                finding = (await eyes.look(await check.check(content), question=record["question"])).finding
            except BotError:
                finding = Finding()
            if "parcels" in gold:
                counts.append(finding.parcels == gold["parcels"])
            if "damaged" in gold:
                damages.append(finding.shows_damage == gold["damaged"] and finding.damage != "unknown")
    model = os.environ.get(_MODEL, "") or "the endpoint's own choice"
    return [
        Row("parcel_count", _share(counts), note=f"{sum(counts)}/{len(counts)} by {model}"),
        Row("damage_told", _share(damages), note=f"{sum(damages)}/{len(damages)} by {model}"),
    ]


def _content(path: Path) -> bytes:
    return path.read_bytes()


def _says_nothing_it_cannot_see(finding: Finding) -> bool:
    return finding.is_text_only and finding.parcels is None and finding.damage == "unknown" and bool(finding.not_told)


def _share(hits: Sequence[bool]) -> float | None:
    return sum(hits) / len(hits) if hits else None


def _absent(note: str) -> list[Row]:
    targets = {"support_opened": 1.0, "support_honest": 1.0, "parcel_count": None, "damage_told": None}
    return [Row(name, None, target, note=note) for name, target in targets.items()]
