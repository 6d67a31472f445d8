"""The evaluation of pictures holds on small sets of its own."""

import json
from pathlib import Path

from evals.sets import Folders
from evals.vision_hostile import hostile
from evals.vision_renders import drawn, encoded, renders
from evals.vision_support import support


def a_set(folder: Path) -> Path:
    """A good picture on its side, a page that calls itself one, and one that a good decoder would open."""
    place = folder / "images_hostile" / "other"
    place.mkdir(parents=True)
    good = drawn(["Order #88291"])
    (place / "good.png").write_bytes(encoded(good, "PNG"))
    (place / "page.png").write_bytes(b"<html>Sign in</html>")
    (place / "broken.jpg").write_bytes(encoded(good, "JPEG")[:500])
    told = [
        {"file": "other/good.png", "pillow": {"load": "ok", "size": list(good.size), "orientation": None}},
        {"file": "other/page.png", "pillow": {"open": "UnidentifiedImageError"}},
        {"file": "other/broken.jpg", "pillow": {"load": "ok", "size": list(good.size)}},
        {"file": "other/gone.png", "pillow": {"load": "ok", "size": [1, 1]}},
    ]
    lines = "\n".join(json.dumps(each) for each in told)
    (folder / "images_hostile" / "manifest.jsonl").write_text(lines, encoding="utf-8")
    return folder


async def test_files_are_counted_as_their_manifest_says(tmp_path: Path) -> None:
    folder = a_set(tmp_path)
    expected, seconds, memory = await hostile(Folders(folder, folder))
    assert expected.value == 2 / 3
    assert "broken.jpg refused" in expected.note
    assert seconds.met
    assert memory.met


async def test_a_set_that_is_absent_is_a_miss_in_every_row(tmp_path: Path) -> None:
    rows = [*await hostile(Folders(tmp_path, tmp_path)), *await support(Folders(tmp_path, tmp_path))]
    assert [row.value for row in rows] == [None] * 7
    assert not any(row.met for row in rows)


def test_dialogs_are_drawn_in_every_look() -> None:
    names = {render.name for render in renders()}
    assert len(names) == 54
