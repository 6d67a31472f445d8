"""What a customer really said, checked by code before a tool runs.

Models invent order numbers and start refunds nobody asked for; neither passes here.
"""

import itertools
import re
import unicodedata
from collections.abc import Sequence

_AFFIRMATIONS = frozenset(
    "yes yep yeah sure ok okay please do correct right confirm confirmed go ahead ja bitte gerne genau oui d'accord si "
    "sí claro vale certo sim por favor it that so thanks thank you".split()
)
_YES = re.compile(
    r"\W*(?:yes|yep|yeah|yup|sure|ok|okay|correct|confirm(?:ed)?|i confirm|go ahead|please do|do it|ja|gerne|"
    r"genau|oui|d'accord|si|claro|vale|de acuerdo|certo|sim|confermo|confirmo|bestatige|ich bestatige)\b"
)
_BUT = re.compile(
    r"\?|\b(?:but|not|no|don'?t|do not|never|wait|instead|rather|except|only|cancel that|stop|unless|if|aber|nicht|"
    r"nein|kein\w*|warte|stattdessen|mais|pas|non|attends?|pero|espera|ma|mas|nao|aspetta)\b"
)
_NOT = re.compile(
    r"\b(?:not|no|never|don'?t|doesn'?t|without|instead of|rather than|stop|kein\w*|nicht|ohne|pas|sans|sin|nunca|non|"
    r"senza|nao|sem)\b[^.,;:!?\n]{0,24}$"
)
_ASKS_ABOUT = re.compile(
    r"^\W*(?:how|what|whats|when|why|which|where|who|does|do you|is|are|was|were|can one|wie|was|wann|warum|comment|"
    r"quand|pourquoi|como|cuando|cuanto)\b"
)
_WISHES = re.compile(
    r"\b(?:i want|i'd like|i would like|please|can you|could you|give me|need|bitte|mochte|will|quiero)\b"
)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_LONGEST_YES = 15


def plain(text: str) -> str:
    """Casefolded, compatibility forms and accents folded, so that comparing words is comparing words."""
    if text.isascii():
        return text.casefold()
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


def was_wished(stems: tuple[str, ...], values: Sequence[str], messages: Sequence[str]) -> bool:
    """The customer wished for this very thing: a stem and all values within one message, or one and the next.

    Strict where `was_asked` is kind: a stem behind a `not`, or in a question about how things are done, is no wish.
    """
    pairs = [*((one,) for one in messages), *itertools.pairwise(messages)]
    return any(
        any(_has_wish(message, stems) for message in pair) and all(was_said(each, "\n".join(pair)) for each in values)
        for pair in pairs
    )


def _has_wish(message: str, stems: tuple[str, ...]) -> bool:
    for sentence in _SENTENCE.findall(plain(message).replace("’", "'")):
        if _ASKS_ABOUT.search(sentence) and not _WISHES.search(sentence):
            continue
        for stem in stems:
            at = sentence.find(plain(stem))
            while at >= 0:
                if not _NOT.search(sentence[:at]):
                    return True
                at = sentence.find(plain(stem), at + 1)
    return False


def is_affirmation(text: str) -> bool:
    """A short yes and nothing else."""
    words = re.findall(r"[\w']+", plain(text))
    return 0 < len(words) <= 6 and all(word in _AFFIRMATIONS for word in words)


def is_yes(text: str) -> bool:
    """A yes to something that was spelled out before: it may be polite, but it may not change or ask anything."""
    words = plain(text).replace("’", "'")
    is_short = len(words.split()) <= _LONGEST_YES
    return is_short and _YES.match(words) is not None and not _BUT.search(words) and not re.search(r"\d", words)


_STOP = frozenset(["stop", "stop it", "please stop", "stop please", "stopp", "halt", "arrete", "para", "basta"])


def is_stop(text: str) -> bool:
    """The customer wants the answer that is being written to end, and says nothing else."""
    return " ".join(re.findall(r"[\w']+", plain(text))) in _STOP
