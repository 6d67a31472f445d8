"""`make eval-triage`: the local first pass against labelled sets, and triage against endpoints that misbehave."""

import asyncio
import sys
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import platformdirs
from numpy.typing import NDArray

from adapters.local.embedder import LocalEmbedder
from adapters.local.english import EnglishEmbedder
from adapters.local.english import is_available as english_is_available
from adapters.local.kept_vectors import KeptEmbedder
from adapters.local.kernel_fit import OUTSIDE, fit, left_out, targets
from adapters.local.ngrams import NGrams
from adapters.local.sorter import LocalSorter, Taught, vectors, views
from core.modelling import Embedder
from evals.scorecard import Row, report
from evals.sets import Folders, Record
from evals.triage_baseline import simple_scores
from evals.triage_endpoints import json_valid
from evals.triage_escalation import escalation
from evals.triage_sets import Parts, crossed, parts

_ABSENT = "the set is not here"
_SHOTS = 10
_SEEDS = 3
_BINS = 10
_STRANGER = "oos"
_RIDGE = 0.3
_SIMPLE_NOTICES = 0.85
"""The share of strangers that the simple way is set to notice, so that both are compared at one point."""


class Triaged:
    """The rows, and the judgements that the calibration error is worked out from."""

    def __init__(self, folders: Folders, embedders: Sequence[Embedder]) -> None:
        self._folders = folders
        self._embedders = embedders
        self._sure: list[tuple[float, bool]] = []

    async def rows(self) -> list[Row]:
        """All of them, in order."""
        banking = crossed(self._folders, "banking77")
        return [
            await self._sorted("banking77_accuracy", banking, target=0.935),
            await self._few(next(iter(banking), None)),
            *await self._clinc(parts(self._folders, "clinc150")),
            await self._sorted("bitext_accuracy", crossed(self._folders, "bitext27")[:1], target=None),
            await self._several(parts(self._folders, "nlupp")),
            await json_valid(),
            *await escalation(self._folders, self._embedders),
            self._calibration(),
        ]

    async def _sorted(self, name: str, folds: Sequence[Parts], *, target: float | None) -> Row:
        if not folds:
            return Row(name, None, target, note=_ABSENT)
        right, simple = list[NDArray[np.bool_]](), list[float]()
        for found in folds:
            sorter = await LocalSorter.taught(_taught(found.learned), self._embedders)
            right.append(await self._right(sorter, found.scored))
            simple.append(_simple(found, sorter.categories))
        means = [float(each.mean()) for each in right]
        spread = f", {len(folds)} folds, {min(means):.4f} to {max(means):.4f}" if len(folds) > 1 else ""
        every = np.concatenate(right)
        note = f"{len(every)} texts, no model call{spread}"
        return Row(name, float(every.mean()), target, float(np.mean(simple)), note=note)

    async def _right(self, sorter: LocalSorter, scored: Sequence[Record]) -> NDArray[np.bool_]:
        judged = await sorter.sort([each["text"] for each in scored])
        right = [mine.category == each["label"] for mine, each in zip(judged, scored, strict=True)]
        self._sure += [(mine.confidence, is_right) for mine, is_right in zip(judged, right, strict=True)]
        return np.array(right)

    async def _few(self, found: Parts | None) -> Row:
        name = f"banking77_{_SHOTS}shot"
        if found is None:
            return Row(name, None, 0.85, note=_ABSENT)
        values, simple = list[float](), list[float]()
        for seed in range(_SEEDS):
            few = Parts(_some_of_each(found.learned, seed), found.scored)
            labels = sorted({each["label"] for each in few.learned})
            named = [Taught(label.replace("_", " "), label) for label in labels]
            sorter = await LocalSorter.taught([*_taught(few.learned), *named], self._embedders)
            judged = await sorter.sort([each["text"] for each in few.scored])
            pairs = zip(judged, few.scored, strict=True)
            values.append(float(np.mean([mine.category == each["label"] for mine, each in pairs])))
            simple.append(_simple(few, sorter.categories))
        spread = f"mean of {_SEEDS} draws, {min(values):.3f} to {max(values):.3f}"
        return Row(name, float(np.mean(values)), 0.85, float(np.mean(simple)), note=spread)

    async def _clinc(self, found: Parts | None) -> list[Row]:
        if found is None:
            return [Row(name, None, target, note=_ABSENT) for name, target in (("clinc_in_scope", 0.95),
                                                                               ("clinc_oos_recall", 0.85))]  # fmt: skip
        sorter = await LocalSorter.taught(_taught(found.learned), self._embedders)
        judged = await sorter.sort([each["text"] for each in found.scored])
        strange = np.array([each["label"] == _STRANGER for each in found.scored])
        kept = np.array([mine.is_in_scope for mine in judged])
        right = np.array([a.category == b["label"] for a, b in zip(judged, found.scored, strict=True)])
        note = f"{int((~strange).sum())} in scope, {int(strange.sum())} out of scope"
        simple = _simple_scope(found, sorter)
        return [
            Row("clinc_in_scope", float((right & kept)[~strange].mean()), 0.95, simple[0], note=note),
            Row("clinc_oos_recall", float((~kept)[strange].mean()), 0.85, simple[1], note="at the same threshold"),
        ]

    async def _several(self, found: Parts | None) -> Row:
        if found is None:
            return Row("nlupp_micro_f1", None, note=_ABSENT)
        names = sorted({intent for each in found.learned for intent in each.get("intents", ())})
        wanted = _hot(found.learned, names)
        texts, scored = [each["text"] for each in found.learned], [each["text"] for each in found.scored]
        ngrams = NGrams.of(texts)
        fitted, inverse = fit(
            views(self._embedders), await vectors(texts, ngrams, self._embedders), wanted, ridge=_RIDGE
        )
        alone = left_out(fitted, inverse, wanted, np.full(len(texts), OUTSIDE)).alone
        threshold = max(np.linspace(-0.8, 0.4, 25), key=lambda each: _f1(alone > each, wanted > 0))
        given = fitted.scores(await vectors(scored, ngrams, self._embedders)) > threshold
        truth = _hot(found.scored, names) > 0
        unknown = sum(len(set(each.get("intents", ())) - set(names)) for each in found.scored)
        simple = _f1(simple_scores(texts, wanted, scored) > 0, truth, missed=unknown)
        return Row("nlupp_micro_f1", _f1(given, truth, missed=unknown), None, simple, note=f"{len(scored)} texts")

    def _calibration(self) -> Row:
        if not self._sure:
            return Row("calibration_error", None, better="lower", note=_ABSENT)
        sure = np.array([each for each, _ in self._sure])
        right = np.array([each for _, each in self._sure])
        bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
        error = sum(
            float((bins == n).mean()) * abs(float(sure[bins == n].mean() - right[bins == n].mean()))
            for n in np.unique(bins)
        )
        return Row("calibration_error", error, 0.05, better="lower", note=f"{len(sure)} judgements, {_BINS} bins")


def _taught(some: Sequence[Record]) -> list[Taught]:
    return [Taught(each["text"], "" if each["label"] == _STRANGER else each["label"]) for each in some]


def _some_of_each(some: Sequence[Record], seed: int) -> list[Record]:
    by_label: defaultdict[str, list[Record]] = defaultdict(list[Record])
    order: list[int] = np.random.default_rng(seed).permutation(len(some)).tolist()
    for n in order:
        by_label[some[n]["label"]].append(some[n])
    return [each for label in sorted(by_label) for each in by_label[label][:_SHOTS]]


def _simple(found: Parts, categories: Sequence[str]) -> float:
    numbers = {name: n for n, name in enumerate(categories)}
    labels = np.array([numbers[each["label"]] for each in found.learned])
    scores = simple_scores(
        [each["text"] for each in found.learned],
        targets(labels, len(categories)),
        [each["text"] for each in found.scored],
    )
    truth = np.array([numbers.get(each["label"], OUTSIDE) for each in found.scored])
    return float(np.equal(scores.argmax(axis=1), truth).mean())


def _simple_scope(found: Parts, sorter: LocalSorter) -> tuple[float, float]:
    numbers = {name: n for n, name in enumerate(sorter.categories)}
    labels = np.array([numbers.get(each["label"], OUTSIDE) for each in found.learned])
    texts = [each["text"] for each in found.scored]
    scores = simple_scores([each["text"] for each in found.learned], targets(labels, len(numbers)), texts)
    truth = np.array([numbers.get(each["label"], OUTSIDE) for each in found.scored])
    strange = truth == OUTSIDE
    best = scores.max(axis=1)
    kept = best > (np.quantile(best[strange], _SIMPLE_NOTICES) if strange.any() else -1)
    return float((kept & (scores.argmax(axis=1) == truth))[~strange].mean()), float((~kept)[strange].mean())


def _hot(some: Sequence[Record], names: Sequence[str]) -> NDArray[np.float32]:
    hot = np.full((len(some), len(names)), -1, dtype=np.float32)
    numbers = {name: n for n, name in enumerate(names)}
    for row, each in zip(hot, some, strict=True):
        row[[numbers[intent] for intent in each.get("intents", ()) if intent in numbers]] = 1
    return hot


def _f1(given: NDArray[np.bool_], truth: NDArray[np.bool_], *, missed: int = 0) -> float:
    hits = float((given & truth).sum())
    return 2 * hits / max(1.0, float(given.sum() + truth.sum()) + missed)


def embedders() -> list[Embedder]:
    """The encoders of this machine, with what they worked out kept on disk."""
    folder = platformdirs.user_cache_path("firstline", appauthor=False)
    english = [EnglishEmbedder()] if english_is_available() else []
    return [
        KeptEmbedder(each, folder / "vectors.sqlite3")
        for each in (LocalEmbedder(is_e5=False), LocalEmbedder(is_e5=True), *english)
    ]


def main() -> int:
    """Print and write the card; the exit status."""
    return report("triage", asyncio.run(Triaged(Folders.from_environment(), embedders()).rows()))


if __name__ == "__main__":
    sys.exit(main())
