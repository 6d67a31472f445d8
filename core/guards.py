"""What a customer really said, checked by code before a tool runs.

Models invent order numbers and start refunds nobody asked for; neither passes here.
"""

import re
import unicodedata

_AFFIRMATIONS = frozenset(
    [
        "yes",
        "yep",
        "yeah",
        "sure",
        "ok",
        "okay",
        "please",
        "do",
        "correct",
        "right",
        "confirm",
        "confirmed",
        "go",
        "ahead",
        "ja",
        "bitte",
        "gerne",
        "genau",
        "oui",
        "d'accord",
        "si",
        "sí",
        "claro",
        "vale",
        "certo",
        "sim",
        "por",
        "favor",
        "it",
        "that",
        "do",
        "so",
        "thanks",
        "thank",
        "you",
    ]
)


def plain(text: str) -> str:
    """Casefolded, compatibility forms and accents folded, so that comparing words is comparing words."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


def was_said(value: str, said: str) -> bool:
    """The value occurs in the customer's words as a whole word, whatever `#` or dashes stand around it."""
    wanted = re.sub(r"[^\w]+", r"[\\W_]*", plain(value).strip("#№ \t"))
    return bool(wanted) and re.search(rf"(?<!\w){wanted}(?!\w)", plain(said)) is not None


def was_asked(stems: tuple[str, ...], said: str, *, now: str, offered: str) -> bool:
    """The customer used one of the word stems, or just agreed to an offer of ours that did.

    `said` is all of the customer's words in the case, `now` the new ones, `offered` our last line.
    """
    if any(plain(stem) in plain(said) for stem in stems):
        return True
    return is_affirmation(now) and any(plain(stem) in plain(offered) for stem in stems)


def is_affirmation(text: str) -> bool:
    """A short yes and nothing else."""
    words = re.findall(r"[\w']+", plain(text))
    return 0 < len(words) <= 6 and all(word in _AFFIRMATIONS for word in words)
