"""The database: one process, one writer, each function in a transaction of its own."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from adapters.storage.database import Database, open_database
from adapters.storage.sqlite import file_of
from adapters.storage.store import Store, open_store
from core.errors import SettingsError, StoreError
from tests.adapters.storage.scene import THREAD, answered, says
from tests.fakes.clock import StillClock


@pytest.fixture
async def store(sqlite_url: str, clock: StillClock) -> AsyncGenerator[Store]:
    async with open_store(sqlite_url, clock=clock) as opened:
        yield opened


class OddError(Exception):
    """Raised by a piece of work."""


def add(value: int) -> Callable[[Connection], int]:
    def work(connection: Connection) -> int:
        connection.execute(text("INSERT INTO note VALUES (:value)"), {"value": value})
        return value

    return work


def add_and_fail(connection: Connection) -> None:
    add(-1)(connection)
    raise OddError


def values(connection: Connection) -> list[int]:
    return list(connection.execute(text("SELECT value FROM note ORDER BY value")).scalars())


async def with_notes(database: Database) -> Database:
    def work(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE note (value INTEGER UNIQUE)"))

    await database.write(work)
    return database


async def test_work_that_shares_a_commit_with_a_failing_one_is_saved_all_the_same(store: Store) -> None:
    database = await with_notes(store.database)
    jobs = [add(1), add_and_fail, add(2), add_and_fail, add(1), add(3)]
    outcomes = await asyncio.gather(*(database.write(job) for job in jobs), return_exceptions=True)
    assert [outcomes[n] for n in (0, 2, 5)] == [1, 2, 3]
    assert [type(outcomes[n]) for n in (1, 3, 4)] == [OddError, OddError, StoreError]
    assert await database.read(values) == [1, 2, 3]


async def test_what_was_written_is_seen_by_the_next_read(store: Store) -> None:
    database = await with_notes(store.database)
    for value in range(20):
        await database.write(add(value))
        assert len(await database.read(values)) == value + 1


async def test_reads_cannot_write(store: Store) -> None:
    database = await with_notes(store.database)
    with pytest.raises(StoreError, match="cannot be written"):
        await database.read(add(1))


async def test_a_write_whose_waiter_went_away_does_not_disturb_the_others(store: Store) -> None:
    database = await with_notes(store.database)
    gone = asyncio.ensure_future(database.write(add(1)))
    await asyncio.sleep(0)
    gone.cancel()
    await database.write(add(2))
    assert 2 in await database.read(values)
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_queued_writes_are_saved_before_it_closes(sqlite_url: str, clock: StillClock) -> None:
    async with open_database(sqlite_url, clock=clock) as database:
        await with_notes(database)
        writes = [asyncio.ensure_future(database.write(add(value))) for value in range(50)]
        await asyncio.sleep(0)
    assert sorted(await asyncio.gather(*writes)) == list(range(50))
    with pytest.raises(StoreError, match="closed"):
        await database.write(values)
    with pytest.raises(StoreError, match="closed"):
        await database.read(values)


async def test_commits_reach_the_disk_and_references_are_checked(store: Store) -> None:
    def pragmas(connection: Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert await store.database.write(pragmas) == ["wal", 2, 1]


async def test_a_second_process_is_told_what_to_do(store: Store, sqlite_url: str) -> None:
    script = (
        "import asyncio\n"
        "from adapters.storage.store import open_store\n"
        "from core.errors import SettingsError, StoreError\n"
        "from tests.fakes.clock import StillClock\n"
        "async def main():\n"
        "    try:\n"
        f"        async with open_store({sqlite_url!r}, clock=StillClock()):\n"
        "            print('opened')\n"
        "    except StoreError as error:\n"
        "        print(error)\n"
        "asyncio.run(main())\n"
    )
    async with asyncio.timeout(60):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[3]
        )
        said, _ = await process.communicate()
    assert "another process uses" in said.decode()
    assert "firstline run all" in said.decode()
    assert "FIRSTLINE_DATABASE_URL" in said.decode()


async def test_a_database_is_free_again_once_it_was_closed(sqlite_url: str, clock: StillClock) -> None:
    for _ in range(3):
        async with open_store(sqlite_url, clock=clock) as store:
            await says(store)


async def test_a_file_that_is_no_database_is_named_as_such(tmp_path: Path, clock: StillClock) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("This is a letter, and a long one at that. " * 100)
    with pytest.raises(StoreError, match="not a database"):
        async with open_database(f"sqlite:///{file}", clock=clock):
            pass


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, clock: StillClock) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        async with open_database(f"sqlite:///{tmp_path / 'file' / 'x.db'}", clock=clock):
            pass


async def test_a_folder_in_place_of_the_file_is_one_clear_line(tmp_path: Path, clock: StillClock) -> None:
    (tmp_path / "x.db").mkdir()
    with pytest.raises(StoreError, match="cannot be opened"):
        async with open_database(f"sqlite:///{tmp_path / 'x.db'}", clock=clock):
            pass


async def test_a_full_disk_refuses_the_message_and_the_next_one_fits_when_there_is_room(store: Store) -> None:
    def limit(pages: int) -> Callable[[Connection], None]:
        def work(connection: Connection) -> None:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}").close()

        return work

    await store.database.write(limit(1))
    with pytest.raises(StoreError, match="disk is full"):
        await says(store, "x" * 500_000)
    await store.database.write(limit(1_000_000))
    assert await says(store, "x" * 500_000)


async def test_a_lock_of_another_program_is_named_and_nothing_is_lost(store: Store, sqlite_url: str) -> None:
    def hurry(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")

    await store.database.write(hurry)
    file = file_of(sqlite_url)
    assert file is not None
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked by another program"):
            await says(store)
        other.execute("ROLLBACK")
    assert await says(store)


async def test_errors_never_show_what_people_wrote(store: Store) -> None:
    database = await with_notes(store.database)

    def work(connection: Connection) -> None:
        connection.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": "my secret"})

    with pytest.raises(StoreError) as caught:
        await database.write(work)
    assert "my secret" not in str(caught.value)
    assert "my secret" not in str(caught.value.__cause__)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sqlite:///x.db", "x.db"),
        ("sqlite+pysqlite:///x.db", "x.db"),
        ("sqlite+aiosqlite:///x.db", "x.db"),
        ("sqlite:////data/x.db", "x.db"),
        ("sqlite://", None),
        (":memory:", None),
        ("sqlite:///:memory:", None),
    ],
)
def test_every_way_to_write_the_url_is_understood(url: str, name: str | None) -> None:
    file = file_of(url)
    assert (file.name if file else None) == name


@pytest.mark.parametrize("url", ["mysql://host/x", "data/x.db", ""])
def test_a_url_of_something_else_names_the_one_to_write(url: str) -> None:
    with pytest.raises(SettingsError, match="sqlite:///path"):
        file_of(url)


async def test_a_store_in_memory_works_the_same(clock: StillClock) -> None:
    async with open_store("sqlite://", clock=clock) as store:
        await says(store)
        delivery = await answered(store)
        assert await store.outbox.due(["slack"], limit=9) == [delivery]
        assert await store.inbox.waiting() == []
        assert await store.cases.find(THREAD) is not None
