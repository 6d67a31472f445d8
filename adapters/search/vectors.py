"""Vectors kept by model and text, so that nothing is embedded twice."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
TITLE = "title:"
"""Before the keys of vectors of titles."""
_AT_ONCE = 500


class Vectors(Protocol):
    """Where an index keeps its vectors, and finds those that other processes made. All raise `StoreError`."""

    async def load(self, embedder: str, keys: Sequence[str]) -> dict[str, Matrix]:
        """Those that are there."""
        ...

    async def save(self, embedder: str, vectors: Mapping[str, Matrix]) -> None:
        """Keep some."""
        ...

    async def take_turn(self, embedder: str) -> bool:
        """This process may embed for a while; False while another one does. Asked again after every batch."""
        ...

    async def end_turn(self, embedder: str) -> None:
        """Others may embed."""
        ...

    async def settle(self, embedder: str) -> None:
        """All that was wanted of this embedder is there; what nobody keeps any more may go."""
        ...

    async def in_use(self) -> str:
        """The embedder whose vectors were whole last; empty: none's."""
        ...


class VectorCache:
    """Vectors by embedder and key, in a file of their own: for evaluations."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, embedder: str, keys: Sequence[str]) -> dict[str, Matrix]:
        """The vectors that are known."""
        found: dict[str, Matrix] = {}
        with closing(self._open()) as connection:
            for at in range(0, len(keys), _AT_ONCE):
                some = keys[at : at + _AT_ONCE]
                places = ",".join("?" * len(some))
                sql = f"SELECT passage, vector FROM vector WHERE embedder = ? AND passage IN ({places})"
                rows = connection.execute(sql, (embedder, *some))
                found |= {key: np.frombuffer(blob, dtype=np.float32) for key, blob in rows}
        return found

    def save(self, embedder: str, vectors: Mapping[str, Matrix]) -> None:
        """Keep vectors."""
        rows = [(embedder, key, vector.tobytes()) for key, vector in vectors.items()]
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
