"""Finding by words: BM25 over an inverted index of plain arrays.

Every score is exact over all rows, so one search can be scored under several views of a question. A small index is a
table as well, a line for each term: a line is picked there in a tenth of the time that a list is searched in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from adapters.search.counting import Counted

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int32]

_K1 = 1.2
_B = 0.75
_OFTEN = 0.3
"""A word that more than this share of many rows has tells little, and adding it up takes longest."""
_MANY = 5_000
_MOST_ASKED = 96
_CELLS = 1_000_000
"""Of the table of a small index: four megabytes."""
_PLACES = 50_000
"""Terms whose place is remembered: one search asks for the same ones many times, and so does the next."""


class Postings:
    """Built once over texts as term counts; never changed. `most_cells` bounds the table of a small index."""

    def __init__(self, counted: Counted, *, most_cells: int = _CELLS) -> None:
        self.count = len(counted)
        total = len(counted.terms)
        sizes = np.diff(counted.starts)
        owners = np.repeat(np.arange(self.count, dtype=np.int32), sizes)
        self.lengths: Floats = np.bincount(owners, weights=counted.often, minlength=self.count).astype(np.float32)
        order = np.argsort(counted.terms, kind="stable")
        self._rows: Rows = owners[order]
        self._terms, starts = np.unique(counted.terms[order], return_index=True)
        self._starts = np.append(starts, total)
        spread = np.diff(self._starts)
        self._idf: Floats = np.log1p((self.count - spread + 0.5) / (spread + 0.5)).astype(np.float32)
        mean = max(float(self.lengths.mean()) if self.count else 1.0, 1e-9)
        norm = (_K1 * (1 - _B + _B * self.lengths / mean)).astype(np.float32)
        often = counted.often[order].astype(np.float32)
        gains = np.repeat(self._idf, spread) * often * np.float32(_K1 + 1) / (often + norm[self._rows])
        self._gains: Floats = gains.astype(np.float32)
        self._whole: Floats = np.bincount(
            self._rows, weights=np.repeat(self._idf, spread), minlength=self.count
        ).astype(np.float32)
        self.rarest = float(np.log1p((self.count + 0.5) / 0.5))
        """The weight of a word that no row has."""
        self._places: dict[int, int | None] = {}
        self._weights: dict[int, float] = {}
        self._table: npt.NDArray[np.float32] | None = None
        if len(self._terms) * self.count <= most_cells:
            self._table = np.zeros((len(self._terms), self.count), dtype=np.float32)
            self._table[np.repeat(np.arange(len(self._terms)), spread), self._rows] = self._gains

    def weight(self, term: int) -> float:
        """How rare a term is; 0 when no row has it."""
        try:
            return self._weights[term]
        except KeyError:
            pass
        at = self._place(term)
        weight = float(self._idf[at]) if at is not None else 0.0
        if len(self._weights) >= _PLACES:
            self._weights.clear()
        self._weights[term] = weight
        return weight

    def scores(self, wanted: Mapping[int, float]) -> Floats:
        """BM25 of every row, each term weighed as given."""
        if self._table is not None:
            return self._picked(self._table, wanted)
        found = np.zeros(self.count, dtype=np.float32)
        for start, end, factor in self._lists(wanted):
            found[self._rows[start:end]] += self._gains[start:end] * factor
        return found

    def scores_at(self, wanted: Mapping[int, float], rows: npt.NDArray[np.signedinteger]) -> Floats:
        """The same for some rows only, which takes less time the fewer they are."""
        if self._table is not None:
            return self._picked(self._table, wanted)[rows]
        found = np.zeros(len(rows), dtype=np.float32)
        for start, end, factor in self._lists(wanted):
            having = self._rows[start:end]
            at = np.minimum(having.searchsorted(rows), len(having) - 1)
            found += np.where(having[at] == rows, self._gains[start:end][at] * factor, np.float32(0))
        return found

    def each_at(self, terms: Sequence[int], rows: npt.NDArray[np.signedinteger]) -> npt.NDArray[np.float32]:
        """BM25 of some rows for each term by itself, one line a term."""
        found = np.zeros((len(terms), len(rows)), dtype=np.float32)
        if self._table is not None:
            known = [(n, at) for n, term in enumerate(terms) if (at := self._place(term)) is not None]
            found[[n for n, _ in known]] = self._table[[at for _, at in known]][:, rows]
            return found
        for n, term in enumerate(terms):
            for start, end, _ in self._lists({term: 1.0}):
                having = self._rows[start:end]
                at = np.minimum(having.searchsorted(rows), len(having) - 1)
                found[n] = np.where(having[at] == rows, self._gains[start:end][at], np.float32(0))
        return found

    def covered(self, asked: Iterable[int], rows: npt.NDArray[np.signedinteger]) -> Floats:
        """Of some rows, the share of their own terms, weighed by rarity, that was asked for."""
        found = np.zeros(len(rows), dtype=np.float32)
        places = [at for term in asked if (at := self._place(term)) is not None][:_MOST_ASKED]
        if self._table is not None and places:
            found = (self._idf[places] @ (self._table[places] > 0))[rows]
            places = []
        for at in places:
            having = self._rows[self._starts[at] : self._starts[at + 1]]
            place = np.minimum(having.searchsorted(rows), len(having) - 1)
            found += np.where(having[place] == rows, self._idf[at], np.float32(0))
        return (found / np.maximum(self._whole[rows], 1e-9)).astype(np.float32)

    def _picked(self, table: npt.NDArray[np.float32], wanted: Mapping[int, float]) -> Floats:
        known = [(at, factor) for term, factor in wanted.items() if (at := self._place(term)) is not None]
        if not known:
            return np.zeros(self.count, dtype=np.float32)
        factors = np.array([factor for _, factor in known], dtype=np.float32)
        return factors @ table[[at for at, _ in known]]

    def _lists(self, wanted: Mapping[int, float]) -> Iterator[tuple[int, int, np.float32]]:
        """Where the rows of each term stand, and what the term counts for; without those that tell little."""
        most = self.count * _OFTEN if self.count > _MANY else self.count + 1
        for term, factor in wanted.items():
            if (at := self._place(term)) is not None:
                start, end = int(self._starts[at]), int(self._starts[at + 1])
                if end - start <= most:
                    yield start, end, np.float32(factor)

    def coverage(self, wanted: Iterable[int], row: int) -> float:
        """Share of the terms, weighed by rarity, that a row has; one that nobody has counts as the rarest."""
        whole = part = 0.0
        for term in wanted:
            at = self._place(term)
            weight = self.rarest if at is None else float(self._idf[at])
            whole += weight
            if at is not None and self._has(at, row):
                part += weight
        return part / whole if whole else 0.0

    def known(self, wanted: Iterable[int]) -> float:
        """Share of the terms, weighed by rarity, that any row has."""
        pairs = [(self.weight(term), self._place(term) is not None) for term in wanted]
        whole = sum(weight or self.rarest for weight, _ in pairs)
        return sum(weight for weight, is_known in pairs if is_known) / whole if whole else 0.0

    def _has(self, at: int, row: int) -> bool:
        rows = self._rows[self._starts[at] : self._starts[at + 1]]
        place = int(rows.searchsorted(np.int32(row)))
        return place < len(rows) and int(rows[place]) == row

    def _place(self, term: int) -> int | None:
        try:
            return self._places[term]
        except KeyError:
            pass
        at = int(self._terms.searchsorted(np.uint32(term)))
        place = at if at < len(self._terms) and int(self._terms[at]) == term else None
        if len(self._places) >= _PLACES:
            self._places.clear()
        self._places[term] = place
        return place
