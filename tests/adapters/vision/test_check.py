"""Bytes are pictures by content or not at all, and what comes out is new and small."""

import io
import struct
import zlib

import pytest
from PIL import Image

from adapters.vision.check import PillowCheck
from core.errors import AttachmentError
from core.settings import ImageSettings
from core.vision import CheckedImage


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


async def checked(content: bytes, **settings: float) -> CheckedImage:
    async with PillowCheck.open(ImageSettings.model_validate(settings)) as check:
        return await check.check(content)


async def check(content: bytes, **settings: float) -> Image.Image:
    return Image.open(io.BytesIO((await checked(content, **settings)).picture.content))


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(width: int, height: int) -> bytes:
    """A tiny file that claims to be a huge picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1_000)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
async def test_common_pictures_are_accepted(form: str) -> None:
    assert (await check(encoded(Image.new("RGB", (40, 30), "red"), form))).size == (40, 30)


async def test_a_large_picture_is_made_small() -> None:
    assert max((await check(encoded(Image.new("RGB", (4_000, 2_000)), "JPEG"))).size) == 2_048


async def test_metadata_is_gone_and_the_picture_stands_upright() -> None:
    image = Image.new("RGB", (40, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "taken at home"
    shown = await check(encoded(image, "JPEG", exif=exif))
    assert shown.size == (20, 40)
    assert not dict(shown.getexif())


async def test_what_hides_behind_the_picture_is_gone() -> None:
    content = encoded(Image.new("RGB", (8, 8)), "PNG") + b"<script>alert(1)</script>"
    assert b"script" not in (await checked(content)).picture.content


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html>Sign in</html>", "web page"),
        (b"%PDF-1.7 ...", "PDF that is damaged"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"\x7fELF....", "program"),
        (b"just some words", "no picture"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "damaged"),
        (b"<!-- hello --><html>Sign in</html>", "web page"),
        (b"<?xml version='1.0'?>\n<svg/>", "SVG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 60, "video that is damaged"),
        (b"\x1a\x45\xdf\xa3webm" + b"\0" * 60, "video that is damaged"),
        (b"RIFF\0\0\0\0WAVEfmt ", "recordings"),
        (encoded(Image.new("RGB", (600, 600)), "JPEG")[:400], "damaged"),
    ],
)
async def test_anything_else_is_refused_with_a_line_for_the_customer(content: bytes, words: str) -> None:
    with pytest.raises(AttachmentError, match=words):
        await check(content)


async def test_a_bomb_is_refused_by_its_header() -> None:
    with pytest.raises(AttachmentError, match="pixels"):
        await check(png_of(60_000, 60_000))


async def test_a_file_over_the_limit_is_refused_unopened() -> None:
    with pytest.raises(AttachmentError, match="larger than 1 MB"):
        await check(b"\0" * 1_000_001, limit_mb=1)


async def test_the_same_bytes_have_the_same_hash() -> None:
    content = encoded(Image.new("RGB", (8, 8)), "PNG")
    one, two = [await checked(content) for _ in range(2)]
    assert one.sha256 == two.sha256
