"""Rings the other processes from inside the transaction that has something for them, and hears them.

PostgreSQL's NOTIFY: it is sent with the commit or not at all, and costs nothing while nobody rings. SQLite belongs
to one process, which has nobody to ring.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, cast, get_args

from sqlalchemy import Connection, bindparam, select, text, update

from adapters.storage.database import Database
from adapters.storage.tables import spelled, turn
from core.bell import Ring, What
from core.errors import StoreError

log = logging.getLogger(__name__)

CHANNEL = "firstline"
RINGER = "firstline_replica"
"""The option of a connection that says who is at work on it."""
_AGAIN_S = 2.0
_WORDS = frozenset(get_args(What))
_RING = text("SELECT pg_notify(:channel, :said)")
_RUNNING = select(turn.c.id).where(turn.c.thread == bindparam("thread"), turn.c.state == spelled("running"))
_WISH = update(turn).where(turn.c.id == bindparam("turn_id")).values(wish=bindparam("wish"))
_WISHES = select(turn.c.thread, turn.c.wish, turn.c.id).where(
    turn.c.state == spelled("running"), turn.c.owner == bindparam("me"), turn.c.wish != ""
)


def ring(connection: Connection, what: What, place: str, turn_id: str = "") -> None:
    """Tell all others when this transaction is committed."""
    if connection.dialect.name != "postgresql":
        return
    by = str(connection.get_execution_options().get(RINGER, ""))
    connection.execute(_RING, {"channel": CHANNEL, "said": "\n".join((by, what, place, turn_id))})


def wish(connection: Connection, thread: str, what: What, *, turn_id: str = "") -> str:
    """Write it to the running turn of a thread, and tell whoever works on it; the turn's id, empty without one."""
    found = turn_id or connection.execute(_RUNNING, {"thread": thread}).scalar_one_or_none() or ""
    if found:
        connection.execute(_WISH, {"turn_id": found, "wish": what})
        ring(connection, what, thread, found)
    return found


def wishes_of(connection: Connection, *, me: str) -> list[Ring]:
    """What is wished of the turns that a process works on."""
    rows = connection.execute(_WISHES, {"me": me}).all()
    return [Ring(row.wish, row.thread, row.id) for row in rows]


class StoredBell:
    """Hears what other processes ring."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def listen(self, hear: Callable[[Ring], None]) -> None:
        """For ever; cancel to stop. Returns at once where nobody else can ring, or the loop cannot wait for it."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection = await _whole(loop.run_in_executor(None, self._database.listening, CHANNEL))
            except StoreError as error:
                log.info("the bell is not heard", extra={"why": str(error)})
            else:
                if connection is None:
                    return
                try:
                    await self._hear(connection, hear)
                except NotImplementedError:
                    log.info("this event loop cannot wait for the bell; others are noticed at the next look")
                    return
                finally:
                    connection.close()
            await asyncio.sleep(_AGAIN_S)

    async def _hear(self, connection: Any, hear: Callable[[Ring], None]) -> None:
        """Until the connection breaks."""
        loop, wire = asyncio.get_running_loop(), connection.pgconn
        broken: asyncio.Future[None] = loop.create_future()

        def read() -> None:
            try:
                wire.consume_input()
            except Exception as error:  # noqa: BLE001  # a driver's error of any kind: the connection is of no use
                log.info("the bell fell silent", extra={"why": type(error).__name__})
                loop.remove_reader(socket)
                if not broken.done():
                    broken.set_result(None)
                return
            while (note := wire.notifies()) is not None:
                if heard := self._understood(bytes(note.extra)):
                    hear(heard)

        socket = wire.socket
        loop.add_reader(socket, read)
        try:
            read()
            await broken
        finally:
            loop.remove_reader(socket)

    def _understood(self, said: bytes) -> Ring | None:
        """None for what we rang ourselves, and for words of a version that we do not know."""
        by, *words = said.decode(errors="replace").split("\n")
        if by == self._database.replica_id or len(words) != 3 or words[0] not in _WORDS:
            return None
        return Ring(cast(What, words[0]), words[1], words[2])


async def _whole(opening: "asyncio.Future[Any]") -> Any:
    """A connection that is opened while we are told to stop is closed again."""
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(lambda done: done.exception() or (done.result() and done.result().close()))
        raise
