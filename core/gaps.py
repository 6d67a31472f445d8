"""What the knowledge lacks: questions nobody could answer, and answers that people had to correct or called no help."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, get_args

from core.guards import plain

Kind = Literal["unanswered", "corrected", "unhelpful"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_ALIKE = 0.45
_WORD = re.compile(r"[^\W\d_]{3,}")
_IDLE = frozenset(
    "the and you your for with can are this that from not have will how what when where which who why does did was "
    "der die das und sie ich ein eine ist wie was wann les des est que une pour como para una los las".split()
)
_STEM = 5
_DOES_NOT_KNOW = re.compile(
    r"\bI (?:do not|don['’]t) (?:know|have (?:any |that |this |enough )?information)\b|"
    r"\bI (?:can ?not|can['’]t|could not|couldn['’]t) (?:find|see) (?:any|that|this|it|information)\b|"
    r"\b(?:pages|passages|facts|information) (?:do|does)(?: not|n['’]t) (?:say|mention|contain|answer|cover)\b|"
    r"\bIch wei(?:ß|ss) (?:es|das|dazu)? ?nicht\b|\bJe ne sais pas\b|\bNo lo sé\b|\bNon lo so\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Gap:
    """One question that met a gap."""

    kind: Kind
    question: str
    at: datetime
    case_id: str = ""
    turn_id: str = ""
    thread: str = ""
    answer: str = ""
    """What the bot said to it, where it said anything."""
    correction: str = ""
    """What a person said then; of one called not helpful, what the customer wrote to that."""


class Gaps(Protocol):
    """Where they are kept; all of a customer's go when the customer is forgotten."""

    async def note(self, gap: Gap) -> None:
        """Keep one, once a turn and kind, or a case and kind where there is no turn."""
        ...

    async def since(self, moment: datetime) -> list[Gap]:
        """All from a moment on, the oldest first; also the answers that customers called not helpful."""
        ...


@dataclass(frozen=True, slots=True)
class Cluster:
    """Questions about the same thing, the most telling first."""

    gaps: tuple[Gap, ...]
    topic: str
    """The words that most of them share."""

    def count(self, kind: Kind) -> int:
        """How many of a kind."""
        return sum(each.kind == kind for each in self.gaps)


def does_not_know(answer: str) -> bool:
    """An answer that says it has none."""
    return _DOES_NOT_KNOW.search(answer) is not None


def alike(one: str, other: str) -> float:
    """How many words two questions share, from 0 to 1."""
    mine, theirs = stems(one), stems(other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs)) if mine and theirs else 0.0


def stems(text: str) -> frozenset[str]:
    """The beginnings of the words that tell what a text is about."""
    return frozenset(word[:_STEM] for word in _WORD.findall(plain(text)) if word not in _IDLE)


def clusters(
    gaps: Sequence[Gap], *, likeness: Callable[[str, str], float] = alike, least: float = _ALIKE
) -> list[Cluster]:
    """Put together what is alike, by the mean of a group; the largest first."""
    groups: list[list[Gap]] = []
    for gap in gaps:
        scored = [(_mean(likeness(gap.question, each.question) for each in group), group) for group in groups]
        best = max(scored, key=lambda pair: pair[0], default=None)
        if best is not None and best[0] >= least:
            best[1].append(gap)
        else:
            groups.append([gap])
    made = [Cluster(tuple(sorted(group, key=lambda gap: len(gap.question))), _topic(group)) for group in groups]
    return sorted(made, key=lambda cluster: (-len(cluster.gaps), cluster.topic))


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known)


def _topic(group: Sequence[Gap]) -> str:
    counts = Counter(
        word for gap in group for word in {w for w in _WORD.findall(plain(gap.question)) if w not in _IDLE}
    )
    return " ".join(word for word, _ in sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:4])
