"""Answer, ask back, or say that it is not known: decided by measured figures before a model is asked.

A softmax regression over what the search says of itself and the shape of the question; learned from questions that
people judged (`python -m evals.knowledge --ship`). It leaves a question to the model unless it is sure.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from core.knowledge import Inquiry, Signals

Choice = Literal["answer", "ask", "abstain"]
CHOICES: tuple[Choice, ...] = ("answer", "ask", "abstain")
_QUESTION = re.compile(
    r"\b(what|which|who|whom|whose|when|where|why|how|is|are|do|does|did|can|could)\b", re.IGNORECASE
)
_POINTING = re.compile(
    r"\b(it|its|they|them|their|this|that|these|those|he|she|his|her|there|one|ones)\b", re.IGNORECASE
)
FEATURES = (
    "always", "best_meaning", "meaning_margin", "coverage", "known_words", "context_meaning", "agreement", "words",
    "is_short", "has_mark", "asks", "points", "capitals", "is_first", "before",
)  # fmt: skip


def features(inquiry: Inquiry, signals: Signals) -> list[float]:
    """What is known before anything is answered, in the order of `FEATURES`."""
    text = inquiry.text
    words = re.findall(r"\w+", text)
    earlier = len(inquiry.before)
    return [
        1.0,
        signals.best_meaning,
        signals.meaning_margin,
        signals.coverage,
        signals.known_words,
        signals.context_meaning,
        signals.agreement,
        math.log1p(len(words)),
        float(len(words) <= 4),
        float("?" in text),
        float(bool(_QUESTION.search(text))),
        len(_POINTING.findall(text)) / max(len(words), 1),
        sum(word[:1].isupper() for word in words) / max(len(words), 1),
        float(earlier == 0),
        math.log1p(earlier),
    ]


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was learned: a row of weights a choice, features being scaled first, and how sure it has to be."""

    weights: tuple[tuple[float, ...], ...]
    mean: tuple[float, ...]
    spread: tuple[float, ...]
    sure: Mapping[str, float]
    """From which chance on a question is asked back or left unanswered; above 1: never."""

    def chances(self, inquiry: Inquiry, signals: Signals) -> dict[Choice, float]:
        """How likely each choice is right."""
        scaled = [
            (value - mean) / (spread or 1.0)  # 0: the same for all that was learned from
            for value, mean, spread in zip(features(inquiry, signals), self.mean, self.spread, strict=True)
        ]
        scores = [sum(w * x for w, x in zip(row, scaled, strict=True)) for row in self.weights]
        highest = max(scores)
        raised = [math.exp(score - highest) for score in scores]
        return {choice: each / sum(raised) for choice, each in zip(CHOICES, raised, strict=True)}

    def choose(self, inquiry: Inquiry, signals: Signals) -> Choice:
        """What to do; `answer` unless it is sure of something else, and where the search told nothing of itself."""
        if signals == Signals():
            return "answer"
        chances = self.chances(inquiry, signals)
        if chances["abstain"] >= self.sure["abstain"]:
            return "abstain"
        return "ask" if chances["ask"] >= self.sure["ask"] else "answer"

    @classmethod
    def read(cls, stored: Mapping[str, Mapping[str, Sequence[float]]]) -> "Readiness":
        """As it is shipped: `weights`, `scale` and `sure` by name."""
        return cls(
            weights=tuple(tuple(stored["weights"][choice]) for choice in CHOICES),
            mean=tuple(stored["scale"]["mean"]),
            spread=tuple(stored["scale"]["spread"]),
            sure={name: float(each[0]) for name, each in stored["sure"].items()},
        )
