"""SQLite as this house runs it: write-ahead log, flushed at every commit, foreign keys on."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool, StaticPool

from adapters.storage.codec import dump_json, load_json
from core.errors import SettingsError

_BUSY_MS = 5_000
_FORM = "write sqlite:///path/to/file.db or postgresql://user@host/name"


def file_of(url: str) -> Path | None:
    """The file a database URL names; None for a database in memory. Raises `SettingsError`."""
    if url == ":memory:":
        return None
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise SettingsError(
            ["FIRSTLINE_DATABASE_URL is not a database URL: write sqlite:///path/to/file.db"]
        ) from error
    if parsed.get_backend_name() != "sqlite":
        raise SettingsError([f"FIRSTLINE_DATABASE_URL: {parsed.get_backend_name()} is not supported: {_FORM}"])
    if parsed.database in (None, "", ":memory:"):
        return None
    return Path(parsed.database).expanduser().absolute()


def writing_engine(file: Path | None) -> Engine:
    """One connection, whose transactions take the write lock at their beginning."""
    engine = _engine(file, poolclass=StaticPool)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, record: Any) -> None:  # pyright: ignore[reportUnusedFunction]  # called by the event
        _set_pragmas(connection)
        if file is not None and connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            connection.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction]  # called by the event
        # Taking the lock late would fail with "locked" at once, whatever the busy timeout says.
        _execute(connection, "BEGIN IMMEDIATE")

    return engine


def reading_engine(file: Path) -> Engine:
    """A few connections that cannot write and see one state of the data each time."""
    engine = _engine(file, poolclass=QueuePool)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, record: Any) -> None:  # pyright: ignore[reportUnusedFunction]  # called by the event
        _set_pragmas(connection)
        connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction]  # called by the event
        _execute(connection, "BEGIN")

    return engine


def _engine(file: Path | None, *, poolclass: type[QueuePool | StaticPool]) -> Engine:
    return create_engine(
        f"sqlite:///{file}" if file else "sqlite://",
        poolclass=poolclass,
        # The driver's own transactions begin late and end early, so ours are begun by hand.
        connect_args={"check_same_thread": False, "isolation_level": None},
        json_serializer=dump_json,
        json_deserializer=load_json,
        hide_parameters=True,
    )


def _execute(connection: Connection, statement: str) -> None:
    # Past SQLAlchemy's machinery, which would double what the shortest transactions cost.
    driver_connection: Any = connection.connection.driver_connection
    driver_connection.execute(statement)


def _set_pragmas(connection: Any) -> None:
    # The timeout comes first: the others already wait for locks.
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def write_anew(file: Path) -> None:
    """Write a database anew that nobody has open, so that nothing of deleted rows is left between those that stand."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        _set_pragmas(connection)
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
