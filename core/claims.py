"""A deed is claimed only with a receipt: text that says something was done is checked as it streams.

Text passes at once until a word that could make a claim (a figure, an amount, a date, a deed, a state, a mark of a
source); from there to the end of the sentence it is held. A claim without evidence is withdrawn and replaced by a true
line; what is said of policy is put to `core.grounding` in the same moment.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from core.deedwords import deeds_in, is_deed
from core.holding import hold_from
from core.phrases import CLAIM_WITHDRAWN
from core.reply import TextDelta, TextReset

_PROOF = re.compile(r"\d+[.,]\d{2}\b|\b\d{4,}\b")
"""Amounts and numbers of things: in a claim they must be those of the evidence."""
_LOOK_BACK = 4
_DID = re.compile(
    r"\b(?:i|we)(?:['’]ve|\s+have)\s+(?:just\s+|now\s+|already\s+|successfully\s+)*"
    r"(?P<state>shipped|dispatched|paid|unlocked|restored|deleted|changed|updated)\b",
    re.IGNORECASE,
)
_SAME: Mapping[str, tuple[str, ...]] = {"changed": ("changed", "updated"), "updated": ("changed", "updated")}
_SENTENCE_END = re.compile(r"(?<![^\d.,]\d)(?<![^\d.,]\d\d)(?<!^\d)(?<!^\d\d)(?<![ap]\.m)[.!?](?=\s|$)|\n")
"""A dot after one or two digits may be that of `1.` in a list or of `3. November`: the sentence goes on."""


def claimed_deeds(sentence: str) -> set[str]:
    """Which deeds a sentence says were done; empty for policy, plans, questions and denials."""
    return deeds_in(sentence) if is_deed(sentence) else set()


@lru_cache(maxsize=1_024)
def claims_of(text: str) -> str:
    """Only those sentences of an earlier answer that claim a deed: they were checked when they were said."""
    return "\n".join(each for each in re.split(r"(?<=[.!?])\s|\n", text) if claimed_deeds(each))


def is_supported(sentence: str, evidence: str) -> bool:
    """Every deed that a sentence claims is told of by a tool's own words, with the same numbers and amounts."""
    deeds = claimed_deeds(sentence)
    if deeds and not deeds <= deeds_in(evidence):
        return False
    did = _DID.search(sentence)
    if did and not any(word in evidence.lower() for word in _SAME.get(did["state"].lower(), (did["state"].lower(),))):
        return False
    if not deeds and not did:
        return True
    numbers = {each.replace(",", ".") for each in _PROOF.findall(evidence)}
    return all(each.replace(",", ".") in numbers for each in _PROOF.findall(sentence))


class ClaimFilter:
    """Feed it text as it comes; it gives back what may be shown, and withdraws what was not true.

    `evidence` returns the words of every tool result of this case so far; `grounded` a sentence as it may stand.
    `shown` is what the events given out so far amount to.
    """

    def __init__(self, evidence: Callable[[], str], grounded: Callable[[str], str] = str) -> None:
        self._evidence = evidence
        self._grounded = grounded
        self._sentence_at = 0
        self._held = ""
        self.shown = ""
        self.withdrawn: list[str] = []
        """Sentences that were not true, for the trace."""

    def feed(self, piece: str) -> Iterator[TextDelta | TextReset]:
        """The changes that one piece leads to."""
        self._held += piece
        while end := self._sentence_end():
            if end == len(self._held) and not self._held.endswith("\n"):
                break
            sentence, self._held = self._held[:end], self._held[end:]
            yield from self._close(sentence)
        if free := self._held[: (at := hold_from(self._held))]:
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

    def put(self, text: str) -> Iterator[TextDelta]:
        """Append what was judged before, or is ours."""
        if text:
            yield self._append(text)
        self._sentence_at = len(self.shown)

    def _sentence_end(self) -> int:
        """Where the first sentence ends in the held text; 0 while none does."""
        before = self.shown[-_LOOK_BACK:]
        end = _SENTENCE_END.search(before + self._held, len(before))
        return end.end() - len(before) if end else 0

    def _close(self, rest: str) -> Iterator[TextDelta | TextReset]:
        shown = self.shown[self._sentence_at :]
        sentence = self._judged(shown + rest)
        if not sentence.startswith(shown):
            self.shown = self.shown[: self._sentence_at]
            yield TextReset(self._sentence_at)
            shown = ""
        if len(sentence) > len(shown):
            yield self._append(sentence[len(shown) :])
        self._sentence_at = len(self.shown)

    def _judged(self, sentence: str) -> str:
        """What may stand in the place of a sentence."""
        if not is_supported(sentence, self._evidence()):
            self.withdrawn.append(sentence.strip())
            return self._in_place(sentence, CLAIM_WITHDRAWN)
        grounded = self._grounded(sentence)
        return grounded if grounded == sentence else self._in_place(sentence, grounded.strip())

    def _in_place(self, sentence: str, text: str) -> str:
        """The text with the space around the sentence; nothing where it would only be said again."""
        lead = sentence[: len(sentence) - len(sentence.lstrip())]
        trail = sentence[len(sentence.rstrip()) :]
        is_repeat = self.shown[: self._sentence_at].rstrip().endswith(text)
        return lead + ("" if is_repeat else text) + trail

    def _append(self, text: str) -> TextDelta:
        self.shown += text
        return TextDelta(text)
