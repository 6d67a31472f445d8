"""Embeddings kept on disk by model and text, so that the same text is worked out once."""

import hashlib
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

import numpy as np

from core.modelling import Embedder

_BATCH = 256
_TABLE = "CREATE TABLE IF NOT EXISTS vector (key TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"


class KeptEmbedder:
    """Asks another embedder only for what is not on disk yet; what was worked out is kept batch by batch."""

    def __init__(self, embedder: Embedder, file: Path) -> None:
        self._embedder = embedder
        self._file = file

    @property
    def name(self) -> str:
        """The other embedder's."""
        return self._embedder.name

    async def embed(self, texts: list[str], *, role: Literal["query", "passage"]) -> list[list[float]]:
        """See `core.modelling.Embedder`."""
        keys = [self._key(text, role) for text in texts]
        with self._opened() as database:
            known = _known(database, keys)
            todo = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
            missing = list(todo)
            for at in range(0, len(missing), _BATCH):
                some = missing[at : at + _BATCH]
                found = await self._embedder.embed([todo[key] for key in some], role=role)
                packed = [(key, np.asarray(each, np.float32).tobytes()) for key, each in zip(some, found, strict=True)]
                database.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", packed)
                database.commit()
                known.update(packed)
        return [np.frombuffer(known[key], dtype=np.float32).tolist() for key in keys]

    def _key(self, text: str, role: str) -> str:
        return hashlib.sha256(f"{self.name}\0{role}\0{text}".encode()).hexdigest()

    @contextmanager
    def _opened(self) -> Generator[sqlite3.Connection]:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._file)) as database:
            database.execute(_TABLE)
            yield database


def _known(database: sqlite3.Connection, keys: list[str]) -> dict[str, bytes]:
    known: dict[str, bytes] = {}
    for at in range(0, len(keys), _BATCH):
        some = keys[at : at + _BATCH]
        marks = ",".join("?" * len(some))
        known.update(database.execute(f"SELECT key, vector FROM vector WHERE key IN ({marks})", some).fetchall())
    return known
