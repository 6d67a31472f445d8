"""Passages found by words and by meaning, in an order learned from questions whose answers are known.

Until the vectors are there (they are made in the background after a start or a change of model), words alone
answer, or the vectors of before.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self

import numpy as np

from adapters.search.collection import Collection
from adapters.search.features import Looks
from adapters.search.meanings import Matrix
from adapters.search.ranking import Weights, shipped
from adapters.search.searching import search
from adapters.search.vectors import VectorCache, unit
from adapters.search.views import Views, views_of
from core.errors import ModelError
from core.knowledge import Found, Inquiry, Passage, Reader
from core.modelling import Embedder

log = logging.getLogger(__name__)

_BATCH = 32
_TITLE = "title:"
"""Before the keys of vectors of titles."""
_STRONG_MEANING = {"multilingual-e5-small-q4": 0.84, "all-minilm-l6-v2-int8": 0.5}
"""By embedder: from where on a passage may be answered from. On the first, answerable questions scored 0.818 to
0.943 and others 0.785 to 0.811."""
_STRONG_MEANING_ELSEWHERE = 0.6


class PassageIndex:
    """Implements `core.knowledge.Retriever` over a set of passages that can be swapped for another at once."""

    def __init__(self, embedder: Embedder | None, cache: VectorCache, *, weights: Weights | None = None) -> None:
        self._embedder = embedder
        self._cache = cache
        self._weights = weights
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="search")
        self._collection = Collection(())
        self._ready = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        passages: Sequence[Passage],
        *,
        embedder: Embedder | None,
        data_folder: Path,
        weights: Weights | None = None,
        before: Embedder | None = None,
    ) -> AsyncGenerator[Self, None]:
        """An index whose vectors are made while it is already in use.

        `before` is the model that may have embedded these passages until now: where all its vectors are kept, they
        answer until those of `embedder` are all there.
        """
        index = cls(embedder, VectorCache(data_folder / "vectors.sqlite3"), weights=weights)
        index._collection = await index._laid_out(passages)
        async with asyncio.TaskGroup() as group:
            embedding = group.create_task(index._begin(before))
            try:
                yield index
            finally:
                embedding.cancel()
                index._thread.shutdown(wait=False)

    async def complete(self) -> None:
        """Wait until vectors are in use, or are known not to come."""
        await self._ready.wait()

    async def swap(self, passages: Sequence[Passage]) -> None:
        """Take other passages into use, all at once; searches under way end on the old ones."""
        fresh, before = await self._laid_out(passages), self._collection
        await asyncio.get_running_loop().run_in_executor(self._thread, fresh.lay_out_like, before)
        await self._give_meanings(fresh)

    async def change_embedder(self, embedder: Embedder) -> None:
        """Embed everything anew with another model; the vectors of before answer until the new ones are all there."""
        self._embedder = embedder
        await self._give_meanings(self._collection.again(), keeps=self._collection)

    @property
    def embedder_in_use(self) -> str:
        """The model whose vectors answer; empty while words alone do."""
        return self._collection.embedder.name if self._collection.embedder else ""

    @property
    def passages(self) -> Sequence[Passage]:
        """What is in use."""
        return self._collection.passages

    async def _begin(self, before: Embedder | None) -> None:
        if before is None or self._embedder is None or before.name == self._embedder.name:
            await self._give_meanings(self._collection)
            return
        if await self._is_whole(before, self._collection):
            with suppress(ModelError):
                await self._embed(before, self._collection)
        await self.change_embedder(self._embedder)

    async def _is_whole(self, embedder: Embedder, collection: Collection) -> bool:
        written, headings = _texts(collection)
        keys = [*written, *(_TITLE + each for each in headings)]
        return len(await asyncio.to_thread(self._cache.load, embedder.name, keys)) == len(keys)

    async def _laid_out(self, passages: Sequence[Passage]) -> Collection:
        return await asyncio.get_running_loop().run_in_executor(self._thread, Collection, passages)

    async def _give_meanings(self, fresh: Collection, *, keeps: Collection | None = None) -> None:
        """Take passages into use with their vectors; where these fail, without, or `keeps` instead if it has any."""
        try:
            if self._embedder is not None and fresh.passages:
                await self._embed(self._embedder, fresh)
        except ModelError as error:
            log.warning("passages not embedded; words or vectors of before are searched", extra={"why": str(error)})
        finally:
            self._collection = keeps if keeps is not None and not fresh.has_meanings else fresh
            self._ready.set()

    async def search(self, inquiry: Inquiry, *, limit: int) -> Found:
        """See `core.knowledge.Retriever`."""
        collection = self._collection
        if not collection.passages or not inquiry.text.strip():
            return Found()
        views = views_of(inquiry)
        looks = await _looks(views, collection.embedder)
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, self._search, collection, inquiry.reader, views, looks, limit
        )

    def _search(self, collection: Collection, reader: Reader, views: Views, looks: Looks | None, limit: int) -> Found:
        weights = self._weights or shipped("words" if looks is None else "meaning")
        strong = _STRONG_MEANING.get(self.embedder_in_use, _STRONG_MEANING_ELSEWHERE)
        return search(collection.shelf(reader), views, looks, weights, limit=limit, strong_meaning=strong)

    async def _embed(self, embedder: Embedder, collection: Collection) -> None:
        written, headings = _texts(collection)
        meanings = await self._vectors(embedder, written)
        titles = await self._vectors(embedder, headings, prefix=_TITLE)
        await asyncio.get_running_loop().run_in_executor(self._thread, collection.give, meanings, titles, embedder)

    async def _vectors(self, embedder: Embedder, wanted: Mapping[str, str], prefix: str = "") -> dict[str, Matrix]:
        keys = [prefix + key for key in wanted]
        known = await asyncio.to_thread(self._cache.load, embedder.name, keys)
        missing = [key for key in wanted if prefix + key not in known]
        for at in range(0, len(missing), _BATCH):
            batch = missing[at : at + _BATCH]
            made = await embedder.embed([wanted[key] for key in batch], role="passage")
            fresh = {prefix + key: unit(vector) for key, vector in zip(batch, made, strict=True)}
            await asyncio.to_thread(self._cache.save, embedder.name, fresh)
            known |= fresh
        return {key: known[prefix + key] for key in wanted}


def _texts(collection: Collection) -> tuple[dict[str, str], dict[str, str]]:
    """What is embedded, by passage id and by title."""
    written = {each.id: f"{each.title}\n{each.text}" for each in collection.passages}
    return written, {each.title: each.title or " " for each in collection.passages}


async def _looks(views: Views, embedder: Embedder | None) -> Looks | None:
    if embedder is None:
        return None
    try:
        return await looks_of(views, embedder)
    except ModelError as error:
        log.warning("question not embedded", extra={"why": str(error)})
        return None


async def looks_of(views: Views, embedder: Embedder) -> Looks:
    """The views of a question as vectors, each distinct text embedded once. Raises `ModelError`."""
    wanted = [views.new, views.told, views.recent, views.whole, *filter(None, [views.ours]), *views.sentences]
    distinct = list(dict.fromkeys(wanted))
    made = dict(zip(distinct, await embedder.embed(distinct, role="query"), strict=True))
    vector = {text: unit(each) for text, each in made.items()}
    return Looks(
        new=vector[views.new],
        told=vector[views.told],
        recent=vector[views.recent],
        whole=vector[views.whole],
        ours=vector[views.ours] if views.ours else None,
        sentences=np.stack([vector[each] for each in views.sentences]) if views.sentences else None,
    )
