"""Lines about the turn itself in the customer's language, put in at its end. Those about knowledge: `core.sayings`."""

import re
from collections.abc import Mapping
from functools import cache

from core.fixedlines import de, es, fr, it, nl, pt

_TONGUES: Mapping[str, Mapping[str, str]] = {
    "de": de.LINES,
    "es": es.LINES,
    "fr": fr.LINES,
    "it": it.LINES,
    "nl": nl.LINES,
    "pt": pt.LINES,
}
"""By ISO 639-1 code."""

_HOLE = re.compile(r"\\\{(\w+)\\\}")


def in_tongue(text: str, language: str) -> str:
    """A text whose paragraphs are partly lines of ours, with those in this language; all else stays as it is."""
    lines = _TONGUES.get(language)
    if not lines:
        return text
    return "\n\n".join(_spoken(each, lines, language) for each in text.split("\n\n"))


def _spoken(paragraph: str, lines: Mapping[str, str], language: str) -> str:
    if paragraph in lines:
        return lines[paragraph]
    for pattern, words in _templates(language):
        if found := pattern.fullmatch(paragraph):
            return words.format(**found.groupdict())
    return paragraph


@cache
def _templates(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(_HOLE.sub(r"(?P<\1>.+)", re.escape(line)), re.DOTALL), words)
        for line, words in _TONGUES[language].items()
        if "{" in line
    )
