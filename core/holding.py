"""From where on streamed text has to wait: at a word that may make a claim, or that may still become one.

Pure text in, a place out; asked for every piece, so it costs microseconds.
"""

import re

from core.deedwords import WORDS
from core.figurewords import DAY_NAMES, GLUE, MEASURES, MONTH_NAMES
from core.numberwords import NUMBER_WORDS, ONES

STATES = "shipped dispatched delivered paid unlocked restored deleted changed updated returned".split()
"""Words for how something stands; they hold text back as deeds do, and are a claim with `I` or `we` before them."""
_LONGEST_WORD = 40
_OTHER_THINGS = {"may", "mar", "jan", "set", "sept", "mars", "avril", "dies", "sex"}
"""Names of months that are everyday words too: a figure beside them holds the text anyway."""
_WORDS = frozenset([*WORDS, *STATES, *(MONTH_NAMES - _OTHER_THINGS), *DAY_NAMES])
_LINKS = frozenset(["http", "https", "www"])
_CODES = frozenset(["eur", "usd", "gbp", "chf"])
_TOKEN = re.compile(r"[^\W_]+|[€$£¥\[]")
"""A word, with the digits in it: a digit that follows a letter belongs to a name (`E5`, `v2`); `[` may begin a mark."""


def _either(words: frozenset[str]) -> str:
    return "|".join(re.escape(each) for each in sorted(words, key=len, reverse=True))


_SPELLED = re.compile(rf"(?:{_either(frozenset(NUMBER_WORDS))}|(?:within|after|takes?|up to) an?)\b", re.IGNORECASE)
_SPELLED_STARTS = frozenset(re.split(r"[\s-]", word)[0] for word in NUMBER_WORDS) | {
    "within",
    "after",
    "takes",
    "take",
    "up",
}
_GLUE = re.compile(rf"(?:[\s-]+(?:{_either(GLUE | frozenset(NUMBER_WORDS))})\b(?=[\s-]))*[\s-]*", re.IGNORECASE)
_NEXT = re.compile(r"[^\W\d_]+|\S")
_OPEN_END = re.compile(r"[^\W\d_]+$|[.!?]+$")
_BEGINNINGS = frozenset(
    word[:n] for word in _WORDS | frozenset(NUMBER_WORDS) | _SPELLED_STARTS for n in range(1, len(word) + 1)
)
_MEASURE_BEGINNINGS = frozenset(word[:n] for word in MEASURES | GLUE for n in range(1, len(word) + 1))


def hold_from(text: str) -> int:
    """Where the part begins that must wait."""
    for token in _TOKEN.finditer(text):
        word = token.group().lower()
        if _is_trigger(word):
            return token.start()
        spelled = _SPELLED.match(text, token.start()) if word in _SPELLED_STARTS else None
        if spelled and (at := _figure_at(text, spelled)) is not None:
            return at
    if tail := _OPEN_END.search(text[-_LONGEST_WORD:]):
        word = tail.group().lower()
        if not word[0].isalpha() or word in _BEGINNINGS:
            return len(text) - len(word)
    return len(text)


def _is_trigger(word: str) -> bool:
    if not word[0].isalpha():
        return True
    if word in _WORDS or word in _LINKS or word.removesuffix("s").removesuffix("en") in DAY_NAMES:
        return True
    return word[3:4].isdigit() and word[:3] in _CODES


def _figure_at(text: str, spelled: re.Match[str]) -> int | None:
    """Where to hold if the number in words is followed by what it measures, or if that cannot be told yet.

    The words for one are articles too: they pass, and what they measure is held.
    """
    is_article = spelled.group().lower() in ONES
    at = _GLUE.match(text, spelled.end()).end()  # pyright: ignore[reportOptionalMemberAccess]  # matches nothing too
    word = _NEXT.match(text, at)
    if word is None:
        return None if is_article else spelled.start()
    is_whole = word.end() < len(text)
    if word.group().lower() not in (MEASURES if is_whole else _MEASURE_BEGINNINGS):
        return None
    return word.start() if is_article else spelled.start()
