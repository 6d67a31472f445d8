"""What another process synced is taken into use by a running one, and answers never stop meanwhile."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest

from adapters.search.index import PassageIndex
from adapters.search.storedvectors import StoredVectors
from bots.knowledge import Keeper, open_library, open_syncer, sources_in_use
from bots.settings import Settings
from core.knowledge import Inquiry
from core.modelling import Embedder
from tests.adapters.storage.scene import NOW
from tests.fakes.clock import StillClock

ASKED = Inquiry("how long do parcels take?")


class HeldEmbedder:
    """Puts all texts in one place; texts wait until they may be embedded."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.may = asyncio.Event()
        self.began = asyncio.Event()

    async def embed(self, texts: list[str], *, role: Literal["query", "passage"]) -> list[list[float]]:
        if role == "passage":
            self.began.set()
            await self.may.wait()
        return [[1.0, 0.0] for _ in texts]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "parcels.md").write_text("# Parcels\n\nParcels take three days.\n")
    (tmp_path / "firstline.toml").write_text('[knowledge]\nfolders = ["pages"]\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FIRSTLINE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("FIRSTLINE_DATABASE_URL", raising=False)
    return Settings.read()


@asynccontextmanager
async def process(settings: Settings) -> AsyncGenerator[Keeper]:
    """What a process keeps its knowledge with."""
    clock = StillClock(NOW)
    async with (
        open_library(settings, settings.environment.data_folder) as library,
        open_syncer(settings, library, clock) as syncer,
    ):
        yield Keeper(settings, library, syncer)


@asynccontextmanager
async def index_of(
    keeper: Keeper, embedder: Embedder | None, before: Embedder | None = None
) -> AsyncGenerator[PassageIndex]:
    vectors = StoredVectors(keeper.library)
    async with PassageIndex.open(await keeper.passages(), embedder=embedder, vectors=vectors, before=before) as index:
        yield index


async def found(index: PassageIndex) -> list[str]:
    return [each.passage.text for each in (await index.search(ASKED, limit=3)).hits]


async def test_a_sync_of_another_process_is_swapped_in_and_the_old_answers_until_then(
    settings: Settings, tmp_path: Path
) -> None:
    embedder = HeldEmbedder("held")
    embedder.may.set()
    async with process(settings) as running, process(settings) as other:
        await running.read()
        async with index_of(running, embedder) as index:
            await index.complete()
            (tmp_path / "pages" / "parcels.md").write_text("# Parcels\n\nParcels take two days.\n")
            await other.read()
            assert await found(index) == ["Parcels take three days."]
            embedder.may.clear()
            embedder.began.clear()
            async with asyncio.TaskGroup() as group, asyncio.timeout(10):
                group.create_task(running.refresh(index))
                await embedder.began.wait()
                assert await found(index) == ["Parcels take three days."]
                embedder.may.set()
            assert await found(index) == ["Parcels take two days."]


async def test_nothing_is_laid_out_anew_where_nothing_changed(settings: Settings, tmp_path: Path) -> None:
    async with process(settings) as running:
        await running.read()
        async with index_of(running, None) as index:
            await running.read()
            before = index.passages
            await running.refresh(index)
            assert index.passages is before
            assert [each.title for each in await sources_in_use(settings, running.library)] == ["pages"]


async def test_a_new_model_is_taken_into_use_when_all_its_vectors_are_there(settings: Settings, tmp_path: Path) -> None:
    old, new = HeldEmbedder("old"), HeldEmbedder("new")
    old.may.set()
    async with process(settings) as running:
        await running.read()
        async with index_of(running, old) as index:
            await index.complete()
            async with asyncio.TaskGroup() as group, asyncio.timeout(10):
                group.create_task(index.change_embedder(new))
                await new.began.wait()
                assert index.embedder_in_use == "old"
                assert await found(index) == ["Parcels take three days."]
                new.may.set()
            assert index.embedder_in_use == "new"
            assert await found(index) == ["Parcels take three days."]


async def test_after_a_restart_with_another_model_the_one_before_answers_until_the_new_vectors_are_there(
    settings: Settings,
) -> None:
    old, new = HeldEmbedder("old"), HeldEmbedder("new")
    old.may.set()
    async with process(settings) as running:
        await running.read()
        async with index_of(running, old) as index:
            await index.complete()
        assert await StoredVectors(running.library).in_use() == "old"
        async with index_of(running, new, before=old) as index, asyncio.timeout(10):
            await new.began.wait()
            assert index.embedder_in_use == "old"
            assert await found(index) == ["Parcels take three days."]
            new.may.set()
            await index.complete()
            assert index.embedder_in_use == "new"


async def test_processes_share_one_run_of_embedding(settings: Settings) -> None:
    mine, theirs = HeldEmbedder("held"), HeldEmbedder("held")
    async with process(settings) as running, process(settings) as other:
        await running.read()
        async with index_of(running, mine) as index, asyncio.timeout(10):
            await mine.began.wait()
            assert not await StoredVectors(other.library).take_turn("held")
            mine.may.set()
            await index.complete()
        async with index_of(other, theirs) as index, asyncio.timeout(10):
            await index.complete()
            assert index.embedder_in_use == "held"
        assert not theirs.began.is_set()
