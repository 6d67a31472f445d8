"""Labelled texts of a set: what may be learned from, and what is scored."""

from dataclasses import dataclass
from pathlib import Path

from evals.sets import Folders, Record, matching, records

_FOLDS = 5
"""Every fifth text is scored where a set has no part of its own for that; in turn each, where all of them are."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Two parts without a text in common."""

    learned: list[Record]
    scored: list[Record]


def parts(folders: Folders, name: str) -> Parts | None:
    """The parts of a set; None when there is nothing to score or to learn from."""
    return next(iter(crossed(folders, name)), None)


def crossed(folders: Folders, name: str) -> list[Parts]:
    """The same, in turn for every fifth where a set has no part of its own to score; empty for None."""
    there = _labelled(folders.scored / name)
    tests, vals = ([path for path in there if path.stem.startswith(stem)] for stem in ("test", "val"))
    scored = tests or vals
    if folders.are_one and not scored:
        every = list(records(there))
        folds = [
            _apart(
                [each for n, each in enumerate(every) if n % _FOLDS != fold],
                [each for n, each in enumerate(every) if n % _FOLDS == fold],
            )
            for fold in range(_FOLDS)
        ]
        return [each for each in folds if each is not None]
    scored = scored or there
    base = there if folders.are_one else _labelled(folders.learned / name)
    found = _apart(list(records([path for path in base if path not in scored])), list(records(scored)))
    return [found] if found is not None else []


def _labelled(folder: Path) -> list[Path]:
    found = matching(folder, ("*.jsonl", "*/*.jsonl"))
    return [path for path in found if path.stem.startswith(("train", "val", "test", "part", "fold"))]


def _apart(learned: list[Record], scored: list[Record]) -> Parts | None:
    texts = {each["text"] for each in scored}
    learned = [each for each in learned if each["text"] not in texts]
    return Parts(learned, scored) if learned and scored else None
