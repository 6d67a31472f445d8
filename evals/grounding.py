"""How often what is true is held back, and what is invented passes: `make eval-grounding`.

True answers are spans of help pages with their own passage as the source; invented ones are the same spans, with
figures, beside the passage of another question. The filter that is measured is the agent's own, fed word by word.
"""

import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from core.claims import ClaimFilter
from core.figures import figures
from core.grounding import Grounding
from core.knowledge import Hit, Passage
from evals.knowledge_sets import SHAPES, read_set
from evals.scorecard import Row, report
from evals.sets import Folders, matching, records

_PIECE = re.compile(r"\s*\S+")
_SET = "doc2dial_val"


@dataclass(frozen=True, slots=True)
class _Told:
    """An answer and the passages it is taken from."""

    answer: str
    passages: tuple[Passage, ...]


def main() -> int:
    """Measure and report; the exit status tells whether all targets are met."""
    told = _read(Folders.from_environment())
    if not told:
        note = "the set is not in FIRSTLINE_EVAL_DATA"
        names = ("true_held_share", "foreign_held_share", "us_per_piece")
        return report("eval-grounding", [Row(name, None, note=note) for name in names])
    others = told[len(told) // 2 :] + told[: len(told) // 2]
    began = time.perf_counter()
    true_held = sum(_is_held(each.answer, each.passages) for each in told)
    taken = (time.perf_counter() - began) / sum(len(_PIECE.findall(each.answer)) for each in told)
    pairs = [(each, other) for each, other in zip(told, others, strict=True) if _is_foreign(each, other)]
    foreign = sum(_is_held(each.answer, other.passages) for each, other in pairs)
    note = f"{len(told)} answers with figures"
    return report(
        "eval-grounding",
        [
            Row("true_held_share", true_held / len(told), 0.02, 1.0, better="lower", note=note),
            Row("foreign_held_share", foreign / max(len(pairs), 1), 0.95, 0.0, note=f"{len(pairs)} pairs"),
            Row("us_per_piece", taken * 1e6, better="lower", note="microseconds a word, reading the passages included"),
        ],
    )


def _read(folders: Folders) -> list[_Told]:
    shape = next(each for each in SHAPES if each.name == _SET)
    questions = read_set(folders, shape, is_learned=False)
    if questions is None:
        return []
    answers = {
        str(row["id"]): str(row.get("answer") or "")
        for row in records(matching(folders.scored / _SET, shape.queries))
        if "id" in row
    }
    known = {each.id: each for each in questions.passages}
    found: list[_Told] = []
    for case in questions.cases:
        passages = tuple(known[each] for each in sorted(case.right) if each in known)
        if passages and figures(answers.get(case.id, "")):
            found.append(_Told(answers[case.id], passages))
    return found


def _is_foreign(told: _Told, other: _Told) -> bool:
    """None of the answer's figures happens to stand in the other's passages."""
    known = [each for passage in other.passages for each in figures(passage.text, is_evidence=True)]
    return not any(each.is_told_by(one) for each in figures(told.answer) for one in known)


def _is_held(answer: str, passages: Sequence[Passage]) -> bool:
    grounding = Grounding([Hit(each, 1.0, is_strong=True) for each in passages], told=lambda: "")
    claims = ClaimFilter(lambda: "", grounding.grounded)
    for piece in _PIECE.findall(answer):
        for _ in claims.feed(piece):
            pass
    for _ in claims.end():
        pass
    return bool(grounding.held_back)


if __name__ == "__main__":
    sys.exit(main())
