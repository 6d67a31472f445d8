"""The pictures of the scripted cases, drawn here: a crushed parcel with its label, and an error as a shop shows it."""

from random import Random

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from evals.vision_renders import drawn, encoded

ERROR_LINES = (
    "Payment could not be completed",
    "Your bank declined the card ending in 4417.",
    "Error code: PAY-2031",
    "Order #88451",
    "Try another card",
    "Cancel",
)
LABEL_LINES = ("Ada Marlow", "12 Harbour Street", "20457 Hamburg", "Order #88291", "Tracking JD0146000088291")
_SIZE = (1200, 900)
_CARDBOARD, _SHADE, _LIGHT = "#b88a57", "#8f683d", "#c99c69"


def error_screenshot() -> bytes:
    """A PNG."""
    return encoded(drawn(ERROR_LINES), "PNG")


def crushed_parcel() -> bytes:
    """A JPEG as a phone takes it: grain, a soft shadow, the upper left corner pushed in."""
    image = Image.new("RGB", _SIZE, "#6f747a")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 620, *_SIZE), fill="#53565a")
    draw.ellipse((170, 700, 1090, 850), fill="#3c3e41")
    draw.polygon(
        [(330, 330), (620, 210), (1030, 290), (1040, 700), (560, 800), (210, 690), (215, 470)], fill=_CARDBOARD
    )
    draw.polygon([(560, 420), (1030, 290), (1040, 700), (560, 800)], fill=_SHADE)
    draw.polygon([(330, 330), (620, 210), (1030, 290), (560, 420), (430, 400)], fill=_LIGHT)
    _crush(draw)
    draw.line([(780, 250), (800, 355), (808, 752)], fill="#d9c49b", width=34)
    image = image.filter(ImageFilter.GaussianBlur(1.6))
    label = _label().convert("RGBA").rotate(-8.5, expand=True, resample=Image.Resampling.BICUBIC)
    image.paste(label, (226, 540), label)
    return encoded(_grained(image), "JPEG", 88)


def _crush(draw: ImageDraw.ImageDraw) -> None:
    """Where it was dropped: folds that run together in a hole."""
    draw.polygon([(205, 480), (330, 330), (470, 410), (390, 520), (300, 545), (215, 560)], fill="#6d4d2b")
    draw.polygon([(258, 470), (330, 385), (400, 430), (345, 490)], fill="#1f150b")
    for fold in ([(215, 560), (300, 490), (330, 385)], [(470, 410), (380, 455), (345, 490)], [(300, 545), (315, 480)]):
        draw.line(fold, fill="#3d2a16", width=7)
    draw.line([(390, 520), (470, 560), (520, 640)], fill="#8a6339", width=6)


def _label() -> Image.Image:
    label = Image.new("RGB", (310, 172), "white")
    draw = ImageDraw.Draw(label)
    font = ImageFont.truetype("DejaVuSans.ttf", 20)
    for n, line in enumerate(LABEL_LINES):
        draw.text((12, 8 + 32 * n), line, font=font, fill="black")
    return label


def _grained(image: Image.Image) -> Image.Image:
    chance = Random(7)
    noise = Image.frombytes("L", (300, 225), chance.randbytes(300 * 225)).resize(_SIZE).convert("RGB")
    return Image.blend(image, noise, 0.05)
