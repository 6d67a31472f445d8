"""Passages found by words and by meaning, the two orders fused.

Until the vectors are there (they are made in the background after a start), words alone answer.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

import numpy as np

from adapters.search.vectors import Matrix, VectorCache, nearest, unit
from adapters.search.words import WordHit, WordIndex
from core.errors import ModelError
from core.knowledge import Hit, Passage
from core.modelling import Embedder

log = logging.getLogger(__name__)

_FUSE = 60.0
"""The usual constant of reciprocal rank fusion: how much the first places count above the later ones."""
_POOL = 24
_BATCH = 8
_STRONG_SHARE = 0.5
_STRONG_COSINE = {"multilingual-e5-small-q4": 0.84}
"""By embedder: answerable questions scored 0.818 to 0.943 on this one, others 0.785 to 0.811."""
_STRONG_COSINE_ELSEWHERE = 0.6
_NEAR_COSINE_STEP = 0.02
_NEAR_SHARE = 0.25


class PassageIndex:
    """Implements `core.knowledge.Retriever` over a fixed set of passages."""

    def __init__(self, passages: Sequence[Passage], embedder: Embedder | None) -> None:
        self._passages = list(passages)
        self._embedder = embedder
        self._matrix: Matrix | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="search")
        self._words = WordIndex(self._passages)
        self._ready = asyncio.Event()
        name = embedder.name if embedder else ""
        self._strong_cosine = _STRONG_COSINE.get(name, _STRONG_COSINE_ELSEWHERE)

    @classmethod
    @asynccontextmanager
    async def open(
        cls, passages: Sequence[Passage], *, embedder: Embedder | None, data_folder: Path
    ) -> AsyncGenerator[Self, None]:
        """An index whose vectors are made while it is already in use."""
        index = cls(passages, embedder)
        async with asyncio.TaskGroup() as group:
            embedding = group.create_task(index._embed(VectorCache(data_folder / "vectors.sqlite3")))
            try:
                yield index
            finally:
                embedding.cancel()
                index._thread.shutdown(wait=False)

    async def complete(self) -> None:
        """Wait until vectors are in use, or are known not to come."""
        await self._ready.wait()

    async def search(self, question: str, *, limit: int) -> list[Hit]:
        """See `core.knowledge.Retriever`."""
        if not self._passages or not question.strip():
            return []
        loop = asyncio.get_running_loop()
        by_words = await loop.run_in_executor(self._thread, lambda: self._words.search(question, limit=_POOL))
        by_meaning = await self._by_meaning(question)
        return self._fused(by_words, by_meaning)[:limit]

    async def _by_meaning(self, question: str) -> list[tuple[int, float]]:
        if self._embedder is None or self._matrix is None:
            return []
        try:
            (vector,) = await self._embedder.embed([question], role="query")
        except ModelError as error:
            log.warning("question not embedded", extra={"why": str(error)})
            return []
        return nearest(self._matrix, unit(vector), limit=_POOL)

    def _fused(self, by_words: Sequence[WordHit], by_meaning: Sequence[tuple[int, float]]) -> list[Hit]:
        scores: dict[int, float] = {}
        for rank, hit in enumerate(by_words):
            scores[hit.row] = scores.get(hit.row, 0.0) + 1 / (_FUSE + rank)
        for rank, (row, _) in enumerate(by_meaning):
            scores[row] = scores.get(row, 0.0) + 1 / (_FUSE + rank)
        shares = {hit.row: hit.share for hit in by_words}
        cosines = dict(by_meaning)
        return [
            Hit(self._passages[row], scores[row], self._is_strong(shares.get(row, 0.0), cosines.get(row, 0.0)))
            for row in sorted(scores, key=scores.__getitem__, reverse=True)
        ]

    def _is_strong(self, share: float, cosine: float) -> bool:
        if share >= _STRONG_SHARE or cosine >= self._strong_cosine:
            return True
        return share >= _NEAR_SHARE and cosine >= self._strong_cosine - _NEAR_COSINE_STEP

    async def _embed(self, cache: VectorCache) -> None:
        try:
            if self._embedder is not None and self._passages:
                self._matrix = await self._vectors(self._embedder, cache)
        except ModelError as error:
            log.warning("passages not embedded; words alone are searched", extra={"why": str(error)})
        finally:
            self._ready.set()

    async def _vectors(self, embedder: Embedder, cache: VectorCache) -> Matrix:
        ids = [each.id for each in self._passages]
        known = await asyncio.to_thread(cache.load, embedder.name, ids)
        missing = [each for each in self._passages if each.id not in known]
        for at in range(0, len(missing), _BATCH):
            batch = missing[at : at + _BATCH]
            made = await embedder.embed([f"{each.title}\n{each.text}" for each in batch], role="passage")
            fresh = {each.id: unit(vector) for each, vector in zip(batch, made, strict=True)}
            await asyncio.to_thread(cache.save, embedder.name, fresh)
            known |= fresh
        return np.stack([known[each] for each in ids])
