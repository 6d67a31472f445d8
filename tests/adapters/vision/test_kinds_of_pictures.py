"""Every way a picture comes: phone photos, animations, documents, long screenshots, codes, and what hides in them."""

import importlib
import io
import zlib
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any

import pypdfium2
import pytest
import segno
from PIL import Image, ImageDraw, ImageFilter
from PIL.PngImagePlugin import PngInfo

from adapters.vision.check import PillowCheck
from core.errors import AttachmentError
from core.settings import ImageSettings
from core.vision import CheckedImage, Code
from tests.adapters.vision.test_check import encoded, png_chunk

heif: Any = importlib.import_module("pillow_heif")


@pytest.fixture
async def check() -> AsyncGenerator[PillowCheck, None]:
    async with PillowCheck.open(ImageSettings()) as check:
        yield check


def box(at: int, colour: str, size: tuple[int, int] = (300, 200)) -> Image.Image:
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((at, 20, at + 90, 120), fill=colour, outline="black", width=4)
    return image


def opened(checked: CheckedImage) -> list[Image.Image]:
    return [Image.open(io.BytesIO(each.content)) for each in checked.pictures]


def colour_at(image: Image.Image, place: tuple[int, int]) -> tuple[int, ...]:
    colour = image.convert("RGB").getpixel(place)
    assert isinstance(colour, tuple)
    return colour


def animation(form: str) -> bytes:
    frames = [box(10, "red"), *(box(10, "red") for _ in range(5)), box(150, "blue"), box(190, "green")]
    out = io.BytesIO()
    frames[0].save(out, form, save_all=True, append_images=frames[1:], duration=50, lossless=True)
    return out.getvalue()


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
async def test_an_animation_gives_its_first_frame_and_those_that_differ(check: PillowCheck, form: str) -> None:
    checked = await check.check(animation(form))
    first, *others = opened(checked)
    assert colour_at(first, (40, 60))[0] > 200
    assert len(others) == 2
    assert "animation" in checked.note


@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
async def test_phone_photos_are_opened(check: PillowCheck, form: str) -> None:
    heif.register_heif_opener()
    (shown,) = opened(await check.check(encoded(box(10, "red"), form, quality=90)))
    assert shown.size == (300, 200)
    assert colour_at(shown, (40, 60))[0] > 200


async def test_the_first_pages_of_a_pdf_are_rendered(check: PillowCheck) -> None:
    document: Any = pypdfium2.PdfDocument.new()
    for _ in range(5):
        document.new_page(595, 842)
    out = io.BytesIO()
    document.save(out)
    document.close()
    checked = await check.check(out.getvalue())
    assert len(checked.pictures) == 3
    assert checked.note == "a PDF of 5 pages; shown: the first 3"


async def test_a_long_screenshot_is_cut_into_pieces_that_can_be_read(check: PillowCheck) -> None:
    checked = await check.check(encoded(box(10, "red", (600, 6_000)), "PNG"))
    assert [image.size for image in opened(checked)] == [(600, 2_000)] * 3
    assert "3 pieces" in checked.note


async def test_bar_and_qr_codes_are_read_here(check: PillowCheck) -> None:
    out = io.BytesIO()
    segno.make("https://shop.example/r/88291", micro=False).save(out, kind="png", scale=6)
    checked = await check.check(out.getvalue())
    assert checked.codes == (Code("QRCode", "https://shop.example/r/88291"),)


async def test_light_writing_on_nothing_stays_readable(check: PillowCheck) -> None:
    image = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((20, 20, 80, 80), fill="white")
    (shown,) = opened(await check.check(encoded(image, "PNG")))
    assert colour_at(shown, (50, 50)) == (255, 255, 255)
    assert max(colour_at(shown, (150, 50))) < 100


async def test_deep_grey_is_not_washed_out(check: PillowCheck) -> None:
    image = Image.new("I;16", (60, 60), 1_000)
    image.paste(9_000, (0, 0, 30, 60))
    (shown,) = opened(await check.check(encoded(image, "PNG")))
    assert colour_at(shown, (10, 10))[0] > 200
    assert colour_at(shown, (50, 10))[0] < 50


async def test_what_cannot_be_read_well_is_named(check: PillowCheck) -> None:
    blurred = box(10, "red", (800, 600)).filter(ImageFilter.GaussianBlur(20))
    assert (await check.check(encoded(blurred, "PNG"))).problems == ("blurred",)
    assert (await check.check(encoded(Image.new("RGB", (90, 90), "black"), "PNG"))).problems == (
        "one plain colour, nothing is to be seen",
    )
    assert (await check.check(encoded(box(10, "red"), "PNG"))).problems == ()


async def test_a_picture_that_is_also_something_else_comes_out_as_a_picture_only(check: PillowCheck) -> None:
    hidden = b"<script>alert(1)</script>%PDF-1.7 PK\x03\x04"
    notes = PngInfo()
    notes.add_text("Comment", hidden.decode("latin-1"))
    for content in (encoded(box(1, "red"), "GIF") + hidden, encoded(box(1, "red"), "PNG", pnginfo=notes)):
        checked = await check.check(content)
        assert not any(mark in checked.picture.content for mark in (b"script", b"PDF", b"PK\x03"))


async def test_text_that_unpacks_to_far_more_does_no_harm_to_the_next_picture(check: PillowCheck) -> None:
    packed = zlib.compressobj(9)
    bomb = b"".join(packed.compress(b"\0" * 10_000_000) for _ in range(15)) + packed.flush()
    good = encoded(box(1, "red"), "PNG")
    content = good[:33] + png_chunk(b"iCCP", b"x\0\0" + bomb) + png_chunk(b"zTXt", b"k\0\0" + bomb) + good[33:]
    with suppress(AttachmentError):
        await check.check(content)
    assert (await check.check(good)).width_px == 300
