"""The simple way to sort texts: rare words and letter groups, and a straight line through them."""

from collections.abc import Sequence

import numpy as np

from adapters.local.kernel_fit import Matrix
from adapters.local.ngrams import NGrams

_RIDGE = 1.0


def simple_scores(learned: Sequence[str], wanted: Matrix, scored: Sequence[str]) -> Matrix:
    """Scores of a linear model over n-grams alone."""
    ngrams = NGrams.of(learned)
    known = ngrams.vectors(learned)
    square = known.T @ known
    square[np.diag_indices_from(square)] += np.float32(_RIDGE)
    weights = np.linalg.solve(square, known.T @ wanted)
    return (ngrams.vectors(scored) @ weights).astype(np.float32, copy=False)
