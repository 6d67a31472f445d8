"""A classifier fitted in one step: regression on likeness to examples, with every example's own judgement left out.

Likeness is summed over several views of a text. What a judgement would be had an example (or its whole category)
not been there follows from the fit itself, so honest confidence costs no second training.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Numbers = NDArray[np.int64]

OUTSIDE = -1
"""The label of an example that belongs to no category."""

_FAR = -9.0
_BATCH = 512


@dataclass(frozen=True, slots=True)
class View:
    """How one kind of vector counts: `weight * exp(sharpness * (cosine - 1))`."""

    sharpness: float
    weight: float


@dataclass(frozen=True, slots=True)
class Fit:
    """What was learned."""

    views: tuple[View, ...]
    examples: tuple[Matrix, ...]
    """What texts are compared with, one matrix a view."""
    weights: Matrix

    def scores(self, vectors: Sequence[Matrix]) -> Matrix:
        """One score a text and category: about 1 for surely yes, -1 for surely no."""
        parts = [
            likeness(self.views, [each[at : at + _BATCH] for each in vectors], self.examples) @ self.weights
            for at in range(0, len(vectors[0]), _BATCH)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, self.weights.shape[1]), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What examples would have been judged as, had they not been learned from."""

    alone: Matrix
    """Each example by itself left out."""
    with_category: Matrix
    """Its whole category left out, which makes it a stranger; the score of that category is far below all."""


def likeness(views: Sequence[View], left: Sequence[Matrix], right: Sequence[Matrix]) -> Matrix:
    """How like each text on the left is each on the right."""
    total = np.zeros((len(left[0]), len(right[0])), dtype=np.float32)
    for view, mine, theirs in zip(views, left, right, strict=True):
        cosine = mine @ theirs.T
        cosine -= 1
        cosine *= view.sharpness
        total += np.float32(view.weight) * np.exp(cosine, out=cosine)
    return total


def fit(views: Sequence[View], vectors: Sequence[Matrix], wanted: Matrix, *, ridge: float) -> tuple[Fit, Matrix]:
    """Learn from examples. `wanted` holds 1 for yes and -1 for no, one column a category.

    Also gives the inverse that `left_out` works from.
    """
    inverse = likeness(views, vectors, vectors)
    inverse[np.diag_indices_from(inverse)] += np.float32(ridge)
    inverse = np.linalg.inv(inverse).astype(np.float32, copy=False)
    weights = (inverse @ wanted).astype(np.float32, copy=False)
    return Fit(tuple(views), tuple(vectors), weights), inverse


def left_out(fitted: Fit, inverse: Matrix, wanted: Matrix, labels: Numbers) -> LeftOut:
    """Every example's judgement without itself, and without its category."""
    alone = wanted - fitted.weights / np.maximum(np.diag(inverse), 1e-9)[:, None]
    stranger = alone.copy()
    for category in range(wanted.shape[1]):
        rows = np.flatnonzero(labels == category)
        if len(rows):
            stranger[rows] = wanted[rows] - np.linalg.solve(inverse[np.ix_(rows, rows)], fitted.weights[rows])
            stranger[rows, category] = _FAR
    return LeftOut(alone.astype(np.float32, copy=False), stranger.astype(np.float32, copy=False))


def targets(labels: Numbers, categories: int) -> Matrix:
    """`wanted` of labels of which each text has one."""
    wanted = np.full((len(labels), categories), -1, dtype=np.float32)
    inside = np.flatnonzero(labels != OUTSIDE)
    wanted[inside, labels[inside]] = 1
    return wanted
