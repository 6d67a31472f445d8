"""Dialogs drawn here, in several languages, looks and compressions: for reading, and for what hides in pictures."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

DIALOGS: dict[str, tuple[str, ...]] = {
    "en": ("Payment could not be completed", "Your bank declined the card ending in 4417.", "Error code: PAY-2031",
           "Order #88291", "Try another card", "Cancel"),
    "de": ("Zahlung nicht möglich", "Ihre Bank hat die Zahlung über 129,00 € abgelehnt.", "Fehlercode: ZA-2031",
           "Bestellung Nr. 88291", "Bitte prüfen Sie Ihr Gerät und die Größe.", "Abbrechen"),
    "es": ("No se pudo iniciar sesión", "La contraseña de su cuenta ha caducado.", "Código de error: AUT-118",
           "Pedido 88305 pendiente de envío", "Inténtelo más tarde", "Atrás"),
    "fr": ("Connexion impossible", "Le serveur n'a pas répondu à temps.", "Erreur réseau NET-504",
           "Commande n° 88377 expédiée", "Réessayer plus tard", "Fermer la fenêtre"),
    "it": ("Pagamento rifiutato", "La carta non è più valida.", "Codice errore: PAG-77",
           "Ordine 88410 in attesa", "Verificare la disponibilità", "Annulla"),
    "pt": ("Não foi possível concluir", "A sessão expirou há 30 minutos.", "Código: SES-419",
           "Encomenda 88433 em preparação", "Voltar à página inicial", "Cancelar"),
    "pl": ("Nie udało się zapisać zmian", "Połączenie z serwerem zostało przerwane.", "Kod błędu: SQL-1205",
           "Zamówienie 88214 zwrócone", "Spróbuj ponownie później", "Zamknij"),
    "tr": ("İşlem tamamlanamadı", "Şifreniz değiştirilmiş olabilir.", "Hata kodu: HSP-12",
           "Sipariş 88399 iptal edildi", "Lütfen tekrar deneyin", "Geri dön"),
    "nl": ("Betaling mislukt", "De bestelling is niet geplaatst.", "Foutcode: BET-301",
           "Bestelling 88341 wordt verzonden", "Probeer het opnieuw", "Sluiten"),
}  # fmt: skip

LOOKS: dict[str, tuple[str, str, str]] = {
    "light": ("#ffffff", "#1c1c1e", "#0a60d0"),
    "dark": ("#1e1f24", "#e8e8ea", "#7db1ff"),
}
COMPRESSIONS: tuple[tuple[str, str, int], ...] = (("png", "PNG", 0), ("jpeg85", "JPEG", 85), ("jpeg50", "JPEG", 50))


@dataclass(frozen=True, slots=True)
class Render:
    """A picture of a dialog and the lines that stand in it."""

    name: str
    content: bytes
    lines: tuple[str, ...]


def renders() -> Iterator[Render]:
    """Every dialog in every look and compression that a font here can draw."""
    for language, lines in DIALOGS.items():
        drawable = [line for line in lines if _can_draw(line)]
        for look, colours in LOOKS.items():
            image = drawn(drawable, colours)
            for name, form, quality in COMPRESSIONS:
                yield Render(f"{language} {look} {name}", encoded(image, form, quality), tuple(drawable))


def drawn(lines: Sequence[str], colours: tuple[str, str, str] = LOOKS["light"]) -> Image.Image:
    """A window with a title bar and lines of text, as a screenshot has it."""
    ground, ink, accent = colours
    image = Image.new("RGB", (900, 110 + 58 * len(lines)), ground)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 900, 34), fill=accent)
    for n, line in enumerate(lines):
        draw.text((48, 62 + 58 * n), line, font=_font(26 if n == 0 else 20), fill=ink)
    return image


def encoded(image: Image.Image, form: str, quality: int = 0) -> bytes:
    """The bytes of a picture."""
    out = io.BytesIO()
    image.save(out, form, **({"quality": quality} if quality else {}))
    return out.getvalue()


def _font(size: int) -> _Font:
    for name in ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf"):
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def _can_draw(line: str) -> bool:
    """No letter comes out as the box that stands for a missing one."""
    font = _font(20)
    missing = _shape(font, "\U0010ffff")
    return all(char == " " or _shape(font, char) != missing for char in line)


def _shape(font: _Font, char: str) -> bytes:
    image = Image.new("L", (40, 40))
    ImageDraw.Draw(image).text((4, 4), char, font=font, fill=255)
    return image.tobytes()
