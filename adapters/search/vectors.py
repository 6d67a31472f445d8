"""Finding passages by meaning: exact cosine over one matrix, vectors kept on disk by model and passage."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]


class VectorCache:
    """Vectors by embedder and passage id, so that a restart embeds nothing twice."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, embedder: str, ids: Sequence[str]) -> dict[str, Matrix]:
        """The vectors that are known."""
        with closing(self._open()) as connection:
            rows = connection.execute("SELECT passage, vector FROM vector WHERE embedder = ?", (embedder,))
            wanted = set(ids)
            return {passage: np.frombuffer(blob, dtype=np.float32) for passage, blob in rows if passage in wanted}

    def save(self, embedder: str, vectors: dict[str, Matrix]) -> None:
        """Keep vectors."""
        rows = [(embedder, passage, vector.tobytes()) for passage, vector in vectors.items()]
        with closing(self._open()) as connection, connection:
            connection.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?, ?)", rows)

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10)
        connection.execute(
            "CREATE TABLE IF NOT EXISTS vector "
            "(embedder TEXT, passage TEXT, vector BLOB, PRIMARY KEY (embedder, passage))"
        )
        return connection


def unit(vector: Sequence[float] | Matrix) -> Matrix:
    """The vector at length 1."""
    array = np.asarray(vector, dtype=np.float32)
    return array / max(float(np.linalg.norm(array)), 1e-9)


def nearest(matrix: Matrix, query: Matrix, *, limit: int) -> list[tuple[int, float]]:
    """Rows and cosines, the nearest first."""
    cosines = matrix @ query
    rows = np.argsort(-cosines)[:limit]
    return [(int(row), float(cosines[row])) for row in rows]
