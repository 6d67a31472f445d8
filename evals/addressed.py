"""`make eval-addressed`: who a message of a busy channel is meant for, on chat logs whose links people drew.

Link: which earlier message a message replies to (or that it begins something). Addressee: whom it is meant for.
The simple way: the message before; and for the addressee, a name at the head of the line.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.addressing import Said, answered_line
from evals.scorecard import Row, report
from evals.sets import Folders, Record, records

_SET = "irc_threads"


@dataclass(slots=True)
class Count:
    """Hits among what was said and among what there was."""

    hits: int = 0
    said: int = 0
    there: int = 0

    def add(self, said: Iterable[object], there: Iterable[object]) -> None:
        """One message's guesses beside the truth."""
        guessed, true = set(said), set(there)
        self.hits += len(guessed & true)
        self.said += len(guessed)
        self.there += len(true)

    @property
    def precision(self) -> float:
        """Share of guesses that are right."""
        return self.hits / self.said if self.said else 0.0

    @property
    def recall(self) -> float:
        """Share of the truth that was found."""
        return self.hits / self.there if self.there else 0.0

    @property
    def f1(self) -> float:
        """Both in one figure."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(slots=True)
class Counts:
    """Links and addressees, ours and the simple way's."""

    link: Count = field(default_factory=Count)
    link_simple: Count = field(default_factory=Count)
    person: Count = field(default_factory=Count)
    person_simple: Count = field(default_factory=Count)
    messages: int = 0


def judge(lines: Sequence[Record], counts: Counts) -> None:
    """One log; what links there are begin somewhere in its second half."""
    said = [Said(str(line.get("user") or ""), str(line["text"])) for line in lines]
    places = {int(line["i"]): n for n, line in enumerate(lines)}
    for at, line in enumerate(lines):
        if line.get("reply_to") is None or line.get("system"):
            continue
        true = {places[int(each)] for each in line["reply_to"] if int(each) in places}
        guess = answered_line(said, at)
        counts.messages += 1
        counts.link.add({(at, guess)}, {(at, each) for each in true})
        counts.link_simple.add({(at, max(0, at - 1))}, {(at, each) for each in true})
        people = {(at, said[each].by) for each in true if said[each].by not in ("", said[at].by)}
        counts.person.add({(at, each) for each in [said[guess].by] if each not in ("", said[at].by)}, people)
        head = said[at].text.partition(":")[0] if ":" in said[at].text else said[at].text.partition(",")[0]
        known = {each.by for each in said[:at]}
        counts.person_simple.add({(at, head)} if head in known else set(), people)


def rows(files: Sequence[Path]) -> list[Row]:
    """Precision, recall and F1 of both, ours beside the simple way."""
    names = [f"{what} {figure}" for what in ("link", "addressee") for figure in ("precision", "recall", "F1")]
    if not files:
        return [Row(each, None, 0.0, note="set absent") for each in names]
    counts = Counts()
    for file in files:
        judge(list(records([file])), counts)
    found: list[Row] = []
    for what, ours, simple in (
        ("link", counts.link, counts.link_simple),
        ("addressee", counts.person, counts.person_simple),
    ):
        found.append(Row(f"{what} precision", ours.precision, None, simple.precision))
        found.append(Row(f"{what} recall", ours.recall, None, simple.recall))
        found.append(Row(f"{what} F1", ours.f1, simple.f1, simple.f1))
    return [*found, Row("messages", counts.messages)]


def main() -> int:
    """Measure and print."""
    return report("eval-addressed", rows(Folders.from_environment().find(_SET, "*.jsonl")))


if __name__ == "__main__":
    sys.exit(main())
