"""The order of a pool: a weight a feature, learned from questions whose right passages are known."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from adapters.search.features import NAMES
from adapters.search.meanings import Matrix
from adapters.search.postings import Floats

WEIGHTS = Path(__file__).with_name("weights.json")
"""Weights by kind and feature, learned by `python -m evals.knowledge --ship`."""
_STEPS = 300
_BATCH = 256
_PACE = 0.05
_SHRINK = 1e-2
"""Keeps weights small that the examples hardly speak for."""
_NEVER = np.float32(-1e9)


@dataclass(frozen=True, slots=True)
class Example:
    """A pool's features and which of its rows were right."""

    features: Matrix
    is_right: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Weights:
    """One weight a feature, in the order of `features.NAMES`."""

    values: Floats

    def scores(self, features: Matrix) -> Floats:
        """The higher the better; compares within one pool only."""
        return features @ self.values

    @classmethod
    def from_names(cls, named: Mapping[str, float]) -> "Weights":
        """Weights by feature name; features that are not named count nothing."""
        return cls(np.array([named.get(name, 0.0) for name in NAMES], dtype=np.float32))

    def by_name(self) -> dict[str, float]:
        """The weights that count."""
        return {name: round(float(value), 4) for name, value in zip(NAMES, self.values, strict=True) if value}


@cache
def shipped(kind: str) -> Weights:
    """The weights that come with Firstline: `words` without an embedder, `meaning` with one."""
    return Weights.from_names(json.loads(WEIGHTS.read_text(encoding="utf-8"))[kind])


def learn(examples: Sequence[Example], *, importance: Sequence[float] = ()) -> Weights:
    """Weights under which the right rows come first: listwise softmax, gradient steps with momentum."""
    usable = [n for n, each in enumerate(examples) if each.is_right.any()]
    shares = np.array([importance[n] if importance else 1.0 for n in usable], dtype=np.float32)
    features, wanted, mask = _stacked([examples[n] for n in usable])
    weights = np.zeros(features.shape[2], dtype=np.float32)
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    picks = np.random.default_rng(0)
    for step in range(1, _STEPS + 1):
        batch = picks.choice(len(usable), _BATCH, replace=False) if len(usable) > _BATCH else slice(None)
        slope = _slope(weights, features[batch], wanted[batch], mask[batch], shares[batch])
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope**2
        change = _PACE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
        weights = (weights - change).astype(np.float32)
    return Weights(weights.astype(np.float32))


def _slope(weights: Floats, features: Matrix, wanted: Matrix, mask: Matrix, shares: Floats) -> Floats:
    scores = features @ weights + mask
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    odds /= odds.sum(axis=1, keepdims=True)
    off = (odds - wanted) * (shares / shares.sum())[:, np.newaxis]
    return np.einsum("nl,nlf->f", off, features).astype(np.float32) + np.float32(_SHRINK) * weights


def _stacked(examples: Sequence[Example]) -> tuple[Matrix, Matrix, Matrix]:
    longest = max(len(each.is_right) for each in examples)
    features = np.zeros((len(examples), longest, examples[0].features.shape[1]), dtype=np.float32)
    wanted = np.zeros((len(examples), longest), dtype=np.float32)
    mask = np.full((len(examples), longest), _NEVER, dtype=np.float32)
    for n, each in enumerate(examples):
        size = len(each.is_right)
        features[n, :size] = each.features
        wanted[n, :size] = each.is_right / each.is_right.sum()
        mask[n, :size] = 0.0
    return features, wanted, mask
