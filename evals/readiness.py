"""How often a question is rightly asked back or left unanswered: `make eval-readiness`.

What is measured is the product's own decision, which stays with the model unless it is sure. Learned from
conversations that are not scored. `python -m evals.readiness --ship` learns what comes with the product.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from adapters.local.embedder import LocalEmbedder
from adapters.local.embedder import is_available as local_is_available
from adapters.local.english import EnglishEmbedder
from adapters.local.english import is_available as english_is_available
from adapters.search.ranking import shipped
from adapters.search.readiness import READINESS
from bots.settings import Environment
from core.readiness import CHOICES
from evals import knowledge_decision as decision
from evals.knowledge_runs import CachingEmbedder, Prepared, ask, prepare
from evals.knowledge_sets import SHAPES, read_set
from evals.scorecard import Row, report
from evals.sets import Folders

_SET = "mtrag_un"
_FOLDS = 5
_MOST_FALSE = 0.03
"""Share of answerable questions that may be asked back, and that may be left unanswered."""
_GRID = tuple(n / 100 for n in range(50, 100, 5))
Matrix = npt.NDArray[np.float64]


class _Judged:
    """Questions with their features, the right choice, and the conversation they are from."""

    def __init__(self, prepared: Prepared) -> None:
        usable = [each for each in prepared.asked if decision.class_of(each.case.label)]
        weights = shipped("meaning" if prepared.collection.has_meanings else "words")
        self.rows: Matrix = np.array(
            [decision.features(each, ask(prepared, each, weights, (), limit=5).signals) for each in usable]
        )
        self.wanted = [decision.CLASSES.index(decision.class_of(each.case.label)) for each in usable]
        self.groups = [each.case.id.partition("<")[0] for each in usable]

    def crossed(self) -> Matrix:
        """The chances of each choice, by what was learned from other conversations."""
        names = sorted(set(self.groups))
        chances = np.zeros((len(self.wanted), len(CHOICES)))
        for fold in (set(names[n::_FOLDS]) for n in range(_FOLDS)):
            kept = [n for n, group in enumerate(self.groups) if group not in fold]
            asked = [n for n, group in enumerate(self.groups) if group in fold]
            fitted = decision.learn(self.rows[kept], [self.wanted[n] for n in kept])
            chances[asked] = decision.chances(self.rows[asked], fitted)
        return chances


def _sure(chances: Matrix, wanted: Sequence[int]) -> dict[str, float]:
    """From which chance on each choice is taken, so that few answerable questions are hit."""
    answerable = np.array(wanted) == 0
    sure: dict[str, float] = {}
    for n, choice in enumerate(CHOICES[1:], start=1):
        fits = [each for each in _GRID if (chances[answerable, n] >= each).mean() <= _MOST_FALSE]
        sure[choice] = min(fits, default=1.1)
    return sure


def _chosen(chances: Matrix, sure: dict[str, float]) -> npt.NDArray[np.int64]:
    is_left, is_asked = chances[:, 2] >= sure["abstain"], chances[:, 1] >= sure["ask"]
    return np.where(is_left, 2, np.where(is_asked, 1, 0)).astype(np.int64)


async def _judged(folders: Folders, embedder: CachingEmbedder | None, *, is_learned: bool) -> _Judged | None:
    shape = next(each for each in SHAPES if each.name == _SET)
    questions = read_set(folders, shape, is_learned=is_learned)
    return _Judged(await prepare(questions, embedder, tell=lambda line: None)) if questions else None


def installed_embedders() -> list[CachingEmbedder | None]:
    """None, which stands for words alone, and what embeds on this machine."""
    cache = Path(Environment().cache_folder)
    found: list[CachingEmbedder | None] = [None]
    if english_is_available():
        found.append(CachingEmbedder(EnglishEmbedder(), cache))
    if local_is_available():
        found.append(CachingEmbedder(LocalEmbedder(), cache))
    return found


async def ship() -> int:
    """Learn for every embedder that is installed, and write it beside the search."""
    folders = Folders.from_environment()
    stored: dict[str, object] = {}
    if READINESS.exists():
        stored = json.loads(READINESS.read_text(encoding="utf-8"))
    for embedder in installed_embedders():
        judged = await _judged(folders, embedder, is_learned=True)
        if judged is None:
            return 1
        weights, mean, spread = decision.learn(judged.rows, judged.wanted)
        sure = _sure(judged.crossed(), judged.wanted)
        stored[embedder.name if embedder else "words"] = {
            "weights": {choice: _rounded(weights[:, n]) for n, choice in enumerate(CHOICES)},
            "scale": {"mean": _rounded(mean), "spread": _rounded(spread)},
            "sure": {choice: [each] for choice, each in sure.items()},
        }
    READINESS.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    return 0


def _rounded(values: Matrix) -> list[float]:
    return [round(float(each), 5) for each in values]


async def main() -> int:
    """Measure every installed embedder and report; the exit status tells whether all targets are met."""
    folders = Folders.from_environment()
    rows: list[Row] = []
    for embedder in installed_embedders():
        name = (embedder.name if embedder else "words").partition("-")[0].replace("all", "english")
        scored = await _judged(folders, embedder, is_learned=False)
        learned = scored if folders.are_one else await _judged(folders, embedder, is_learned=True)
        rows += _rows(name, scored, learned, are_one=folders.are_one)
    return report("eval-readiness", rows)


def _rows(name: str, scored: _Judged | None, learned: _Judged | None, *, are_one: bool) -> list[Row]:
    titles = ("false_share", "abstained_share", "asked_share")
    if scored is None or learned is None:
        return [Row(f"{name}_{title}", None, note="the set is not in FIRSTLINE_EVAL_DATA") for title in titles]
    sure = _sure(learned.crossed(), learned.wanted)
    chances = scored.crossed()
    if not are_one:
        chances = decision.chances(scored.rows, decision.learn(learned.rows, learned.wanted))
    chosen, wanted = _chosen(chances, sure), np.array(scored.wanted)
    note = f"{len(wanted)} questions; sure from {sure['abstain']:.2f} and {sure['ask']:.2f}"
    return [
        Row(f"{name}_false_share", float((chosen[wanted == 0] != 0).mean()), 0.08, better="lower", note=note),
        Row(f"{name}_abstained_share", float((chosen[wanted == 2] == 2).mean()), baseline=0.0),
        Row(f"{name}_asked_share", float((chosen[wanted == 1] == 1).mean()), baseline=0.0),
    ]


if __name__ == "__main__":
    sys.exit(asyncio.run(ship() if sys.argv[1:] == ["--ship"] else main()))
