"""How well a question meets the verified answer that it is like: `make eval-verified`.

Paraphrased questions with known answers: some of each stand as the variants that a team wrote, the others are asked.
One answer in five is not there at all, so what is asked for it must be served nothing. The matcher, its likeness from
which on an answer is served included, is the product's own; nothing is learned here.
"""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from adapters.search.verified import VariantMatcher
from core.knowledge import Inquiry
from core.modelling import Embedder
from core.verified import Variant, VerifiedAnswer
from evals.knowledge_sets import SHAPES, read_set
from evals.readiness import installed_embedders
from evals.scorecard import Row, report
from evals.sets import Folders

_SET = "stackfaq"
_ABSENT = 5
"""Every fifth answer is left out."""
_MOST_WRONG = 0.02
_MOST_FOREIGN = 0.02
_TODAY = date(2026, 1, 1)


class FixedAnswers:
    """Verified answers that never change."""

    def __init__(self, answers: Sequence[VerifiedAnswer]) -> None:
        self._answers = list(answers)

    async def add(self, answer: VerifiedAnswer) -> VerifiedAnswer:
        """See `VerifiedAnswers`."""
        self._answers.append(answer)
        return answer

    async def change(self, answer: VerifiedAnswer) -> bool:
        """See `VerifiedAnswers`."""
        return False

    async def get(self, answer_id: str) -> VerifiedAnswer | None:
        """See `VerifiedAnswers`."""
        return next((each for each in self._answers if each.id == answer_id), None)

    async def all(self) -> list[VerifiedAnswer]:
        """See `VerifiedAnswers`."""
        return list(self._answers)

    async def version(self) -> str:
        """See `VerifiedAnswers`."""
        return str(len(self._answers))


@dataclass(frozen=True, slots=True)
class _Trial:
    """What is kept, and what is asked with the answer that is right; empty: none is."""

    kept: tuple[VerifiedAnswer, ...]
    asked: tuple[tuple[str, str], ...]


async def main() -> int:
    """Measure every installed embedder and report; the exit status tells whether all targets are met."""
    trial = _trial(Folders.from_environment())
    rows: list[Row] = []
    for embedder in installed_embedders():
        name = (embedder.name if embedder else "words").partition("-")[0].replace("all", "english")
        rows += await _rows(name, trial, embedder)
    return report("eval-verified", rows)


def _trial(folders: Folders) -> _Trial | None:
    shape = next(each for each in SHAPES if each.name == _SET)
    questions = read_set(folders, shape, is_learned=False)
    if questions is None:
        return None
    by_answer: dict[str, list[str]] = {}
    for case in questions.cases:
        if len(case.right) == 1:
            by_answer.setdefault(next(iter(case.right)), []).append(case.inquiry.text)
    titles = {each.id: each.title for each in questions.passages}
    kept: list[VerifiedAnswer] = []
    asked: list[tuple[str, str]] = []
    for n, (key, texts) in enumerate(sorted(by_answer.items())):
        is_absent = n % _ABSENT == _ABSENT - 1
        variants = [titles.get(key, ""), *texts[::2]]
        if not is_absent:
            kept.append(VerifiedAnswer(key, "…", tuple(Variant(each) for each in variants if each.strip()), "team"))
        asked += [(text, "" if is_absent else key) for text in (texts if is_absent else texts[1::2])]
    return _Trial(tuple(kept), tuple(asked))


async def _rows(name: str, trial: _Trial | None, embedder: Embedder | None) -> list[Row]:
    titles = (f"{name}_served_share", f"{name}_wrong_share", f"{name}_foreign_share")
    if trial is None:
        return [Row(each, None, note="the set is not in FIRSTLINE_EVAL_DATA") for each in titles]
    matcher = VariantMatcher(FixedAnswers(trial.kept), embedder)
    given = [await _served(matcher, text) for text, _ in trial.asked]
    pairs = [(got, right) for got, (_, right) in zip(given, trial.asked, strict=True)]
    known, foreign = [each for each in pairs if each[1]], [each for each in pairs if not each[1]]
    served = [each for each in known if each[0]]
    wrong = sum(got != right for got, right in served)
    literal = {each.text for answer in trial.kept for each in answer.variants}
    same = sum(text in literal for text, right in trial.asked if right)
    return [
        Row(titles[0], (len(served) - wrong) / max(len(known), 1), None, same / max(len(known), 1),
            note=f"{len(known)} paraphrases of {len(trial.kept)} answers; baseline: the very words"),
        Row(titles[1], wrong / max(len(served), 1), _MOST_WRONG, better="lower", note=f"of {len(served)} served"),
        Row(titles[2], sum(bool(got) for got, _ in foreign) / max(len(foreign), 1), _MOST_FOREIGN, better="lower",
            note=f"{len(foreign)} questions that have no answer here"),
    ]  # fmt: skip


async def _served(matcher: VariantMatcher, text: str) -> str:
    match = await matcher.match(Inquiry(text), today=_TODAY)
    return match.answer.id if match else ""


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
