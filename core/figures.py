"""The figures of a text in one form: amounts, spans of time, shares, dates, times of day, weekdays, other numbers.

"Thirty days", "30-day" and "30 Tage" are one figure; so are "€49.90" and "49,90 EUR", "2 p.m." and "14:00".
Pure text in, values out.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from core.figurewords import CURRENCIES, DAY_MINUTES, DAY_NAMES, DAYS, MONTH_NAMES, MONTHS, UNITS
from core.numberwords import NUMBER_WORDS

Kind = Literal["money", "span", "share", "date", "time", "weekday", "number"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. Two are the same when kind and unit agree and a reading of one is a reading of the other."""

    kind: Kind
    values: frozenset[str]
    """Every way to read it: `1.000` may be a thousand or one; `03/04` the third of April or the fourth of March."""
    unit: str = ""
    """Of money the currency, of a span `minute` (of days too), `working day`, `month` (of years too), `second`."""
    is_bound: bool = False
    """A bare number that stands before a word: it counts something."""
    written: frozenset[str] = field(default=frozenset(), compare=False)
    """The number without its unit, as it stands there."""

    def is_told_by(self, other: "Figure") -> bool:
        """The other one says this."""
        if self.kind == "number":
            return bool(self.values & other.values) and (other.kind == "number" or not self.is_bound)
        if self.kind == "date" == other.kind:
            return any(_same_day(mine, theirs) for mine in self.values for theirs in other.values)
        if other.kind == "number":
            # In tables and in what tools return, the unit stands elsewhere.
            return not other.is_bound and bool(self.written & other.values)
        return self.kind == other.kind and self.unit == other.unit and bool(self.values & other.values)


_WORKING = r"(?:working|business|work|banking|week)"
_AFTER_WORKING = r"(?:ouvr[ée]s?|ouvrables?|h[áa]biles|laborables|lavorativi|[úu]teis)"
_PLAIN = r"(?:full|calendar|consecutive|more|additional|volle[nr]?|ganze[nr]?)"


def _either(words: Mapping[str, object]) -> str:
    return "|".join(re.escape(each) for each in sorted(words, key=len, reverse=True))


_NUMBER = r"\d{1,3}(?:[.,'’   ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?"
_MARK = "\ue000"
"""Stands before a number that was written as a word."""
_VALUE = rf"{_MARK}?(?:{_NUMBER})"
_TO = r"\s*(?:-|–|—|to|or|and|bis|oder|à|ou|a|o|tot|of|und|et|y|e)\s*"
_UNIT = _either(UNITS)
_CODES = _either({each: 0 for each in CURRENCIES if each.isalpha()})
_MONTH = _either(MONTHS)
_YEAR = r"(?:,?\s+(?:de\s+|del\s+)?(?P<{}>(?:19|20)\d\d))?"

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("iso", re.compile(r"\b(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?!\d)")),
    ("numeric", re.compile(r"(?<![\d.])(?P<a>\d{1,2})[./](?P<b>\d{1,2})[./](?P<y>(?:19|20)?\d\d)(?![\d.]\d)")),
    (
        "day_month",
        re.compile(
            rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s+(?:of\s+|de\s+)?(?P<m>{_MONTH})\b\.?"
            + _YEAR.format("y"),
            re.I,
        ),
    ),
    (
        "month_day",
        re.compile(
            rf"\b(?P<m>{_MONTH})\.?\s+(?:the\s+)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])" + _YEAR.format("y"), re.I
        ),
    ),
    ("month_year", re.compile(rf"\b(?P<m>{_MONTH})\.?\s+(?:de\s+|del\s+)?(?P<y>(?:19|20)\d\d)\b", re.I)),
    (
        "clock",
        re.compile(r"(?<![\d:])(?P<h>[01]?\d|2[0-4])[:.](?P<min>[0-5]\d)(?![\d:])\s*(?P<half>[ap]\.?m\b\.?)?", re.I),
    ),
    ("half", re.compile(r"(?<![\d.,])(?P<h>1[0-2]|[1-9])\s*(?P<half>[ap]\.?m\b\.?)", re.I)),
    ("uhr", re.compile(r"(?<![\d.,])(?P<h>[01]?\d|2[0-4])\s*(?:Uhr|h(?=\s|[.,;]|$)|o['’]clock)", re.I)),
    (
        "money",
        re.compile(
            rf"(?P<sign>[€$£¥]|\b(?:EUR|USD|GBP|CHF|JPY|SEK|NOK|DKK|PLN|CAD|AUD)(?=[\s\d]))\s*(?P<n>{_NUMBER})"
            rf"(?:{_TO}[€$£¥]?\s*(?P<n2>{_NUMBER}))?"
            rf"|(?:(?P<low>{_VALUE}){_TO})?(?P<m>{_VALUE})[\s-]*(?P<after>[€$£¥]|\b(?:{_CODES})\b)",
            re.I,
        ),
    ),
    (
        "share",
        re.compile(
            rf"(?:(?P<low>{_VALUE}){_TO})?(?P<n>{_VALUE})\s*(?:%|per\s?cent\b|prozent\b|pour\s?cent\b|por\s?cien\w*|"
            r"per\s?cento\b|procent\b)",
            re.I,
        ),
    ),
    (
        "span",
        re.compile(
            rf"(?:(?P<low>{_VALUE})(?:[\s-]*(?:{_UNIT})\b)?{_TO})?(?P<n>{_VALUE})[\s-]*(?:\(\d+\)\s*)?(?:{_PLAIN}[\s-]+)?"
            rf"(?P<work>{_WORKING}[\s-]+)?(?P<unit>{_UNIT})\b(?P<work2>[\s-]+{_AFTER_WORKING}\b)?",
            re.I,
        ),
    ),
    (
        "a_span",
        re.compile(
            rf"\b(?:within|after|takes?|up to)\s+an?\s+(?:{_PLAIN}\s+)?(?P<work>{_WORKING}[\s-]+)?"
            rf"(?P<unit>{_UNIT})\b",
            re.I,
        ),
    ),
    ("number", re.compile(rf"(?<![^\W\d_])(?<![\d.,{_MARK}])(?:{_NUMBER})(?P<digits>-?digits?\b)?")),
)
_OF_MONTHS = frozenset(["day_month", "month_day", "month_year"])
_WEEKDAYS = re.compile(rf"\b(?P<a>{_either(DAYS)})(?:s|en)?\b(?:{_TO}(?P<b>{_either(DAYS)})(?:s|en)?\b)?", re.I)
_IGNORED = re.compile(
    r"`[^`\n]*`|https?://\S+|[\w.+-]+@[\w-]+\.\w+|\[\d{1,2}\]|^[ \t]*(?:[-*>#]+[ \t]*)*\d{1,2}[.)](?=\s)|24/7|"
    r"\bstep\s+\d+\b|[^\W\d_]\d+\b",
    re.I | re.M,
)
_META = re.compile(
    r"\s*(?:steps?|things?|options?|ways?|questions?|points?|reasons?|choices|possibilities|schritte?n?|"
    r"möglichkeiten|optionen|fragen|étapes|options|pasos|opciones|passi|passos|stappen|tips?)\b",
    re.I,
)
_NEXT_WORD = re.compile(r"[\s-]*[^\W\d_]{2,}")
_DAY_WORDS = DAY_NAMES | {f"{day}{ending}" for day in DAY_NAMES for ending in ("s", "en")}
"""`mondays` and `montagen` too."""
_LETTERS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_TENS_AND_ONES = re.compile(rf"{_MARK}([2-9]0)(?:[ -]|\s(?:y|e|et)\s){_MARK}([1-9])(?!\d)")
_SPELLED = re.compile(rf"{_MARK}(?P<n>\d+)")
_HAS_ANY = re.compile(rf"[\d€$£¥{_MARK}]|\b(?:within|after|takes?|up to)\s+an?\s", re.I)


def figures(text: str, *, is_evidence: bool = False) -> list[Figure]:
    """The figures of a text, each once. Of evidence every number counts, also those in words without a unit."""
    words = set(_LETTERS.findall(text.lower()))
    text = _in_digits(text.replace(_MARK, " "), words)
    found: dict[Figure, None] = {}
    if not _DAY_WORDS.isdisjoint(words):
        for match in _WEEKDAYS.finditer(text):
            found.update(dict.fromkeys(_weekdays(match)))
    if not _HAS_ANY.search(text):
        return list(found)
    text = _IGNORED.sub(lambda ignored: _kept(ignored.group(), is_evidence=is_evidence), text)
    for name, pattern in _PATTERNS:
        if name in _OF_MONTHS and MONTH_NAMES.isdisjoint(words):
            continue
        text = _found_by(name, pattern, text, found)
    if is_evidence:
        for match in _SPELLED.finditer(text):
            is_bound = _NEXT_WORD.match(text, match.end()) is not None
            found.setdefault(Figure("number", frozenset({match["n"]}), is_bound=is_bound))
    return list(found)


def _in_digits(text: str, words: set[str]) -> str:
    """Numbers in words as digits, marked."""
    if words.isdisjoint(NUMBER_WORDS):
        return text

    def digits(word: re.Match[str]) -> str:
        number = NUMBER_WORDS.get(word.group().lower())
        return word.group() if number is None else f"{_MARK}{number}"

    return _TENS_AND_ONES.sub(lambda each: f"{_MARK}{int(each[1]) + int(each[2])}", _LETTERS.sub(digits, text))


def _found_by(name: str, pattern: re.Pattern[str], text: str, found: dict[Figure, None]) -> str:
    """The text without what this pattern found."""
    spans: list[tuple[int, int]] = []
    for match in pattern.finditer(text):
        made = list(_made(name, match, text))
        if made:
            spans.append(match.span())
        found.update(dict.fromkeys(made))
    for begin, end in spans:
        text = f"{text[:begin]}{'·' * (end - begin)}{text[end:]}"
    return text


def _kept(ignored: str, *, is_evidence: bool) -> str:
    """What names a thing is no figure of a claim, yet in evidence it may be one."""
    return ignored if is_evidence and not ignored.startswith("[") else " " * len(ignored)


def _made(name: str, match: re.Match[str], text: str) -> Iterator[Figure]:
    part = match.groupdict()
    match name:
        case "iso" | "numeric" | "day_month" | "month_day" | "month_year":
            yield from _date(name, part)
        case "clock" | "half" | "uhr":
            yield from _clock(part)
        case "money":
            unit = CURRENCIES[(part["sign"] or part["after"]).lower()]
            for number in (part["n"], part["n2"], part["low"], part["m"]):
                if number:
                    yield Figure("money", _readings(number), unit, written=_readings(number))
        case "share":
            for number in filter(None, (part["low"], part["n"])):
                yield Figure("share", _readings(number), written=_readings(number))
        case "span":
            yield from _spans(part)
        case "a_span":
            yield from _spans({**part, "n": "1"})
        case _:
            yield from _number(match, text)


def _number(match: re.Match[str], text: str) -> Iterator[Figure]:
    number = match.group().removesuffix(match["digits"] or "").rstrip("-")
    if _META.match(text, match.end()):
        return
    is_bound = bool(match["digits"]) or _NEXT_WORD.match(text, match.end()) is not None
    yield Figure("number", _readings(number), is_bound=is_bound)


def _spans(part: Mapping[str, str | None]) -> Iterator[Figure]:
    unit, times = UNITS[(part["unit"] or "").lower()]
    if (part.get("work") or part.get("work2")) and times == DAY_MINUTES:
        unit, times = "working day", 1
    for number in filter(None, (part.get("low"), part["n"])):
        values = (each * times for each in map(Decimal, _readings(number)))
        yield Figure("span", frozenset(_plain(each) for each in values), unit, written=_readings(number))


def _date(name: str, part: Mapping[str, str | None]) -> Iterator[Figure]:
    year = part.get("y") or ""
    year = f"20{year}" if len(year) == 2 else year
    if name == "numeric":
        first, second = int(part["a"] or 0), int(part["b"] or 0)
        pairs = {(first, second), (second, first)}
        days = frozenset(f"{year}-{m:02}-{d:02}" for d, m in pairs if 1 <= m <= 12 and 1 <= d <= 31)
    else:
        month = int(part["m"] or 0) if name == "iso" else MONTHS[(part["m"] or "").lower()]
        day = int(part.get("d") or 0)
        days = frozenset({f"{year}-{month:02}-{day:02}"}) if month <= 12 and day <= 31 else frozenset[str]()
    if days:
        yield Figure("date", days)


def _same_day(mine: str, theirs: str) -> bool:
    """A part that one of them leaves out is no difference, but a day cannot be told by a month alone."""
    year, month, day = mine.split("-")
    their_year, their_month, their_day = theirs.split("-")
    return (
        month == their_month
        and (not year or not their_year or year == their_year)
        and (day == "00" or day == their_day)
    )


def _clock(part: Mapping[str, str | None]) -> Iterator[Figure]:
    hour, half = int(part["h"] or 0), (part.get("half") or "").lower()
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    yield Figure("time", frozenset({f"{hour:02}:{part.get('min') or '00'}"}))


def _weekdays(match: re.Match[str]) -> Iterator[Figure]:
    first = DAYS[match["a"].lower()]
    last = DAYS[match["b"].lower()] if match["b"] else first
    for step in range((last - first) % 7 + 1):
        yield Figure("weekday", frozenset({str((first + step) % 7)}))


def _readings(number: str) -> frozenset[str]:
    """Every value that a written number may have."""
    digits = re.sub(rf"['’{_MARK}   ]", "", number)
    marks = re.findall(r"[.,]", digits)
    if not marks:
        return frozenset({_plain(Decimal(digits))})
    head, _, tail = digits.rpartition(marks[-1])
    whole = re.sub(r"[.,]", "", head)
    found = {Decimal(f"{whole}.{tail}")} if len(set(marks)) == len(marks) else set[Decimal]()
    if len(tail) == 3 and len(set(marks)) == 1:
        found.add(Decimal(whole + tail))
    return frozenset(_plain(each) for each in found) or frozenset({digits})


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
