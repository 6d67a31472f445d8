"""What printed text says, by its form: error codes and messages, order and tracking numbers, totals."""

import re
from collections.abc import Iterable, Sequence

_MOST = 8
_NUMBER = re.compile(
    r"#\s?(\d{4,12})\b|\b(?:order|invoice|bestell\w*|auftrag\w*|rechnung\w*|pedido|commande|ordine|zamowieni\w*|"
    r"zamówieni\w*|encomenda|siparis|sipariş)\b[^\w\n]{0,4}(?:(?:no|nr|number|num|nummer|número|numéro|id)\b)?"
    r"[^\w\n]{0,4}#?\s?([A-Z]{0,4}-?\d[\dA-Z-]{3,22})",
    re.IGNORECASE,
)
_ERROR_CODE = re.compile(
    r"\b(?:0x[0-9A-Fa-f]{4,}|ERR_[A-Z0-9_]+|[A-Z]{1,6}[-_]\d{2,6}|(?:error|fehler|erreur|errore|erro|code|http)"
    r"\s?[:#]?\s?(?:[A-Z]{0,4}-?\d{2,6}))\b",
    re.IGNORECASE,
)
_MESSAGE = re.compile(
    r"\b(error|exception|failed|failure|cannot|could not|can't|unable|denied|declined|invalid|not found|timed out|"
    r"fehler|fehlgeschlagen|erreur|échec|errore|erro|error al|falló|błąd|hata|ошибка)\b",
    re.IGNORECASE,
)
_TRACKING = re.compile(
    r"\b(1Z[0-9A-Z]{16}|[A-Z]{2}\d{9}[A-Z]{2}|JJ?D\d{10,20}|\d{20,22})\b|"
    r"\btrack\w*[^\w\n]{0,4}(?:(?:no|nr|number|id)\b)?[^\w\n]{0,4}([A-Z0-9]{8,24})\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"(?:[€$£¥]|\b(?:EUR|USD|GBP|CHF|PLN|SEK)\b)\s?\d[\d.,' ]*\d|"
    r"\d[\d.,' ]*\d\s?(?:[€$£¥]|\b(?:EUR|USD|GBP|CHF|PLN|SEK|zł)\b)"
)
_TOTAL = re.compile(r"\b(total|summe|gesamt\w*|betrag|importe|montant|totale|suma|razem|toplam|amount due)\b", re.I)


def codes_in(text: str) -> tuple[str, ...]:
    """Error codes."""
    return _unique(match.group() for match in _ERROR_CODE.finditer(text))


def messages_in(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines that read like error messages."""
    return _unique(line.strip()[:300] for line in lines if _MESSAGE.search(line))


def numbers_in(text: str) -> tuple[str, ...]:
    """Order and invoice numbers."""
    return _unique(next(filter(None, match.groups()), "") for match in _NUMBER.finditer(text))


def trackings_in(text: str) -> tuple[str, ...]:
    """Tracking numbers of the usual carriers, or whatever is called one."""
    found = (next(filter(None, match.groups()), "") for match in _TRACKING.finditer(text))
    return _unique(each for each in found if any(char.isdigit() for char in each))


def totals_in(lines: Sequence[str]) -> tuple[str, ...]:
    """Amounts that stand in a line with, or right below, a word for total."""
    found: list[str] = []
    for before, line in zip(["", *lines], lines, strict=False):
        amount = _AMOUNT.search(line)
        if amount and (_TOTAL.search(line) or (_TOTAL.search(before) and not _AMOUNT.search(before))):
            found.append(amount.group().strip())
    return _unique(found)


def _unique(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in found if each))[:_MOST]
