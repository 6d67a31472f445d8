"""A deed is claimed only with a receipt: text that says something was done is checked as it streams.

Text passes at once until a word that could make a claim (a figure, an amount, a date, a deed, a state); from there to
the end of the sentence it is held. A claim without evidence is withdrawn and replaced by a true line.
"""

import re
from collections.abc import Callable, Iterator

from core.phrases import CLAIM_WITHDRAWN
from core.reply import TextDelta, TextReset

DEEDS = {
    "refund": ("refund", "reimburs", "money back"),
    "cancel": ("cancel",),
    "schedul": ("callback", "call you", "call back", "appointment"),
    "ticket": ("ticket",),
    "escalat": ("person", "colleague", "human", "team"),
    "reset": ("reset",),
    "ship": ("replacement",),
}
"""A deed's stem to the words by which a claim of it is known."""

_DONE = re.compile(
    r"\b(?:i|we)(?:['’]ve|\s+have)?\s+(?:just\s+|now\s+|already\s+|successfully\s+)*"
    r"(?P<deed>refunded|reimbursed|issued|processed|cancell?ed|scheduled|created|opened|booked|initiated|started|"
    r"escalated|forwarded|reset|sent|shipped|submitted|requested|arranged|transferred)\b"
    r"|\b(?:has|have|is|was|were)\s+(?:now\s+|already\s+|just\s+|successfully\s+)*(?:been\s+)"
    r"(?:successfully\s+|fully\s+)?(?P<passive>refunded|reimbursed|issued|processed|cancell?ed|scheduled|created|"
    r"booked|initiated|started|escalated|forwarded|reset|submitted|approved|arranged|transferred)\b",
    re.IGNORECASE,
)
_STATES = "shipped dispatched delivered paid unlocked restored deleted changed updated returned".split()
"""Words for how something stands; they hold text back as deeds do, and are a claim with `I` or `we` before them."""
_MONTHS = (
    "january february march april june july august september october november december "
    "januar februar märz mai juni juli oktober dezember"
).split()
_FIGURE = re.compile(r"(?<![^\W_])\d|(?:EUR|USD|GBP|CHF)\d|[€$£¥]")
"""A digit that follows a letter belongs to a name (`E5`, `v2`), not to a figure."""
_PROOF = re.compile(r"\d+[.,]\d{2}\b|\b\d{4,}\b")
"""Amounts and numbers of things: in a claim they must be those of the evidence."""
_DID = re.compile(
    r"\b(?:i|we)(?:['’]ve|\s+have)\s+(?:just\s+|now\s+|already\s+|successfully\s+)*"
    r"(?P<state>shipped|dispatched|paid|unlocked|restored|deleted|changed|updated)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n")
_OPEN_END = re.compile(r"(?P<word>[A-Za-z]{3,})$|[.!?]+$")
_WORDS = (
    *(
        "refunded reimbursed issued processed cancelled canceled scheduled created opened booked initiated started "
        "escalated forwarded reset sent shipped submitted requested approved arranged transferred"
    ).split(),
    *_STATES,
    *_MONTHS,
)
_TRIGGER = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b|{_FIGURE.pattern}", re.IGNORECASE)


def claimed_deeds(sentence: str) -> set[str]:
    """Which deeds a sentence says were done; empty for policy, plans and questions."""
    if not _DONE.search(sentence):
        return set()
    lowered = sentence.lower()
    return {deed for deed, words in DEEDS.items() if any(word in lowered for word in words)}


def claims_of(text: str) -> str:
    """Only those sentences of an earlier answer that claim a deed: they were checked when they were said."""
    return "\n".join(each for each in re.split(r"(?<=[.!?])\s|\n", text) if claimed_deeds(each))


def is_supported(sentence: str, evidence: str) -> bool:
    """Every deed that a sentence claims is told of by a tool's own words, with the same numbers and amounts."""
    known, deeds = evidence.lower(), claimed_deeds(sentence)
    if not all(any(word in known for word in DEEDS[deed]) for deed in deeds):
        return False
    if (did := _DID.search(sentence)) and did["state"].lower() not in known:
        return False
    if not deeds and not did:
        return True
    numbers = {each.replace(",", ".") for each in _PROOF.findall(evidence)}
    return all(each.replace(",", ".") in numbers for each in _PROOF.findall(sentence))


def _hold_from(text: str) -> int:
    """Where the part begins that must wait: at a word that may claim, or one that may still become it."""
    if trigger := _TRIGGER.search(text):
        return trigger.start()
    if tail := _OPEN_END.search(text):
        word = (tail["word"] or "").lower()
        if not word or any(each.startswith(word) for each in _WORDS):
            return tail.start()
    return len(text)


class ClaimFilter:
    """Feed it text as it comes; it gives back what may be shown, and withdraws what was not true.

    `evidence` returns the words of every tool result of this case so far. `shown` is what the events
    given out so far amount to.
    """

    def __init__(self, evidence: Callable[[], str]) -> None:
        self._evidence = evidence
        self._sentence_at = 0
        self._held = ""
        self.shown = ""
        self.withdrawn: list[str] = []
        """Sentences that were not true, for the trace."""

    def feed(self, piece: str) -> Iterator[TextDelta | TextReset]:
        """The changes that one piece leads to."""
        self._held += piece
        while end := _SENTENCE_END.search(self._held):
            if end.end() == len(self._held) and end.group() != "\n":
                break
            sentence, self._held = self._held[: end.end()], self._held[end.end() :]
            yield from self._close(sentence)
        if free := self._held[: (at := _hold_from(self._held))]:
            self._held = self._held[at:]
            yield self._append(free)

    def end(self) -> Iterator[TextDelta | TextReset]:
        """The changes that remain when the text is over."""
        sentence, self._held = self._held, ""
        if sentence:
            yield from self._close(sentence)

    def rewind(self, keep_chars: int) -> TextReset:
        """Forget everything after that many shown characters: it will be written anew."""
        self.shown, self._held, self._sentence_at = (
            self.shown[:keep_chars],
            "",
            keep_chars,
        )
        return TextReset(keep_chars)

    def _close(self, rest: str) -> Iterator[TextDelta | TextReset]:
        sentence = self.shown[self._sentence_at :] + rest
        if is_supported(sentence, self._evidence()):
            yield self._append(rest)
        else:
            self.withdrawn.append(sentence.strip())
            lead = sentence[: len(sentence) - len(sentence.lstrip())]
            trail = sentence[len(sentence.rstrip()) :]
            is_repeat = self.shown[: self._sentence_at].rstrip().endswith(CLAIM_WITHDRAWN)
            if len(self.shown) > self._sentence_at:
                self.shown = self.shown[: self._sentence_at]
                yield TextReset(self._sentence_at)
            yield self._append(lead + ("" if is_repeat else CLAIM_WITHDRAWN) + trail)
        self._sentence_at = len(self.shown)

    def _append(self, text: str) -> TextDelta:
        self.shown += text
        return TextDelta(text)
