"""Passages found by words and by meaning, in an order learned from questions whose answers are known.

Until the vectors are there (they are made in the background after a start or a change of model), words alone
answer, or the vectors of before.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Self, TypeVar

import numpy as np

from adapters.search.collection import Collection
from adapters.search.features import Looks, Use
from adapters.search.helping import Helping
from adapters.search.meanings import Matrix
from adapters.search.ranking import Weights, shipped
from adapters.search.searching import search
from adapters.search.shelf import Shelf
from adapters.search.vectors import TITLE, Vectors, unit
from adapters.search.views import Views, views_of
from core.errors import ModelError, StoreError
from core.helpful import Helped
from core.knowledge import Found, Inquiry, Passage, Reader
from core.modelling import Embedder

log = logging.getLogger(__name__)

T = TypeVar("T")

_BATCH = 32
_FEW = 500
"""Passages that are searched sooner than another thread is woken and heard again."""
_PAUSE_S = 3.0
"""How long to wait before looking again for vectors that another process makes."""
_STRONG_MEANING = {"multilingual-e5-small-q4": 0.84, "all-minilm-l6-v2-int8": 0.5}
"""By embedder: from where on a passage may be answered from. On the first, answerable questions scored 0.818 to
0.943 and others 0.785 to 0.811."""
_STRONG_MEANING_ELSEWHERE = 0.6


class PassageIndex:
    """Implements `core.knowledge.Retriever` over a set of passages that can be swapped for another at once."""

    def __init__(self, embedder: Embedder | None, vectors: Vectors, *, weights: Weights | None = None) -> None:
        self._embedder = embedder
        self._kept = vectors
        self._weights = weights
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="search")
        self._collection = Collection(())
        self._ready = asyncio.Event()
        self._helping: Helping | None = None

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        passages: Sequence[Passage],
        *,
        embedder: Embedder | None,
        vectors: Vectors,
        weights: Weights | None = None,
        before: Embedder | None = None,
    ) -> AsyncGenerator[Self, None]:
        """An index whose vectors are made while it is already in use.

        `before` is the model that embedded these passages until now: where all its vectors are kept and it can still
        be asked, it answers until those of `embedder` are all there.
        """
        index = cls(embedder, vectors, weights=weights)
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

    async def mend(self) -> None:
        """Try again where the vectors that are wanted could not be had."""
        wanted = self._embedder
        if self._ready.is_set() and wanted is not None and self.passages and self.embedder_in_use != wanted.name:
            await self.change_embedder(wanted)

    async def learn(self, helped: Sequence[Helped]) -> None:
        """See `core.helpful.Learner`. Nothing is learned while words alone are searched."""
        embedder = self._collection.embedder
        if embedder is not None:
            self._helping = await Helping.of(helped, embedder, known=self._helping)

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
        with suppress(ModelError, StoreError):
            if await self._is_whole(before, self._collection):
                await before.embed(["?"], role="query")  # it is still there to be asked
                await self._embed(before, self._collection)
        await self.change_embedder(self._embedder)

    async def _is_whole(self, embedder: Embedder, collection: Collection) -> bool:
        written, headings = _texts(collection)
        keys = [*written, *(TITLE + each for each in headings)]
        return len(await self._kept.load(embedder.name, keys)) == len(keys)

    async def _laid_out(self, passages: Sequence[Passage]) -> Collection:
        return await asyncio.get_running_loop().run_in_executor(self._thread, Collection, passages)

    async def _give_meanings(self, fresh: Collection, *, keeps: Collection | None = None) -> None:
        """Take passages into use with their vectors; where these fail, without, or `keeps` instead if it has any."""
        try:
            if self._embedder is not None and fresh.passages:
                await self._embed(self._embedder, fresh)
        except (ModelError, StoreError) as error:
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
        return await self._apart(collection, partial(self._search, collection, inquiry.reader, views, looks, limit))

    async def _apart(self, collection: Collection, work: Callable[[], T]) -> T:
        """What looks into a collection or changes it: on a thread, all by itself, or here where it is short."""
        if len(collection.passages) <= _FEW:
            return work()
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _search(self, collection: Collection, reader: Reader, views: Views, looks: Looks | None, limit: int) -> Found:
        weights = self._weights or shipped("words" if looks is None else "meaning")
        strong = _STRONG_MEANING.get(self.embedder_in_use, _STRONG_MEANING_ELSEWHERE)
        shelf = collection.shelf(reader)
        use = self._use(collection, shelf, reader, looks)
        return search(shelf, views, looks, weights, limit=limit, strong_meaning=strong, use=use)

    def _use(self, collection: Collection, shelf: Shelf, reader: Reader, looks: Looks | None) -> Use | None:
        helping, embedder = self._helping, collection.embedder
        if looks is None or helping is None or embedder is None or helping.embedder != embedder.name:
            return None
        return helping.use(shelf, looks.new, reader.tenant)

    async def _embed(self, embedder: Embedder, collection: Collection) -> None:
        written, headings = _texts(collection)
        wanted = {**written, **{TITLE + title: text for title, text in headings.items()}}
        made = await self._vectors(embedder, wanted)
        meanings, titles = {key: made[key] for key in written}, {key: made[TITLE + key] for key in headings}
        await self._apart(collection, partial(collection.give, meanings, titles, embedder))

    async def _vectors(self, embedder: Embedder, wanted: Mapping[str, str]) -> dict[str, Matrix]:
        """All of them: made once by whichever process has the turn, while the others wait for them."""
        known = await self._kept.load(embedder.name, list(wanted))
        while len(known) < len(wanted) and not await self._kept.take_turn(embedder.name):
            await asyncio.sleep(_PAUSE_S)
            known |= await self._kept.load(embedder.name, [key for key in wanted if key not in known])
        if len(known) < len(wanted):
            try:
                known |= await self._made(embedder, {key: text for key, text in wanted.items() if key not in known})
            finally:
                await self._kept.end_turn(embedder.name)
        await self._kept.settle(embedder.name)
        return known

    async def _made(self, embedder: Embedder, wanted: Mapping[str, str]) -> dict[str, Matrix]:
        known = await self._kept.load(embedder.name, list(wanted))  # whoever had the turn before may have ended
        missing = [key for key in wanted if key not in known]
        for at in range(0, len(missing), _BATCH):
            batch = missing[at : at + _BATCH]
            made = await embedder.embed([wanted[key] for key in batch], role="passage")
            fresh = {key: unit(vector) for key, vector in zip(batch, made, strict=True)}
            await self._kept.save(embedder.name, fresh)
            await self._kept.take_turn(embedder.name)
            known |= fresh
        return known


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
