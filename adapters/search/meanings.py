"""Vectors of many rows: kept in half precision, and looked through in fewer dimensions where rows are very many."""

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
Half = npt.NDArray[np.float16]
Picked = npt.NDArray[np.int64]

_MANY = 20_000
_FEW_DIMENSIONS = 96
_SAMPLE = 4_000
_EXACT = 1_000
"""Rows that the quick look puts first and that are then compared in all dimensions."""
_BLOCK = 8_192
_STRIDE = 32
_SPARE = 8


class Meanings:
    """The vectors of a shelf's rows: all that are given, or those of `rows`, so that shelves share one matrix."""

    def __init__(self, vectors: Half, rows: Picked | None = None) -> None:
        self._vectors = vectors
        self._rows = rows
        self.count = len(vectors) if rows is None else len(rows)
        self._basis: Matrix | None = None
        if self.count > _MANY and vectors.shape[1] > _FEW_DIMENSIONS:
            self._basis = _basis(self.at(np.linspace(0, self.count - 1, _SAMPLE).astype(np.int64)))
        self._quick = self._looked_through()

    def at(self, rows: npt.NDArray[np.signedinteger]) -> Matrix:
        """The vectors of some rows."""
        places = rows if self._rows is None else self._rows[rows]
        return self._vectors[places].astype(np.float32)

    def rough(self, looks: Matrix) -> Matrix:
        """Cosine of every row to each look, a line each, in one pass; of very many rows, roughly."""
        wanted = looks if self._basis is None else looks @ self._basis
        return np.asarray(wanted @ self._quick.T, dtype=np.float32)

    def sharpened(self, scores: Matrix, look: Matrix) -> Matrix:
        """What `rough` told for a look, the nearest rows exactly."""
        if self._basis is not None:
            first = top(scores, _EXACT)
            scores[first] = self.at(first) @ look
        return scores

    @property
    def cost(self) -> int:
        """Multiplications that one look takes."""
        return int(self._quick.size)

    def _looked_through(self) -> Matrix:
        width = self._vectors.shape[1] if self._basis is None else self._basis.shape[1]
        found = np.empty((self.count, width), dtype=np.float32)
        for at in range(0, self.count, _BLOCK):
            block = self.at(np.arange(at, min(at + _BLOCK, self.count)))
            found[at : at + _BLOCK] = block if self._basis is None else block @ self._basis
        return found


def top(scores: Matrix, count: int) -> Picked:
    """The rows of the highest scores, in no order."""
    if len(scores) <= count:
        return np.arange(len(scores), dtype=np.int64)
    # A look at some tells which can be among the first at all: partitioning everything cost 2 ms in 100,000.
    some = np.sort(scores[::_STRIDE])
    likely = np.flatnonzero(scores > some[-min(len(some), 2 * count // _STRIDE + _SPARE)])
    if len(likely) < count:
        return np.argpartition(scores, -count)[-count:].astype(np.int64)
    return likely[np.argpartition(scores[likely], -count)[-count:]].astype(np.int64)


def _basis(sample: Matrix) -> Matrix:
    """The directions in which vectors differ most, found by a few steps of subspace iteration."""
    chance = np.random.default_rng(0)
    found = chance.standard_normal((sample.shape[1], _FEW_DIMENSIONS)).astype(np.float32)
    for _ in range(3):
        found = np.linalg.qr(sample.T @ (sample @ found))[0].astype(np.float32)
    return found
