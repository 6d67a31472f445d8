"""Short videos give a few stills; long, silent and broken ones give a line."""

import importlib
import io
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any

import pytest
from PIL import Image

from adapters.vision.check import PillowCheck
from core.errors import AttachmentError
from core.settings import ImageSettings
from core.vision import CheckedImage

av: Any = importlib.import_module("av")
_SHADES = (20, 120, 230)


@pytest.fixture
async def check() -> AsyncGenerator[PillowCheck, None]:
    async with PillowCheck.open(ImageSettings()) as check:
        yield check


def film(codec: str = "mpeg4", form: str = "mp4", *, size: tuple[int, int] = (320, 240), seconds: int = 6) -> bytes:
    """It begins dark, goes on grey and ends bright."""
    made = io.BytesIO()
    with av.open(made, "w", format=form) as out:
        stream = out.add_stream(codec, rate=5)
        stream.width, stream.height = size
        for n in range(5 * seconds):
            shade = _SHADES[n * len(_SHADES) // (5 * seconds)]
            out.mux(stream.encode(av.VideoFrame.from_image(Image.new("RGB", size, (shade, shade, shade)))))
        out.mux(stream.encode(None))
    return made.getvalue()


def sound() -> bytes:
    made = io.BytesIO()
    with av.open(made, "w", format="matroska") as out:
        stream = out.add_stream("pcm_s16le", rate=8_000, layout="mono")
        frame = av.AudioFrame(format="s16", layout="mono", samples=800)
        frame.sample_rate, frame.pts = 8_000, 0
        out.mux(stream.encode(frame))
    return made.getvalue()


def shades(checked: CheckedImage) -> list[int]:
    found: list[int] = []
    for each in checked.pictures:
        value = Image.open(io.BytesIO(each.content)).convert("L").getpixel((50, 50))
        assert isinstance(value, int)
        found.append(value)
    return found


@pytest.mark.parametrize(("codec", "form"), [("mpeg4", "mp4"), ("libx264", "mov"), ("libvpx-vp9", "webm")])
async def test_a_short_video_gives_stills_from_its_beginning_its_middle_and_its_end(
    check: PillowCheck, codec: str, form: str
) -> None:
    checked = await check.check(film(codec, form))
    dark, grey, bright = shades(checked)
    assert dark < 60 < grey < 180 < bright
    assert checked.note.startswith("a video of 6 s; stills at ")


async def test_a_long_video_is_not_opened_and_a_line_says_so(check: PillowCheck) -> None:
    with pytest.raises(AttachmentError, match="more than two minutes"):
        await check.check(film(size=(32, 32), seconds=130))


async def test_a_recording_without_pictures_is_none(check: PillowCheck) -> None:
    with pytest.raises(AttachmentError, match="cannot listen"):
        await check.check(sound())


@pytest.mark.parametrize("cut", [40, 300, 2_000])
async def test_a_video_that_is_cut_off_gives_a_line_or_what_is_there(check: PillowCheck, cut: int) -> None:
    with suppress(AttachmentError):
        assert (await check.check(film()[:cut])).pictures
    assert shades(await check.check(film()))  # and the next one is opened


async def test_a_video_of_huge_pictures_is_refused() -> None:
    async with PillowCheck.open(ImageSettings(limit_megapixels=0.01)) as check:
        with pytest.raises(AttachmentError, match="larger than I can open"):
            await check.check(film())
