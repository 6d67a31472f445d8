"""Words as they are compared: folded, without those that say nothing, cut back to a stem."""

import re
from collections import Counter
from functools import lru_cache
from zlib import crc32

from core.guards import plain

_STOP = frozenset(
    "a an and are as at be but by can could did do does for from had has have how i if in is it its just like me my "
    "no not of on or our please so tell than that the their them then there they this to too was we were what when "
    "where which who why will with would you your hi hello thanks thank want need get know am been being about also "
    "any into der die das ich und ist ein eine le la les un une je et est el los una yo y es".split()
)
_ENDINGS = (
    "ations", "ation", "ingly", "ings", "ing", "ies", "ied", "ers", "er", "edly", "ed", "es", "s", "ly",
)  # fmt: skip
_LEAST_STEM = 3
_MOST_CHARS = 40
_WORD = re.compile(r"[^\W_]+")


def stems(text: str) -> list[str]:
    """The content words of a text in order, each as its stem."""
    return [_stem(word) for word in _WORD.findall(plain(text)) if word not in _STOP and len(word) <= _MOST_CHARS]


def term_counts(text: str) -> Counter[int]:
    """How often each term occurs; a term is a 32-bit number made of its stem, the same in every process."""
    return Counter(_number(stem) for stem in stems(text))


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=100_000)
def _number(stem: str) -> int:
    return crc32(stem.encode("utf-8"))
