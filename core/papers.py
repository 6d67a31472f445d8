"""Papers in text that was read off a picture: passports, identity cards, licences, and the address on a label."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate

from core.conversation import Line
from core.redaction import PRIVATE, masked

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
_STREETS = (
    r"street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|court|ct|way|place|square|terrace|close|crescent|"
    r"highway|parkway"
)
_STREET = (
    rf"\b\d{{1,5}}[a-z]?,?[ ](?:[^\W\d_][\w'’.-]*[ ]){{1,4}}(?:{_STREETS})\b\.?"
    r"|\b[\w-]*(?:stra(?:ß|ss)e|str\.|gasse|weg|platz|allee|straat|laan|gatan|vägen|gade|vej|katu)[ ]\d{1,4}[a-z]?\b"
    r"|\b(?:rue|via|viale|calle|avenida|rua|ul\.|ulica|plaza|piazza|corso|quai)[ ](?:[\w'’.-]+,?[ ]){1,5}\d{1,4}\b"
    r"|\b\d{1,4}(?:[ ](?:bis|ter))?,?[ ](?:rue|avenue|boulevard|quai|chemin|place)[ ](?:[\w'’.-]+[ ]?){1,5}"
)
_TOWN = (
    r"(?:[a-z]{1,2}[- ])?\d{2}[- ]?\d{2,3}(?:[ ][a-z]{2})?[ ][^\W\d_][\w'’.-]*(?:[ ][^\W\d_][\w'’.-]*){0,3}"
    r"|[^\W\d_][\w'’.-]*(?:[ ][\w'’.-]+){0,3},?[ ](?:[a-z]{2}[ ]\d{5}(?:-\d{4})?|[a-z]{1,2}\d[a-z\d]?[ ]?\d[a-z]{2})"
)
_ADDRESS = re.compile(rf"(?:{_STREET})(?:,?[ ]?\n?\W{{0,2}}(?:{_TOWN}))?", re.IGNORECASE)
_PERSON = re.compile(r"\W*(?:[^\W\d_a-z][\w'’.-]*[ ]?){2,4}\W*")


def shows_paper(lines: Iterable[str]) -> bool:
    """The lines are those of an identity paper: its machine-readable zone, or its name with a number."""
    read = list(lines)
    return any(map(_is_machine_readable, read)) or _NAMED.search("\n".join(read)) is not None


def without_secrets(text: str) -> str:
    """Text that was read off a picture, without what nobody here needs: cards, social security and paper numbers."""
    kept = "\n".join(_MASK if _is_machine_readable(line) else line for line in text.split("\n"))
    kept = _NAMED.sub(lambda found: found[0][: found.start(1) - found.start()] + _MASK, kept)
    return masked(kept, kinds=("CARD", "SSN"))


def without_addresses(text: str) -> str:
    """Text that was read off a picture, its addresses masked."""
    return _ADDRESS.sub("[ADDRESS]", text)


def without_private(line: Line) -> Line:
    """A line whose pictures tell the team no account, card or address."""
    hidden = (masked(without_addresses(each), kinds=PRIVATE) for each in line.findings)
    return replace(line, findings=tuple(hidden)) if line.findings else line


def on_addresses(lines: Sequence[str]) -> list[bool]:
    """Which lines are part of an address: street, town, and the name above them."""
    found = [False] * len(lines)
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    for each in _ADDRESS.finditer("\n".join(lines)):
        own = [n for n, line in enumerate(lines) if starts[n] < each.end() and starts[n] + len(line) > each.start()]
        for n in own:
            found[n] = True
        if own and own[0] and _PERSON.fullmatch(lines[own[0] - 1]):
            found[own[0] - 1] = True
    return found


def _is_machine_readable(line: str) -> bool:
    bare = line.strip()
    return len(bare.replace(" ", "")) >= _LEAST_LINE_CHARS and _MACHINE_READABLE.match(bare) is not None
