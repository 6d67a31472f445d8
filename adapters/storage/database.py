"""A database whose transactions each cost one hop to a thread.

All writes go through one thread with one connection; writes that queue up meanwhile share one
commit, and so one flush to the disk. Reads have threads and connections of their own.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread as OsThread
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from adapters.storage.failures import translated
from adapters.storage.schema import prepare
from adapters.storage.single_process import only_process
from adapters.storage.sqlite import file_of, reading_engine, writing_engine
from core.errors import StoreError
from core.ports import Clock

T = TypeVar("T")
Work = Callable[[Connection], Any]
_Job = tuple[Work, "asyncio.Future[Any]"]
_Outcome = tuple[Any, BaseException | None]

_MOST_PER_COMMIT = 64
_READERS = 2


class Database:
    """Runs functions over a connection, each in a transaction of its own."""

    replica_id: str = ""
    """Who works on turns and deliveries here; empty where one process has the database for itself."""
    _clock: Clock
    _is_open: bool

    def __init__(self, writing: Engine, reading: Engine | None, clock: Clock) -> None:
        self._writing = writing
        self._reading = reading
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._writer = OsThread(target=self._write_on, name="firstline-writer", daemon=True)
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="firstline-reader")
        self._is_open = True
        self._writer.start()

    def now(self) -> datetime:
        """The time by the clock it was opened with."""
        return self._clock.now()

    async def write(
        self, work: Callable[[Connection], T], *, is_patient: bool = True, in_line: Callable[[], None] | None = None
    ) -> T:
        """Run `work` in one transaction; on disk when this returns.

        `in_line` is called as soon as whatever is asked of the database from then on comes after this.

        An exception of `work` rolls back what it did and nothing else. It may be run a second time,
        when another one that shared its commit failed: it must do nothing but talk to the connection.
        Raises `StoreError`.
        """
        self._must_be_open()
        future: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put((work, future))
        if in_line is not None:
            in_line()
        return await future

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` over one consistent view of what is committed. Raises `StoreError`."""
        if self._reading is None:
            return await self.write(work)
        self._must_be_open()
        return await self._loop.run_in_executor(self._readers, self._read, self._reading, work)

    def listening(self, channel: str) -> Any:
        """A connection of the driver's own that hears what others ring; None where there are no others. Blocks."""
        return None

    async def close(self) -> None:
        """Let queued writes finish, then end."""
        if not self._is_open:
            return
        self._is_open = False
        self._jobs.put(None)
        await asyncio.to_thread(self._end)

    def _must_be_open(self) -> None:
        if not self._is_open:
            raise StoreError("database: it is closed already")

    def _end(self) -> None:
        self._writer.join()
        self._readers.shutdown()
        for engine in (self._reading, self._writing):
            if engine is not None:
                engine.dispose()

    @staticmethod
    def _read(engine: Engine, work: Callable[[Connection], T]) -> T:
        with translated(), engine.connect() as connection:
            return work(connection)

    def _write_on(self) -> None:
        with self._writing.connect() as connection:
            while (job := self._jobs.get()) is not None:
                jobs = [job]
                is_last = self._gather(jobs)
                outcomes = _commit(connection, jobs)
                self._loop.call_soon_threadsafe(_settle, jobs, outcomes)
                if is_last:
                    return

    def _gather(self, jobs: list[_Job]) -> bool:
        """Take what has queued up; True when the end was asked for."""
        while len(jobs) < _MOST_PER_COMMIT:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return False
            if job is None:
                return True
            jobs.append(job)
        return False


def _commit(connection: Connection, jobs: list[_Job]) -> list[_Outcome]:
    """What each job gave or raised, all of it committed or rolled back."""
    try:
        with translated(), connection.begin():
            return [(work(connection), None) for work, _ in jobs]
    except BaseException as error:  # noqa: BLE001  # handed to whoever waits for the job, whatever it is
        if len(jobs) == 1:
            return [(None, error)]
    # One of them failed and took the others back with it, so each gets a transaction of its own.
    return [outcome for job in jobs for outcome in _commit(connection, [job])]


def _settle(jobs: list[_Job], outcomes: list[_Outcome]) -> None:
    for (_, future), (result, error) in zip(jobs, outcomes, strict=True):
        if future.done():
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)


def is_shared(url: str) -> bool:
    """Several processes may work on it at once."""
    return url.startswith("postgres")


@asynccontextmanager
async def open_database(url: str, *, clock: Clock) -> AsyncGenerator[Database]:
    """The database of `sqlite:///path` or `postgresql://…`, made or brought up to date first.

    `sqlite://` lives in memory.
    Raises `StoreError` when it cannot be used, also when another process uses it.
    """
    if is_shared(url):
        # Imported here because it needs an extra, and is built on what stands above.
        from adapters.storage.postgres import PostgresDatabase, postgres_engine

        engine = postgres_engine(url)
        database = PostgresDatabase(engine, clock)
        try:
            await asyncio.to_thread(_prepare, engine)
            yield database
        finally:
            await asyncio.shield(database.close())
        return
    file = file_of(url)
    with ExitStack() as held:
        writing, reading = await asyncio.to_thread(_open, held, file)
        database = Database(writing, reading, clock)
        try:
            yield database
        finally:
            await asyncio.shield(database.close())


def _open(held: ExitStack, file: Path | None) -> tuple[Engine, Engine | None]:
    if file is not None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"database: the folder {file.parent} cannot be made ({error.strerror}): check FIRSTLINE_DATABASE_URL"
            ) from error
        held.enter_context(only_process(file))
    writing = writing_engine(file)
    _prepare(writing)
    return writing, None if file is None else reading_engine(file)


def _prepare(engine: Engine) -> None:
    try:
        with translated():
            prepare(engine)
    except StoreError:
        engine.dispose()
        raise
