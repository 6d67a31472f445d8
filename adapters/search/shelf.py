"""Passages laid out for searching: by words, by meaning, by document. Never changed once laid out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adapters.search.postings import Floats, Postings, Rows
from adapters.search.words import term_counts
from core.knowledge import Passage

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Layout:
    """Which rows belong together."""

    documents: Rows
    """The document of each row, counted from 0."""
    starts: npt.NDArray[np.int64]
    """Where each document begins."""
    previous: Rows
    """The row before, in the same document; itself at the beginning."""
    following: Rows
    places: Rows
    """How many passages of its document come before a row."""
    sizes: Rows
    """How many passages its document has."""


class Shelf:
    """One set of passages. The order in which they are given must keep documents together."""

    def __init__(self, passages: Sequence[Passage], counts: Sequence[Mapping[int, int]] | None = None) -> None:
        order = sorted(range(len(passages)), key=lambda n: (document_of(passages[n]), n))
        self.passages = [passages[n] for n in order]
        wanted = [counts[n] for n in order] if counts else [terms_of(each) for each in self.passages]
        self.bodies = Postings(wanted)
        self.titles = Postings([term_counts(each.title) for each in self.passages])
        self.layout = _layout([document_of(each) for each in self.passages])
        self.meanings: Matrix | None = None
        self.headings: Matrix | None = None

    def __len__(self) -> int:
        return len(self.passages)

    def with_meanings(self, meanings: Mapping[str, Matrix], headings: Mapping[str, Matrix]) -> None:
        """Vectors by passage id and by title; taken into use at once."""
        if self.passages:
            titles = np.stack([headings[each.title] for each in self.passages])
            self.headings, self.meanings = titles, np.stack([meanings[each.id] for each in self.passages])

    def best_of_documents(self, scores: Floats) -> Floats:
        """For every row, the best score that its document has anywhere."""
        if not self.passages:
            return scores
        return np.maximum.reduceat(scores, self.layout.starts)[self.layout.documents]

    def mean_of_documents(self, scores: Floats) -> Floats:
        """For every row, the mean score of its document."""
        if not self.passages:
            return scores
        return (np.add.reduceat(scores, self.layout.starts)[self.layout.documents] / self.layout.sizes).astype(
            np.float32
        )


def terms_of(passage: Passage) -> Mapping[int, int]:
    """The terms by which a passage is found."""
    return term_counts(f"{passage.title}\n{passage.text}")


def document_of(passage: Passage) -> str:
    """What a passage is a part of: its source without the place in it."""
    return passage.source.partition("#")[0]


def _layout(documents: Sequence[str]) -> Layout:
    count = len(documents)
    numbers = np.zeros(count, dtype=np.int32)
    for row in range(1, count):
        numbers[row] = numbers[row - 1] + (documents[row] != documents[row - 1])
    rows = np.arange(count, dtype=np.int32)
    starts = np.unique(numbers, return_index=True)[1].astype(np.int64)
    is_first = np.zeros(count, dtype=bool)
    is_first[starts] = True
    is_last = np.roll(is_first, -1) if count else is_first
    sizes = np.diff(np.append(starts, count)).astype(np.int32)
    return Layout(
        documents=numbers,
        starts=starts,
        previous=np.where(is_first, rows, rows - 1).astype(np.int32),
        following=np.where(is_last, rows, rows + 1).astype(np.int32),
        places=(rows - starts[numbers]).astype(np.int32) if count else rows,
        sizes=sizes[numbers] if count else rows,
    )
