"""Answer, ask back, or abstain: how well the search's own signals tell which.

A softmax regression over the signals of a search and the shape of the question, learned from other conversations
than those scored. The agent acts on it where it is sure (`core.readiness`, `evals.readiness`).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.knowledge import Signals
from core.readiness import features as core_features
from evals.knowledge_runs import Asked

CLASSES = ("ANSWERABLE", "UNDERSPECIFIED", "UNANSWERABLE")
_MEANS = {"PARTIAL": "ANSWERABLE"}
_STEPS = 600
_PACE = 0.3
_SHRINK = 0.02
Matrix = npt.NDArray[np.float64]


def class_of(label: str) -> str:
    """The decision that a label asks for; empty for a label nobody knows."""
    label = _MEANS.get(label.upper(), label.upper())
    return label if label in CLASSES else ""


def features(asked: Asked, signals: Signals) -> list[float]:
    """What is known before anything is answered: the product's own features."""
    return core_features(asked.case.inquiry, signals)


def learn(rows: Matrix, labels: Sequence[int]) -> tuple[Matrix, Matrix, Matrix]:
    """Weights with the mean and spread that features are scaled by; every class counts alike."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    mean[0], spread[0] = 0.0, 1.0
    scaled = (rows - mean) / spread
    wanted = np.eye(len(CLASSES))[list(labels)]
    share = (wanted / np.maximum(wanted.sum(axis=0), 1)).sum(axis=1, keepdims=True)
    weights = np.zeros((rows.shape[1], len(CLASSES)))
    for _ in range(_STEPS):
        slope = scaled.T @ ((_softmax(scaled @ weights) - wanted) * share) / len(CLASSES)
        weights -= _PACE * (slope + _SHRINK * weights)
    return weights, mean, spread


def choose(rows: Matrix, learned: tuple[Matrix, Matrix, Matrix]) -> list[int]:
    """The likeliest class of each row."""
    return [int(n) for n in np.argmax(chances(rows, learned), axis=1)]


def chances(rows: Matrix, learned: tuple[Matrix, Matrix, Matrix]) -> Matrix:
    """How likely each class is, one row a question."""
    weights, mean, spread = learned
    return _softmax(((rows - mean) / spread) @ weights)


def macro_f1(wanted: list[int], chosen: list[int]) -> float:
    """The mean of the classes' F1; a class that never occurs does not count."""
    found: list[float] = []
    for each in range(len(CLASSES)):
        hits = sum(w == c == each for w, c in zip(wanted, chosen, strict=True))
        seen = wanted.count(each) + chosen.count(each)
        if each in wanted:
            found.append(2 * hits / seen if seen else 0.0)
    return sum(found) / max(len(found), 1)


def _softmax(scores: Matrix) -> Matrix:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)
