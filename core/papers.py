"""Identity papers in text that was read off a picture: passports, identity cards, driving licences."""

import re
from collections.abc import Iterable

from core.redaction import masked

_NAMES = (
    r"passport|reisepass|passeport|pasaporte|passaporto|identity\W?card|identity document|personalausweis|"
    r"carte (?:nationale )?d.identit[eé]|carta d.identit[aà]|documento nacional|\bdni\b|national id|\bid\W?card|"
    r"\bid (?:no|number)|driv(?:er.?s|ing) licen[cs]e|f[uü]hrerschein|permis de conduire|residence permit"
)
_NUMBER = r"(?=[A-Z0-9 -]*\d[A-Z0-9 -]*\d[A-Z0-9 -]*\d)[A-Z0-9](?:[ -]?[A-Z0-9]){5,17}"
_NAMED = re.compile(
    rf"(?i:(?:{_NAMES})[^\n\d]{{0,40}}\n?[^\n\d]{{0,20}}?(?:n[or°º]\.?|number|nummer)?)\W{{0,4}}(?<!\w)({_NUMBER})\b"
)
_MACHINE_READABLE = re.compile(r"^[A-Z0-9<«\s]*(?:[<«][A-Z0-9\s]*){4,}$")
_LEAST_LINE_CHARS = 22
_MASK = "[ID]"


def shows_paper(lines: Iterable[str]) -> bool:
    """The lines are those of an identity paper: its machine-readable zone, or its name with a number."""
    read = list(lines)
    return any(map(_is_machine_readable, read)) or _NAMED.search("\n".join(read)) is not None


def without_secrets(text: str) -> str:
    """Text that was read off a picture, without what nobody here needs: cards, social security and paper numbers."""
    kept = "\n".join(_MASK if _is_machine_readable(line) else line for line in text.split("\n"))
    kept = _NAMED.sub(lambda found: found[0][: found.start(1) - found.start()] + _MASK, kept)
    return masked(kept, kinds=("CARD", "SSN"))


def _is_machine_readable(line: str) -> bool:
    bare = line.strip()
    return len(bare.replace(" ", "")) >= _LEAST_LINE_CHARS and _MACHINE_READABLE.match(bare) is not None
