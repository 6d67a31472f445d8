"""How well knowledge is found: `make eval-knowledge`.

The search that is measured is the product's own. Weights are learned from questions that are not scored: from the
folder to learn from where that is another one, else by cross-validation over groups (domains, articles, tasks).
`python -m evals.knowledge --ship` learns the weights that come with the product.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt

from adapters.local.embedder import LocalEmbedder
from adapters.local.embedder import is_available as local_is_available
from adapters.local.english import EnglishEmbedder
from adapters.local.english import is_available as english_is_available
from adapters.search.ranking import WEIGHTS, Weights, shipped
from bots.settings import Environment
from evals import knowledge_decision as decision
from evals.knowledge_runs import (
    Asked,
    CachingEmbedder,
    Metric,
    Prepared,
    ask,
    by_words,
    folds_of,
    prepare,
    recall_at,
    reciprocal_rank,
    weights_from,
)  # fmt: skip
from evals.knowledge_sets import SHAPES, QuestionSet, pooled, read_set
from evals.knowledge_speed import PASSAGES, measured
from evals.scorecard import Row, report
from evals.sets import Folders

_DEEP = 200
_DECISION_FOLDS = 5
_APART = "mtrag_un"
_TARGETS: dict[str, tuple[str, Metric, int, float]] = {
    "doc2dial_val": ("doc2dial_recall_at_5", recall_at(5), 5, 0.88),
    "tau3_banking_kb": ("tau3_recall_at_10", recall_at(10), 10, 0.45),
    "stackfaq": ("stackfaq_mrr", reciprocal_rank, _DEEP, 0.87),
    _APART: ("mtrag_recall_at_5", recall_at(5), 5, 0.90),
}


async def ship() -> int:
    """Learn the weights that come with the product from the folder to learn from, and write them beside the search."""
    folders = Folders.from_environment()
    kinds = {"words": None, "meaning": _embedder()}
    learned: dict[str, dict[str, float]] = {}
    for kind, embedder in kinds.items():
        prepared = await _prepared(folders, embedder, is_learned=True)
        learned[kind] = weights_from([(each, each.asked) for each in prepared.values()], "").by_name()
    WEIGHTS.write_text(json.dumps(learned, indent=2) + "\n", encoding="utf-8")
    return 0


async def main() -> int:
    """Measure everything and report; the exit status tells whether all targets are met."""
    folders = Folders.from_environment()
    embedder = _embedder()
    scored = await _prepared(folders, embedder, is_learned=False)
    learned = scored if folders.are_one else await _prepared(folders, embedder, is_learned=True)
    rows = [_row(name, scored, learned, are_one=folders.are_one) for name in _TARGETS]
    rows.append(await _pooled_row(folders, embedder, scored, learned))
    rows.append(_decision_row(scored, learned, are_one=folders.are_one))
    rows += _speed_rows()
    return report("eval-knowledge", rows)


async def _pooled_row(
    folders: Folders, embedder: CachingEmbedder | None, scored: dict[str, Prepared], learned: dict[str, Prepared]
) -> Row:
    """MTRAG once more, as if no conversation belonged to a collection: a wider haystack than any reader has."""
    title = _TARGETS[_APART][0]
    questions = read_set(folders, next(each for each in SHAPES if each.name == _APART), is_learned=False)
    if questions is None or _APART not in learned:
        return Row(f"{title}_pooled", None, note="the set is not in FIRSTLINE_EVAL_DATA")
    whole = {_APART: await prepare(pooled(questions), embedder, tell=_tell)}
    row = _row(_APART, scored | whole, learned | whole if folders.are_one else learned, are_one=folders.are_one)
    return Row(f"{title}_pooled", row.value, baseline=row.baseline, note="all collections in one, read by everybody")


def _speed_rows() -> list[Row]:
    speed = measured()
    note = (
        f"{PASSAGES:,} passages, processor time; median {speed.median_ms:.1f} ms, clock p99 {speed.clock_p99_ms:.1f} ms"
    )
    return [
        Row("latency_p99_ms", speed.p99_ms, 20.0, better="lower", note=note),
        Row("index_passages_per_s", speed.passages_per_s, note="laid out for searching, without embedding"),
        Row("index_memory_mb", speed.memory_mb, better="lower", note=f"{PASSAGES:,} passages with their vectors"),
    ]


def _decision_row(scored: dict[str, Prepared], learned: dict[str, Prepared], *, are_one: bool) -> Row:
    """Answer, ask or abstain, beside always answering."""
    if _APART not in scored or _APART not in learned:
        return Row("decision_macro_f1", None, note="the set is not in FIRSTLINE_EVAL_DATA")
    groups, rows, wanted = _decisions(scored[_APART])
    other_groups, other_rows, other_wanted = _decisions(learned[_APART])
    chosen = [0] * len(wanted)
    for fold in _conversation_folds(groups) if are_one else [set(groups)]:
        kept = [n for n, group in enumerate(other_groups) if not are_one or group not in fold]
        fitted = decision.learn(other_rows[kept], [other_wanted[n] for n in kept])
        asked = [n for n, group in enumerate(groups) if group in fold]
        for n, choice in zip(asked, decision.choose(rows[asked], fitted), strict=True):
            chosen[n] = choice
    floor = decision.macro_f1(wanted, [0] * len(wanted))
    return Row("decision_macro_f1", decision.macro_f1(wanted, chosen), floor, floor, note=f"{len(wanted)} questions")


def _decisions(prepared: Prepared) -> tuple[list[str], npt.NDArray[np.float64], list[int]]:
    usable = [each for each in prepared.asked if decision.class_of(each.case.label)]
    weights = shipped("meaning" if prepared.collection.has_meanings else "words")
    rows = [decision.features(each, ask(prepared, each, weights, (), limit=5).signals) for each in usable]
    wanted = [decision.CLASSES.index(decision.class_of(each.case.label)) for each in usable]
    return [each.case.id.partition("<")[0] for each in usable], np.array(rows), wanted


def _conversation_folds(groups: Sequence[str]) -> list[set[str]]:
    names = sorted(set(groups))
    return [set(names[n::_DECISION_FOLDS]) for n in range(_DECISION_FOLDS)]


def _embedder() -> CachingEmbedder | None:
    cache = Path(Environment().cache_folder)
    if english_is_available():
        return CachingEmbedder(EnglishEmbedder(), cache)
    return CachingEmbedder(LocalEmbedder(), cache) if local_is_available() else None


async def _prepared(folders: Folders, embedder: CachingEmbedder | None, *, is_learned: bool) -> dict[str, Prepared]:
    sets: list[QuestionSet] = [
        each for shape in SHAPES if (each := read_set(folders, shape, is_learned=is_learned)) is not None
    ]
    return {each.name: await prepare(each, embedder, tell=_tell) for each in sets}


def _row(name: str, scored: dict[str, Prepared], learned: dict[str, Prepared], *, are_one: bool) -> Row:
    title, metric, limit, target = _TARGETS[name]
    if name not in scored:
        return Row(title, None, target, note="the set is not in FIRSTLINE_EVAL_DATA")
    prepared = scored[name]
    folds = folds_of(prepared) if are_one else [{each.case.group for each in prepared.asked}]
    values: list[float] = []
    for fold in folds:
        others = {key: _without(each, fold if key == name and are_one else set()) for key, each in learned.items()}
        weights = weights_from([(learned[key], asked) for key, asked in others.items()], name)
        values += _measured(prepared, fold, weights, others.get(name, ()), metric, limit)
    baseline = [metric(by_words(prepared, each, limit), each.case.right) for each in prepared.asked if each.case.right]
    how = f"cross-validated over {len(folds)} folds" if are_one else "learned from the other folder"
    return Row(title, float(np.mean(values)), target, float(np.mean(baseline)), note=f"{len(values)} questions, {how}")


def _without(prepared: Prepared, groups: set[str]) -> tuple[Asked, ...]:
    return tuple(each for each in prepared.asked if each.case.group not in groups)


def _measured(
    prepared: Prepared, fold: set[str], weights: Weights, before: Sequence[Asked], metric: Metric, limit: int
) -> list[float]:
    values: list[float] = []
    for each in prepared.asked:
        if each.case.group in fold and each.case.right:
            found = ask(prepared, each, weights, before, limit=limit)
            values.append(metric([hit.passage.id for hit in found.hits], each.case.right))
    return values


def _tell(line: str) -> None:
    click.echo(line, err=True)


if __name__ == "__main__":
    sys.exit(asyncio.run(ship() if sys.argv[1:] == ["--ship"] else main()))
