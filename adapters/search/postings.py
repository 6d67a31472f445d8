"""Finding by words: BM25 over an inverted index of plain arrays.

Every score is exact over all rows, so one search can be scored under several views of a question.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int32]
Terms = npt.NDArray[np.uint32]

_K1 = 1.2
_B = 0.75
_OFTEN = 0.3
"""A word that more than this share of many rows has tells little, and adding it up takes longest."""
_MANY = 5_000


class Postings:
    """Built once over texts as term counts; never changed."""

    def __init__(self, counts: Sequence[Mapping[int, int]]) -> None:
        self.count = len(counts)
        lengths = np.fromiter((sum(each.values()) for each in counts), dtype=np.float32, count=self.count)
        self.lengths = lengths
        sizes = np.fromiter((len(each) for each in counts), dtype=np.int64, count=self.count)
        total = int(sizes.sum())
        terms = np.fromiter((term for each in counts for term in each), dtype=np.uint32, count=total)
        often = np.fromiter((n for each in counts for n in each.values()), dtype=np.float32, count=total)
        rows = np.repeat(np.arange(self.count, dtype=np.int32), sizes)
        order = np.argsort(terms, kind="stable")
        self._rows: Rows = rows[order]
        self._terms, starts = np.unique(terms[order], return_index=True)
        self._starts = np.append(starts, total)
        spread = np.diff(self._starts)
        self._idf: Floats = np.log1p((self.count - spread + 0.5) / (spread + 0.5)).astype(np.float32)
        norm = _K1 * (1 - _B + _B * lengths / max(float(lengths.mean()) if self.count else 1.0, 1e-9))
        ordered = often[order]
        gains = np.repeat(self._idf, spread) * ordered * (_K1 + 1) / (ordered + norm[self._rows])
        self._gains: Floats = gains.astype(np.float32)
        self.rarest = float(np.log1p((self.count + 0.5) / 0.5))
        """The weight of a word that no row has."""

    def weight(self, term: int) -> float:
        """How rare a term is; 0 when no row has it."""
        at = self._place(term)
        return float(self._idf[at]) if at is not None else 0.0

    def scores(self, wanted: Mapping[int, float]) -> Floats:
        """BM25 of every row, each term weighed as given."""
        found = np.zeros(self.count, dtype=np.float32)
        most = self.count * _OFTEN if self.count > _MANY else self.count + 1
        for term, factor in wanted.items():
            at = self._place(term)
            if at is None:
                continue
            start, end = self._starts[at], self._starts[at + 1]
            if end - start <= most:
                found[self._rows[start:end]] += self._gains[start:end] * np.float32(factor)
        return found

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
        place = int(np.searchsorted(rows, row))
        return place < len(rows) and int(rows[place]) == row

    def _place(self, term: int) -> int | None:
        at = int(np.searchsorted(self._terms, np.uint32(term)))
        return at if at < len(self._terms) and int(self._terms[at]) == term else None
