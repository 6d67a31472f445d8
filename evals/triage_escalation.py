"""Which requests end with a person, judged by the customer's opening words alone, against gold runs.

The gold label depends on policy and on the state of accounts that the words do not tell, so this is a first
guess for the queue, not a decision.
"""

from collections.abc import Sequence

import numpy as np

from adapters.local.kernel_fit import fit, left_out
from adapters.local.ngrams import NGrams
from adapters.local.sorter import vectors, views
from core.modelling import Embedder
from core.triage import triage
from evals.scorecard import Row
from evals.sets import Folders, document, matching, records

_ASKED = ("tau2_retail", "tau2_airline", "tau2_telecom")
_RIDGE = 0.3
_ABSENT = "the sets are not here"


async def escalation(folders: Folders, embedders: Sequence[Embedder]) -> list[Row]:
    """`escalation_precision` and `escalation_recall`."""
    learned, labels = _openings(folders, is_scored=False)
    scored, truth = _openings(folders, is_scored=True)
    if not learned or not scored or not any(labels):
        return [Row(f"escalation_{name}", None, note=_ABSENT) for name in ("precision", "recall")]
    ngrams = NGrams.of(learned)
    wanted = np.where(np.array(labels), 1, -1).astype(np.float32)[:, None]
    fitted, inverse = fit(views(embedders), await vectors(learned, ngrams, embedders), wanted, ridge=_RIDGE)
    alone = left_out(fitted, inverse, wanted, np.array(labels, dtype=np.int64) - 1).alone[:, 0]
    threshold = max(np.unique(alone), key=lambda each: _f1(alone >= each, np.array(labels)))
    given = alone if folders.are_one else fitted.scores(await vectors(scored, ngrams, embedders))[:, 0]
    words = np.array([triage(text).should_escalate for text in scored])
    passes, gold = (given >= threshold) | words, np.array(truth)
    hits = int((passes & gold).sum())
    note = f"{int(gold.sum())} of {len(gold)} go to people; " + (
        "each judged while left out" if folders.are_one else "learned from other tasks"
    )
    return [
        Row("escalation_precision", hits / max(1, int(passes.sum())), note=note),
        Row("escalation_recall", hits / max(1, int(gold.sum())), note=note),
    ]


def _openings(folders: Folders, *, is_scored: bool) -> tuple[list[str], list[bool]]:
    texts, labels = list[str](), list[bool]()
    for name in _ASKED:
        folder = (folders.scored if is_scored else folders.learned) / name
        gold = {
            each["task_id"]: bool(each["transfer_to_human"]) for each in records(matching(folder, ("gold*.jsonl",)))
        }
        for path in matching(folder, ("tasks*.json",)):
            for task in document(path):
                if task["id"] in gold:
                    texts.append(_opening(task["user_scenario"]["instructions"]))
                    labels.append(gold[task["id"]])
    return texts, labels


def _opening(instructions: object) -> str:
    if isinstance(instructions, dict):
        return str(instructions.get("reason_for_call") or "")  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]  # as the set has it
    return str(instructions)


def _f1(given: np.ndarray, truth: np.ndarray) -> float:
    return 2 * float((given & truth).sum()) / max(1.0, float(given.sum() + truth.sum()))
