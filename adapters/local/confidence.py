"""From scores to how often such a judgement is right, and to whether a text is about any category at all.

Both are read off what examples were judged as while they were left out, so they hold for texts never seen.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Doubles = NDArray[np.float64]

_STEPS = 60
_KEEP = 0.02
"""Share of texts that belong to a category which may be taken for strangers, where no stranger is known."""
_STRANGERS_SEEN = 0.88
"""Share of the known strangers that must be told apart."""
_FEWEST_STRANGERS = 20


@dataclass(frozen=True, slots=True)
class Confidence:
    """Weights of a logistic curve over the best score and its lead, and the score below which a text is a stranger."""

    weights: tuple[float, float, float]
    threshold: float

    def of(self, scores: Matrix) -> Doubles:
        """From 0 to 1, one a text."""
        return _curve(_signs(scores), np.array(self.weights))

    def inside(self, scores: Matrix) -> NDArray[np.bool_]:
        """Which texts are about one of the categories."""
        return scores.max(axis=1) > self.threshold


def learn(alone: Matrix, is_right: NDArray[np.bool_], strangers: Matrix) -> Confidence:
    """`alone`: scores of examples while left out; `strangers`: scores of texts that belong nowhere, maybe none."""
    weights = _logistic(_signs(alone), is_right.astype(np.float64))
    best = alone.max(axis=1)
    if len(strangers) >= _FEWEST_STRANGERS:
        threshold = float(np.quantile(strangers.max(axis=1), _STRANGERS_SEEN))
    else:
        threshold = float(np.quantile(best, _KEEP)) if len(best) else 0.0
    return Confidence((float(weights[0]), float(weights[1]), float(weights[2])), threshold)


def _signs(scores: Matrix) -> Doubles:
    """The best score, its lead over the next, and 1."""
    best = scores.max(axis=1)
    second = np.partition(scores, -2, axis=1)[:, -2] if scores.shape[1] > 1 else np.full(len(scores), -1.0)
    return np.stack([best, best - second, np.ones(len(scores))], axis=1).astype(np.float64)


def _curve(signs: Doubles, weights: Doubles) -> Doubles:
    return 1 / (1 + np.exp(-np.clip(signs @ weights, -30, 30)))


def _logistic(signs: Doubles, right: Doubles) -> Doubles:
    """Newton's method with a little ridge."""
    weights = np.zeros(3)
    for _ in range(_STEPS):
        given = _curve(signs, weights)
        slope = signs.T @ (given - right) + 1e-2 * weights
        bend = (signs * (given * (1 - given))[:, None]).T @ signs + 1e-2 * np.eye(3)
        step = np.linalg.solve(bend, slope)
        weights = weights - step
        if float(np.abs(step).max()) < 1e-6:
            break
    return weights
