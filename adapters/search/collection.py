"""All passages of an index, and a shelf for each kind of reader that asks."""

from collections.abc import Mapping, Sequence

import numpy as np

from adapters.search.meanings import Half, Matrix, Meanings, Picked
from adapters.search.shelf import Headings, Shelf, counted_bodies, counted_titles, halved, headings_of, in_order
from core.knowledge import Audience, Passage, Reader
from core.modelling import Embedder

_SHELVES = 32
_ROWS = 400_000
"""Shelves that are kept laid out, and rows in all of them together."""


class Collection:
    """All passages of an index, laid out once for each kind of reader that asks."""

    def __init__(self, passages: Sequence[Passage], *, like: "Collection | None" = None) -> None:
        self.passages = like.passages if like else tuple(in_order(passages))
        self.embedder: Embedder | None = None
        """Whose vectors it has; questions must be embedded by the same."""
        self._bodies = like._bodies if like else counted_bodies(self.passages)
        self._titles = like._titles if like else counted_titles(self.passages)
        self._shelves: dict[frozenset[Audience], tuple[Shelf, Picked | None]] = {}
        self._readers: dict[frozenset[Audience], Reader] = {}
        """Somebody who sees a shelf."""
        self._audiences = {each.audience for each in self.passages}
        self._vectors: tuple[Half, Headings] | None = None

    @property
    def has_meanings(self) -> bool:
        """Vectors are there."""
        return self._vectors is not None

    def again(self) -> "Collection":
        """The same passages, to be given other vectors."""
        return Collection((), like=self)

    def give(self, meanings: Mapping[str, Matrix], headings: Mapping[str, Matrix], embedder: Embedder) -> None:
        """Vectors by passage id and by title, and who made them. To be called once."""
        if self.passages:
            self._vectors = (
                halved(meanings, [each.id for each in self.passages]),
                headings_of(self.passages, headings),
            )
            for shelf, rows in self._shelves.values():
                self._mean(shelf, rows)
            self.embedder = embedder

    def shelf(self, reader: Reader) -> Shelf:
        """What this reader may see, and nothing else: ranking never meets the rest."""
        admitted = frozenset(each for each in self._audiences if each.admits(reader))
        kept = self._shelves.pop(admitted, None) or self._laid_out(admitted)
        while self._shelves and (len(self._shelves) >= _SHELVES or self._rows() + len(kept[0]) > _ROWS):
            self._shelves.pop(next(iter(self._shelves)))
        self._shelves[admitted] = kept
        self._readers[admitted] = reader
        return kept[0]

    def lay_out_like(self, other: "Collection") -> None:
        """Lay out what the readers of another collection see, so that none of them waits for it."""
        for admitted in list(other._shelves):
            self.shelf(other._readers[admitted])

    def _rows(self) -> int:
        return sum(len(shelf) for shelf, _ in self._shelves.values())

    def _laid_out(self, admitted: frozenset[Audience]) -> tuple[Shelf, Picked | None]:
        if len(admitted) == len(self._audiences):
            shelf, rows = Shelf(self.passages, self._bodies, self._titles), None
        else:
            pairs = [(n, each) for n, each in enumerate(self.passages) if each.audience in admitted]
            rows, seen = np.array([n for n, _ in pairs], dtype=np.int64), [each for _, each in pairs]
            shelf = Shelf(seen, self._bodies.only(rows), self._titles.only(rows))
        self._mean(shelf, rows)
        return shelf, rows

    def _mean(self, shelf: Shelf, rows: Picked | None) -> None:
        if self._vectors is not None and len(shelf):
            vectors, headings = self._vectors
            shelf.headings = headings if rows is None else headings.only(rows)
            shelf.meanings = Meanings(vectors, rows)
