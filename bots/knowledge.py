"""Knowledge in a process: the library, what is read into it, and the index that answers from it."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.search.index import PassageIndex
from adapters.search.library import StoredLibrary
from adapters.search.storedvectors import StoredVectors
from adapters.sources.settings import KnowledgeTable, SourceSettings
from adapters.sources.syncing import Syncer
from adapters.storage.database import is_shared
from adapters.storage.sqlite import reading_engine, writing_engine
from adapters.tools.guarded import open_outbound
from adapters.tools.settings import OutboundSettings
from bots.minds import Minds, local_embedder
from bots.settings import Settings
from bots.toolshed import demo_is_on
from core.errors import BotError, SettingsError
from core.knowledge import Passage
from core.library import KeptSource, SyncReport
from core.modelling import Embedder
from core.ports import Clock

log = logging.getLogger(__name__)

_FILE = "knowledge.sqlite3"
_LOOK_EVERY_S = 5.0
"""How soon a running process notices that another one has synced."""
_MEND_EVERY_S = 60.0
"""How long an embedder that failed is left alone."""
_PAGE_KB = 20_000
_PAGE_S = 30.0
_REDIRECTS = 5
SHOP = "the demo shop"


def library_file(settings: Settings, data_folder: Path) -> Path:
    """Where the library is when there is no shared database: one file for every surface of this machine."""
    common = settings.environment.data_folder / _FILE
    return common if common.exists() else data_folder / _FILE


@asynccontextmanager
async def open_library(settings: Settings, data_folder: Path) -> AsyncGenerator[StoredLibrary, None]:
    """The library of the shared database, or of a file of its own. Raises `StoreError`."""
    url = settings.environment.firstline_database_url
    if is_shared(url):
        from adapters.storage.postgres import postgres_engine

        engine = postgres_engine(url)
        async with StoredLibrary.open(engine, engine) as library:
            yield library
        return
    file = library_file(settings, data_folder)
    file.parent.mkdir(parents=True, exist_ok=True)
    async with StoredLibrary.open(writing_engine(file), reading_engine(file)) as library:
        yield library


@asynccontextmanager
async def open_syncer(settings: Settings, library: StoredLibrary, clock: Clock) -> AsyncGenerator[Syncer, None]:
    """What reads sources; pages of the web are reached under `[tools.outbound]`'s rules, with room for large ones."""
    outbound = OutboundSettings(
        private_hosts=settings.configuration.tools.outbound.private_hosts,
        limit_kb=_PAGE_KB,
        time_limit_s=_PAGE_S,
        redirects=_REDIRECTS,
    )
    async with open_outbound(outbound) as fetcher:
        yield Syncer(library, fetcher, clock, work_folder=settings.environment.cache_folder / "sources")


async def sources_in_use(settings: Settings, library: StoredLibrary) -> list[SourceSettings]:
    """Those of the settings, then those added by command; the shop's own pages where there are no others."""
    table: KnowledgeTable = settings.configuration.knowledge
    configured = {each.title: each for each in table.all_sources}
    added = {each.title: each for each in map(added_source, await library.sources()) if each is not None}
    found = [*configured.values(), *(each for name, each in added.items() if name not in configured)]
    return found or _shop(settings)


def added_source(kept: KeptSource) -> SourceSettings | None:
    """The settings of a source that was added by command."""
    return SourceSettings.model_validate(kept.settings) if kept.settings else None


def _shop(settings: Settings) -> list[SourceSettings]:
    if not demo_is_on(settings.configuration):
        return []
    import examples.shop

    folders = [Path(place) / "knowledge" for place in examples.shop.__path__]
    return [SourceSettings(at=str(folder), name=SHOP, kind="folder") for folder in folders]


@asynccontextmanager
async def open_knowledge(
    settings: Settings, minds: Minds, data_folder: Path, clock: Clock, *, stays: bool
) -> AsyncGenerator[PassageIndex, None]:
    """What answers are found in. What lies on this machine is read first; the rest meanwhile, and all again later."""
    async with (
        open_library(settings, data_folder) as library,
        open_syncer(settings, library, clock) as syncer,
    ):
        keeper = Keeper(settings, library, syncer)
        await keeper.read(lambda each: each.is_here)
        vectors = StoredVectors(library)
        before = embedder_before(minds, await vectors.in_use())
        async with (
            PassageIndex.open(
                await keeper.passages(), embedder=minds.embedder, vectors=vectors, before=before
            ) as index,
            asyncio.TaskGroup() as group,
        ):
            tasks = [group.create_task(keeper.keep_fresh(index), name="knowledge")] if stays else []
            try:
                yield index
            finally:
                for task in tasks:
                    task.cancel()


def embedder_before(minds: Minds, name: str) -> Embedder | None:
    """Who made the vectors that are in use, if that was another model: it answers until the new vectors are there."""
    if minds.embedder is None or name in ("", minds.embedder.name):
        return None
    local = local_embedder()
    if local is not None and local.name == name:
        return local
    return minds.models.embedder_named(name) if minds.models else None


class Keeper:
    """Keeps a running process's knowledge as its sources are."""

    def __init__(self, settings: Settings, library: StoredLibrary, syncer: Syncer) -> None:
        self._settings = settings
        self.library = library
        self._syncer = syncer
        self._seen: tuple[int, tuple[str, ...]] = (-1, ())

    async def read(self, is_wanted: Callable[[SourceSettings], bool] = lambda source: True) -> None:
        """Read the sources that are wanted, one after another; what goes wrong stands in the log and the report."""
        for source in await sources_in_use(self._settings, self.library):
            if is_wanted(source):
                _log(await self._syncer.sync(source))

    async def passages(self) -> list[Passage]:
        """All that may be answered from now: flagged passages wait for somebody to clear them."""
        names = tuple(each.title for each in await sources_in_use(self._settings, self.library))
        self._seen = (await self.library.revision(), names)
        return [each for each in await self.library.passages(names) if not each.is_suspect]

    async def keep_fresh(self, index: PassageIndex) -> None:
        """Until cancelled: read sources when they are due, and take into use what this or another process read."""
        minutes = self._settings.configuration.knowledge.sync_minutes
        loop = asyncio.get_running_loop()
        due = loop.time()
        mend_at = due + _MEND_EVERY_S
        is_first = True
        while True:
            try:
                if due <= loop.time():
                    due = loop.time() + minutes * 60 if minutes else float("inf")
                    await self.read((lambda source: not source.is_here) if is_first else (lambda source: True))
                    is_first = False
                await self.refresh(index)
                if mend_at <= loop.time():
                    await index.mend()
                    mend_at = loop.time() + _MEND_EVERY_S
            except BotError as error:
                log.warning("knowledge not synced", extra={"why": str(error)})
            await asyncio.sleep(_LOOK_EVERY_S)

    async def refresh(self, index: PassageIndex) -> None:
        """Swap in what is kept now, if that is not what is in use."""
        names = tuple(each.title for each in await sources_in_use(self._settings, self.library))
        if (await self.library.revision(), names) != self._seen:
            await index.swap(await self.passages())


def _log(report: SyncReport) -> None:
    if report.failed:
        log.warning("knowledge source not read", extra={"source": report.source, "why": report.failed})
    for each in report.skipped:
        log.warning("knowledge file skipped", extra={"file": each.place, "why": each.why})
    if report.flagged:
        log.warning("knowledge flagged; see `firstline kb status`", extra={"source": report.source})


def find(sources: Sequence[SourceSettings], names: Sequence[str]) -> list[SourceSettings]:
    """The sources of these names, all for none. Raises `SettingsError` naming those that are not known."""
    by_name: Mapping[str, SourceSettings] = {each.title: each for each in sources}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        known = ", ".join(by_name) or "none yet; add one with `firstline kb add`"
        raise SettingsError([f"there is no source {each}. Known: {known}." for each in unknown])
    return [by_name[name] for name in names] or list(sources)
