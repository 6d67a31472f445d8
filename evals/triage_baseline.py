"""The simple way to sort texts: rarity-weighted words and letter groups, and a linear support vector machine."""

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from adapters.local.kernel_fit import Matrix


def simple_scores(learned: Sequence[str], wanted: Matrix, scored: Sequence[str]) -> Matrix:
    """Scores of TF-IDF and LinearSVC, one column a category; `wanted` holds 1 for yes and -1 for no."""
    # Imported only here: the library belongs to the development extra alone.
    texts: Any = importlib.import_module("sklearn.feature_extraction.text")
    svm: Any = importlib.import_module("sklearn.svm")
    pipeline: Any = importlib.import_module("sklearn.pipeline")
    words = pipeline.make_union(
        texts.TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        texts.TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
    )
    known, asked = words.fit_transform(learned), words.transform(scored)
    columns: list[Any] = []
    for column in wanted.T:
        if len(np.unique(column)) < 2:
            columns.append(np.full(len(scored), float(column[0])))
            continue
        columns.append(svm.LinearSVC(random_state=0).fit(known, column > 0).decision_function(asked))
    return np.stack(columns, axis=1).astype(np.float32)
