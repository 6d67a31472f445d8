"""Lines and buttons of ours in the customer's language. Lines about knowledge: `core.sayings`."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from core.fixedlines import de, es, fr, it, nl, pt
from core.hours import SHORT_DAYS, SHORT_MONTHS
from core.reply import Post

_TONGUES: Mapping[str, Mapping[str, str]] = {
    "de": de.LINES,
    "es": es.LINES,
    "fr": fr.LINES,
    "it": it.LINES,
    "nl": nl.LINES,
    "pt": pt.LINES,
}
"""By ISO 639-1 code."""

_DAYS = {
    "de": "Mo Di Mi Do Fr Sa So", "es": "lun mar mié jue vie sáb dom", "fr": "lun. mar. mer. jeu. ven. sam. dim.",
    "it": "lun mar mer gio ven sab dom", "nl": "ma di wo do vr za zo", "pt": "seg ter qua qui sex sáb dom",
}  # fmt: skip
_MONTHS = {
    "de": "Jan. Feb. März April Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
    "es": "ene feb mar abr may jun jul ago sept oct nov dic",
    "fr": "janv. févr. mars avril mai juin juil. août sept. oct. nov. déc.",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "nl": "jan. feb. mrt. apr. mei juni juli aug. sep. okt. nov. dec.",
    "pt": "jan. fev. março abril maio junho julho ago. set. out. nov. dez.",
}
_MOMENT = re.compile(rf"\b({'|'.join(SHORT_DAYS)}) (\d\d) ({'|'.join(SHORT_MONTHS)})\b")
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
            return words.format(**{hole: _day_in(said, language) for hole, said in found.groupdict().items()})
    return paragraph


def _day_in(said: str, language: str) -> str:
    """With the days that `core.hours` writes in this language."""

    def day(found: re.Match[str]) -> str:
        name = _DAYS[language].split()[SHORT_DAYS.index(found[1])]
        dot = "." if language == "de" else ""
        return f"{name} {int(found[2])}{dot} {_MONTHS[language].split()[SHORT_MONTHS.index(found[3])]}"

    return _MOMENT.sub(day, said)


def post_in(post: Post, language: str) -> Post:
    """A post to a customer with our own lines and buttons in their language."""
    if language not in _TONGUES:
        return post
    buttons = tuple(replace(each, label=in_tongue(each.label, language)) for each in post.buttons)
    return replace(post, text=in_tongue(post.text, language), buttons=buttons)


def has_ours(post: Post) -> bool:
    """There is something in it that another language would change."""
    return post_in(post, "de") != post


@cache
def _templates(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(_HOLE.sub(r"(?P<\1>.+)", re.escape(line)), re.DOTALL), words)
        for line, words in _TONGUES[language].items()
        if "{" in line
    )
