"""PostgreSQL as this house runs it: the same functions, each in a transaction on a connection of a pool."""

import asyncio
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from adapters.storage.bell import RINGER
from adapters.storage.codec import dump_json, load_json
from adapters.storage.database import Database
from adapters.storage.failures import translated
from core.errors import SettingsError, StoreError
from core.ports import Clock

T = TypeVar("T")

_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")

_THREADS = 8
_CONNECT_S = 2
_ALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
"""Seconds, and tries: a server that is gone without a word is noticed by whoever only listens."""
_PATIENCE_S = 60.0
"""A turn under way waits this long for a database that went away; intake does not wait."""
_FIRST_WAIT_S = 0.2
_LONGEST_WAIT_S = 2.0


def postgres_engine(url: str) -> Engine:
    """A pool of connections. Raises `SettingsError` for a URL that cannot be read."""
    try:
        parsed = make_url(url.replace("postgres:", "postgresql:", 1) if url.startswith("postgres:") else url)
    except ArgumentError as error:
        raise SettingsError(
            ["FIRSTLINE_DATABASE_URL is not a database URL: write postgresql://user@host/name"]
        ) from error
    try:
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_size=_THREADS,
            max_overflow=2,
            pool_pre_ping=True,
            connect_args={"connect_timeout": _CONNECT_S, "options": "-c timezone=UTC", **_ALIVE},
            json_serializer=_dump,
            json_deserializer=load_json,
            hide_parameters=True,
        )
    except ModuleNotFoundError as error:
        raise SettingsError(["PostgreSQL needs the extra `postgres`: pip install 'firstline[postgres]'"]) from error
    event.listen(engine, "before_cursor_execute", _clean, retval=True)
    return engine


def _dump(value: object) -> str:
    return _NUL.sub(lambda found: found[0][:-6] + "\\ufffd", dump_json(value))


def _clean(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> Any:
    """PostgreSQL takes no NUL in a text, so it becomes the sign for what cannot be shown."""
    rows = cast(list[dict[str, Any]], parameters if isinstance(parameters, list) else [parameters])
    for row in rows:
        for name, value in row.items():
            if isinstance(value, str) and "\0" in value:
                row[name] = value.replace("\0", "\ufffd")
    return statement, parameters


class PostgresDatabase(Database):
    """Runs functions over a connection of the pool, each in a transaction of its own."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="firstline-postgres")
        self._is_open = True
        self.replica_id = ""

    async def write(
        self, work: Callable[[Connection], T], *, is_patient: bool = True, in_line: Callable[[], None] | None = None
    ) -> T:
        """Run `work` in one transaction; on disk when this returns. See `Database.write`.

        While the server cannot be reached it is tried again for a minute, as long as nothing can have been
        saved; impatient work fails at once.
        """
        until, wait_s = time.monotonic() + _PATIENCE_S, _FIRST_WAIT_S
        while True:
            self._must_be_open()
            try:
                result = await self._run(self._transact, work)
            except StoreError as error:
                if not (is_patient and _is_away(error) and time.monotonic() < until):
                    raise
            else:
                # Transactions run side by side here: only what begins after the commit comes after it.
                if in_line is not None:
                    in_line()
                return result
            await asyncio.sleep(wait_s)
            wait_s = min(_LONGEST_WAIT_S, wait_s * 2)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` over one consistent view of what is committed. Raises `StoreError`."""
        return await self.write(work)

    def listening(self, channel: str) -> Any:
        """A connection of the driver's own that hears what others ring. Raises `StoreError`. Blocks."""
        connection: Any = None
        try:
            pooled = self._engine.raw_connection()
            connection = pooled.driver_connection
            pooled.detach()
            connection.autocommit = True
            connection.execute(f"LISTEN {channel}")
        except Exception as error:
            # A connection of the driver's own has the driver's own errors.
            if connection is not None:
                connection.close()
            raise StoreError(f"database: no word of other processes ({type(error).__name__})") from error
        return connection

    async def close(self) -> None:
        """Let running transactions finish, then end."""
        if self._is_open:
            self._is_open = False
            await asyncio.to_thread(self._end)

    def _end(self) -> None:
        self._threads.shutdown()
        self._engine.dispose()

    async def _run(self, function: Callable[[Callable[[Connection], T]], T], work: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, work)

    def _transact(self, work: Callable[[Connection], T]) -> T:
        with translated(), self._engine.connect() as connection:
            connection.execution_options(**{RINGER: self.replica_id})
            transaction = connection.begin()
            try:
                result = work(connection)
            except BaseException:
                transaction.rollback()
                raise
            try:
                transaction.commit()
            except DBAPIError as error:
                # Whether it is saved is not known: it must not be run a second time blind.
                raise StoreError("database: it went away while saving") from error
            return result


def _is_away(error: StoreError) -> bool:
    cause = error.__cause__
    if not isinstance(cause, DBAPIError) or str(error).endswith("while saving"):
        return False
    return cause.connection_invalidated or type(cause.orig).__name__ in (
        "OperationalError",
        "AdminShutdown",
        "CannotConnectNow",
        "ConnectionTimeout",
    )
