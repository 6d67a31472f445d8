"""Passages laid out for searching: by words, by meaning, by document. Never changed once laid out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adapters.search.counting import Counted
from adapters.search.meanings import Half, Matrix, Meanings
from adapters.search.postings import Floats, Postings, Rows
from core.knowledge import Passage


@dataclass(frozen=True, slots=True)
class Headings:
    """The vectors of titles, which many rows share."""

    vectors: Half
    titles: npt.NDArray[np.int64]
    """The title of each row."""

    def at(self, rows: npt.NDArray[np.signedinteger]) -> Matrix:
        """The vectors of some rows' titles."""
        return self.vectors[self.titles[rows]].astype(np.float32)

    def only(self, rows: npt.NDArray[np.int64]) -> "Headings":
        """The same for some rows."""
        return Headings(self.vectors, self.titles[rows])


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
    """One set of passages, those of a document together. What is not given of its words is counted here."""

    def __init__(
        self, passages: Sequence[Passage], bodies: Counted | None = None, titles: Counted | None = None
    ) -> None:
        self.passages = list(passages) if bodies else in_order(passages)
        self.bodies = Postings(bodies or counted_bodies(self.passages))
        self.titles = Postings(titles or counted_titles(self.passages))
        self.layout = _layout([document_of(each) for each in self.passages])
        self.rows: Mapping[str, int] = {each.id: row for row, each in enumerate(self.passages)}
        self.meanings: Meanings | None = None
        self.headings: Headings | None = None

    def __len__(self) -> int:
        return len(self.passages)

    def with_meanings(self, meanings: Mapping[str, Matrix], headings: Mapping[str, Matrix]) -> None:
        """Vectors by passage id and by title; taken into use at once."""
        if self.passages:
            self.headings = headings_of(self.passages, headings)
            self.meanings = Meanings(halved(meanings, [each.id for each in self.passages]))

    def of_documents(self, scores: Floats, rows: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
        """For some rows, the best and the mean score that their documents have. There must be one row at least."""
        documents, places = np.unique(self.layout.documents[rows], return_inverse=True)
        begins = self.layout.starts[documents]
        sizes = self.layout.sizes[begins].astype(np.int64)
        starts = np.append(0, np.cumsum(sizes)[:-1])
        theirs = scores[np.arange(sizes.sum()) + np.repeat(begins - starts, sizes)]
        best, mean = np.maximum.reduceat(theirs, starts), np.add.reduceat(theirs, starts) / sizes
        return best[places].astype(np.float32), mean[places].astype(np.float32)


def in_order(passages: Sequence[Passage]) -> list[Passage]:
    """The passages with those of a document together, as they stand in it."""
    return sorted(passages, key=document_of)


def counted_bodies(passages: Sequence[Passage]) -> Counted:
    """The terms by which passages are found."""
    return Counted.of(f"{each.title}\n{each.text}" for each in passages)


def counted_titles(passages: Sequence[Passage]) -> Counted:
    """The terms of their titles."""
    return Counted.of(each.title for each in passages)


def halved(vectors: Mapping[str, Matrix], keys: Sequence[str]) -> Half:
    """The vectors of some keys as one matrix of half precision. There must be at least one."""
    found = np.empty((len(keys), len(vectors[keys[0]])), dtype=np.float16)
    for row, key in enumerate(keys):
        found[row] = vectors[key]
    return found


def headings_of(passages: Sequence[Passage], vectors: Mapping[str, Matrix]) -> Headings:
    """The vectors of titles, each kept once. There must be at least one passage."""
    numbers: dict[str, int] = {}
    rows = [numbers.setdefault(each.title, len(numbers)) for each in passages]
    return Headings(halved(vectors, list(numbers)), np.array(rows, dtype=np.int64))


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
