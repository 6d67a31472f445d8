"""Personal data in text: found by form, checksum and the words around it, masked, and put back where allowed.

Ids and contacts are found reliably, names and addresses as far as light rules carry: no model looks here. A mask like
`[EMAIL_1]` means the same value all through one text or request; the map back lives as long as that, and nowhere else.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from typing import Literal, get_args

Kind = Literal["EMAIL", "IBAN", "CARD", "SSN", "IP", "PHONE", "URL", "ADDRESS", "NAME", "AGE"]
KINDS: tuple[Kind, ...] = get_args(Kind)
CONTACTS: frozenset[Kind] = frozenset({"EMAIL", "IBAN", "CARD", "SSN", "IP", "PHONE"})
"""What is promised: no value of these survives masking."""

PRIVATE: frozenset[Kind] = frozenset({"CARD", "IBAN", "SSN", "ADDRESS"})
"""What the team need not see of a customer's pictures."""


@dataclass(frozen=True, slots=True)
class Found:
    """One value in a text."""

    kind: Kind
    start: int
    end: int


_UP = r"[^\W\d_a-zß-öø-ÿ]"
_WORD = rf"{_UP}[\w'’.-]*"
_NAME = rf"{_WORD}(?:[ \t]+(?:{_WORD}|de|da|van|von|der|bin|al)){{0,3}}"
_LINE_NAME = rf"{_WORD}(?:[ \t]+{_WORD}){{1,3}}"
_TITLE = r"(?:mr|mrs|ms|miss|dr|prof|sir|madam|herr|frau)\.?"
_MONEY = r"(?![ \t]*(?:usd|eur|gbp|€|\$|£|%|kg|cm|mm|px|mb|gb))"

_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+", re.I)
_URL = re.compile(r"\b(?:https?://|www\.)[^\s<>\"')\]]+", re.I)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b")
_DIGIT = re.compile(r"\d")
_NUMBERS = frozenset[Kind](("IBAN", "SSN", "CARD", "PHONE", "AGE"))
"""Kinds without which a text that has no digit is."""
_LONG = re.compile(r"\d(?:(?:[ .()-]{0,3}|\)?[ ]?(?:x|ext\.?)[ ]?)\d){5}", re.I)
_LONG_NUMBERS = frozenset[Kind](("SSN", "CARD", "PHONE"))
"""Kinds that have at least six digits, with no more between two of them than `_LONG` lets pass."""
_DIGITS = re.compile(r"(?<![\w#.])\d(?:[ -]?\d){11,18}(?![\w])")
_SSN = re.compile(r"(?<![\w-])(?!000|666)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_SSN_BARE = re.compile(r"(?:ssn|social security(?: number| no)?)[^\d\n]{0,20}(\d{3}[ -]?\d{2}[ -]?\d{4})\b", re.I)
_IP4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)")
_IP6 = re.compile(r"(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", re.I)
_IP6_SIGN = re.compile(r":[0-9a-f]{0,4}:", re.I)
_PHONE = re.compile(
    rf"(?<![\w#/.-])(?:\+?\(?\d{{1,4}}\)?)(?:[ .-]?\(?\d{{1,5}}\)?){{1,6}}(?:[ ]?(?:x|ext\.?)[ ]?\d{{1,6}})?(?![\w/]){_MONEY}",
    re.I,
)
_PHONE_WORDS = re.compile(
    r"(?:phone|tel(?:ephone)?|mobile|cell|fax|desk|office|whatsapp|number|call|reach|text|ring|dial|contact)\W[^\n\d]{0,40}\n?[^\n\d]{0,4}$",
    re.I,
)
_PHONE_AFTER = re.compile(r"^[ ]?[-–][ ]?(?:office|fax|mobile|home|work|cell|desk)", re.I)
_ORDER_WORDS = re.compile(
    r"(?:order|invoice|ticket|case|tracking|article|item|version|sku)\W{0,3}(?:no\.?|number|id)?\W{0,4}$", re.I
)
_CARD_WORDS = re.compile(r"(?:card|cc|visa|mastercard|amex|maestro|credit|debit)[^\n\d]{0,25}$", re.I)
_DATE = re.compile(r"^(?:\d{4}[-.]\d{1,2}[-.]\d{1,2}|\d{1,2}[-.]\d{1,2}[-.]\d{2,4})(?:[ T]\d{1,2})?$")
_AGE = re.compile(
    r"\b(\d{1,3})(?=[ -]years?[ -]olds?\b)|(?:just turned|aged?|i am|i'm)[ ]+(\d{1,3})\b(?!\s*(?:%|days?|hours?|min|week))",
    re.I,
)

_STREET_WORDS = (
    r"(?:street|st|road|rd|avenue|ave|av|lane|ln|drive|dr|boulevard|blvd|court|ct|way|place|pl|square|sq|terrace|close"
    r"|crescent|highway|hwy|parkway|pkwy|trail|loop|circle|rue|via|viale|calle|avenida|rua|platz|allee|gasse|weg|vej"
    r"|vei|veien|gatan|utca|út|tér|ulica|ul|plaza|plein|laan|quai|corso|piazza)"
)
_STREET_ENDS = r"\w*(?:straße|strasse|straat|gasse|weg|platz|allee|vej|veien|gatan|gata|katu|tie|laan|plein|vegen|gade)"
_ADDRESS_CUE = re.compile(
    r"(?:address(?:[ \t]+(?:of|is|at|was)[^\n\d:]{0,60}?)?[ \t]*(?:is|:|to|at)|liv(?:e|es|ing) (?:at|on|in)|located (?:at|on|in)"
    r"|(?:ship|send|deliver|moved?|come)[^\n.]{0,30}? to|my place|reside[sd]? (?:at|in)|visit us at|return(?: it)? to|here (?:they are|it is)|change (?:it|my address) to)[ \t:]*\n?[ \t]*",
    re.I,
)
_ADDRESS_AFTER_CUE = re.compile(r"(?=[^\n]*\d)[^\n?!;]+(?:\n[ \t]*(?:[^\n?!;:@]{1,40}|,[^\n?!;:@]{1,40})){0,4}")
_STREET = re.compile(
    rf"(?:(?<![\w#])\d{{1,6}}[a-z]?,?[ \t]+)?(?:{_WORD}[ \t]+){{0,4}}(?:{_WORD}[ \t]+{_STREET_WORDS}\b\.?|{_STREET_ENDS}\b)"
    rf"(?:[ \t]+\d{{1,5}}[a-z]?)?(?:[ \t,\n]+(?:apt|suite|unit|flat)\.?[ \t]*\w+)?"
    rf"|(?<![\w#])\d{{1,6}}[ \t]+{_WORD}(?:[ \t]+[\w.'’-]+){{0,4}}[ \t]+\d{{1,5}}\b"
    rf"|\b(?:suite|apt|apartment|unit|p\.?o\.? box)[.# \t]+\d+\w*",
    re.I,
)
_ZIP = re.compile(
    r"\b(?i:zip(?:[ -]?code)?|postal code|postcode|plz)[ \t]*(?:is|:)?[ \t]*([A-Z]{0,2}-?\d[\w]{2,6}(?:[ -]\d?[A-Z\d]{2,3})?)"
    rf"|(?:{_UP}{{2}}|{_WORD})[ \t,]+(\d{{4,6}}(?:-\d{{4}})?)(?=\s*(?:$|\n|[.;]))",
    re.M,
)
_BLOCK = re.compile(
    r"^[ \t>|*?]*\d{1,6}[ \t]+[^\n]{4,50}\n(?:[ \t]*[^\n:@?!]{2,40}\n){0,4}[ \t]*[^\n:@?!]*\d{3,6}", re.M
)

_NAME_CUES: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?:my name(?:'s| is)|i am called|call me|this is|name:|named|(?:it'?s|be|maybe it's) under|signed,?|regards,?|sincerely,?|from user|customer|client|patient|user:)[ \t\n]+({_NAME})"),
    re.compile(rf"(?:My name(?:'s| is)|I am|I'm|Call me|This is|Name:|Regards,?|Best,?|Cheers,?|Sincerely,?|User:|Customer:?|Patient:?|Dear|Hi|Hello|Hey)[ \t\n]+({_NAME})"),
    re.compile(rf"\b(?i:{_TITLE})[ \t]+({_NAME})"),
    re.compile(rf"(?:^|(?<=[.!?] ))({_NAME})(?=[ \t]+(?:lives?|works?|moved|said|told|called|wrote|explained|is a \d|is an? (?:\w+ ){{0,3}}(?:from|who)|has been|was born)\b)", re.M),
    re.compile(rf"^[ \t>|*?]*({_LINE_NAME})[ \t]*$(?=\n\n?[ \t>|*?]*\w)", re.M),
    re.compile(rf"(?:^|(?<=[.!?] ))({_LINE_NAME})(?=[ \t]+(?:from|is|was|has|of)[ \t])", re.M),
    re.compile(rf"(?:change (?:it|my name|the name) to|should be|spelled|misspelled as|it'?s actually)[ \t]+({_LINE_NAME})"),
    re.compile(rf"\b(?:songwriter|author|actor|actress|artist|director|president|ceo|owner|nurse|agent)[ \t]+({_LINE_NAME})"),
    re.compile(r"(?i:^|(?<=[.!?] ))([^\W\d_]+(?:[ ][^\W\d_]+){1,2})(?=[ ]lives at[ ])", re.M),
    re.compile(rf"(?:^|(?<=[.!?] ))({_UP}[\w'’-]+)(?=, (?:can|could|would|please|will|thank|thanks|i|we|my)\b)", re.M),
    re.compile(rf"({_WORD}(?:[ \t]+{_WORD}){{1,2}})(?='s (?:account|order|card|address|phone|email|mail|killers|birthday))"),
    re.compile(rf"\b(?:account of|order of|belongs to|married to|son of|daughter of|spoke (?:to|with)|talked (?:to|with)|on behalf of|producer|singer|by artist|manager|colleague|friend)[ \t]+({_NAME})", re.I),
)  # fmt: skip
_NO_NAME = frozenset(
    """i the a an and or but my your our his her their it this that these those we you he she they is are was were what
    who how when where why which please thanks thank hello hi hey dear sir madam bot user customer order refund account card
    email e-mail phone mobile fax website address slack discord monday tuesday wednesday thursday friday saturday sunday
    january february march april may june july august september october november december yes no ok okay can could would
    should do does did has have had will all any if in on at to from for with of by as not bring send just there here
    sorry unable trying looking having still waiting happy sure afraid team support everyone guys folks again personal info""".split()
)


def find(text: str, *, kinds: Iterable[Kind] = KINDS) -> list[Found]:
    """What stands in a text, from left to right; where two overlap, the surer kind has it."""
    wanted, taken = frozenset(kinds), list[Found]()
    without = frozenset[Kind]()
    if _DIGIT.search(text) is None:
        without = _NUMBERS
    elif _LONG.search(text) is None:
        without = _LONG_NUMBERS
    for kind, look in _LOOKS:
        if kind in wanted and kind not in without and (kind != "EMAIL" or "@" in text):
            for start, end in look(text):
                if end > start and all(end <= each.start or start >= each.end for each in taken):
                    taken.append(Found(kind, start, end))
    return sorted(taken, key=lambda each: each.start)


@lru_cache(maxsize=4_096)
def _found(text: str, kinds: frozenset[Kind]) -> tuple[Found, ...]:
    """What a text was found to have: every turn of a conversation sends its earlier lines again."""
    return tuple(find(text, kinds=kinds))


@dataclass(slots=True)
class Masks:
    """Values and their masks within one request or one case."""

    kinds: frozenset[Kind] = CONTACTS
    _by_value: dict[tuple[Kind, str], str] = field(default_factory=dict[tuple[Kind, str], str])
    _values: dict[str, str] = field(default_factory=dict[str, str])

    def mask(self, text: str) -> str:
        """The text with every value masked; the same value gets the same mask."""
        parts, at = list[str](), 0
        for each in _found(text, self.kinds):
            parts += [text[at : each.start], self._mask_of(each.kind, text[each.start : each.end])]
            at = each.end
        return "".join([*parts, text[at:]])

    def unmask(self, text: str) -> str:
        """Values put back; masks that were never given stay as they are."""
        return _MASK.sub(lambda found: self._values.get(found[0], found[0]), text) if self._values else text

    def held_back(self, text: str) -> int:
        """How many characters at the end may be the beginning of a mask, and so must wait."""
        opened = text.rfind("[")
        is_begun = opened >= 0 and _BEGUN.fullmatch(text, opened) is not None
        return len(text) - opened if self._values and is_begun else 0

    def _mask_of(self, kind: Kind, value: str) -> str:
        key = (kind, value.casefold())
        if key not in self._by_value:
            n = 1 + sum(known == kind for known, _ in self._by_value)
            self._by_value[key] = f"[{kind}_{n}]"
            self._values[self._by_value[key]] = value
        return self._by_value[key]


def masked(text: str, *, kinds: Iterable[Kind] = CONTACTS) -> str:
    """The text with its values masked for good: nothing is remembered."""
    return Masks(frozenset(kinds)).mask(text)


_MASK = re.compile(r"\[(?:" + "|".join(KINDS) + r")_\d+\]")
_BEGUN = re.compile(r"\[[A-Z]{0,7}_?\d{0,4}")


def luhn(digits: str) -> bool:
    """The checksum of card numbers."""
    total = 0
    for n, char in enumerate(reversed(digits)):
        value = int(char) * (2 if n % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def iban_is_valid(value: str) -> bool:
    """The checksum of account numbers."""
    bare = re.sub(r"[ -]", "", value).upper()
    return int("".join(str(int(char, 36)) for char in bare[4:] + bare[:4])) % 97 == 1


def _spans(pattern: re.Pattern[str]) -> Callable[[str], Iterator[tuple[int, int]]]:
    return lambda text: (found.span() for found in pattern.finditer(text))


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for found in _IBAN.finditer(text):
        end = found.end()
        while end > found.start() + 15:
            if iban_is_valid(text[found.start() : end]):
                yield found.start(), end
                break
            end -= 1


def _cards(text: str) -> Iterator[tuple[int, int]]:
    for found in _DIGITS.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if (luhn(digits) and digits[0] in "23456") or _CARD_WORDS.search(
            text, max(0, found.start() - 40), found.start()
        ):
            yield found.span()


def _ssns(text: str) -> Iterator[tuple[int, int]]:
    yield from (found.span() for found in _SSN.finditer(text))
    yield from (found.span(1) for found in _SSN_BARE.finditer(text))


def _ips(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_IP4, _IP6) if _IP6_SIGN.search(text) else (_IP4,):
        for found in pattern.finditer(text):
            if found[0].count(":") == 2 and "::" not in found[0]:
                continue
            try:
                ip_address(found[0])
            except ValueError:
                continue
            yield found.span()


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for found in _PHONE.finditer(text):
        digits = sum(char.isdigit() for char in found[0])
        before = text[max(0, found.start() - 60) : found.start()]
        if not 6 <= digits <= 16 or _DATE.match(found[0]) or _ORDER_WORDS.search(before):
            continue
        is_shaped = found[0].startswith("+") or (digits >= 8 and len(re.findall(r"[ .()-]+", found[0])) >= 2)
        if is_shaped or _PHONE_WORDS.search(before) or _PHONE_AFTER.match(text[found.end() :]):
            yield found.start(), found.start() + len(found[0].rstrip(" .-("))


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    for cue in _ADDRESS_CUE.finditer(text):
        if found := _ADDRESS_AFTER_CUE.match(text, cue.end()):
            yield found.start(), found.start() + len(found[0].rstrip(" .,\n\t"))
    for pattern in (_BLOCK, _STREET):
        yield from (found.span() for found in pattern.finditer(text))
    for found in _ZIP.finditer(text):
        group = 1 if found[1] else 2
        yield found.span(group)


def _names(text: str) -> Iterator[tuple[int, int]]:
    for pattern in _NAME_CUES:
        for found in pattern.finditer(text):
            if (span := _trimmed(text, *found.span(1))) is not None:
                yield span


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A name without the words around it that are none; None when nothing is left."""
    words = [(start + found.start(), start + found.end()) for found in re.finditer(r"\S+", text[start:end])]
    while words and text[slice(*words[-1])].strip(".,'’").casefold() in _NO_NAME:
        words.pop()
    if not words or text[slice(*words[0])].strip(".,'’").casefold() in _NO_NAME:
        return None
    return words[0][0], start + len(text[start : words[-1][1]].rstrip(".,'’"))


def _ages(text: str) -> Iterator[tuple[int, int]]:
    for found in _AGE.finditer(text):
        yield found.span(1 if found[1] else 2)


_LOOKS: tuple[tuple[Kind, Callable[[str], Iterator[tuple[int, int]]]], ...] = (
    ("EMAIL", _spans(_EMAIL)),
    ("URL", _spans(_URL)),
    ("IBAN", _ibans),
    ("SSN", _ssns),
    ("CARD", _cards),
    ("IP", _ips),
    ("PHONE", _phones),
    ("ADDRESS", _addresses),
    ("AGE", _ages),
    ("NAME", _names),
)
