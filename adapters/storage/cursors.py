"""How far channels were read, kept in the database."""

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from adapters.storage.database import Database
from adapters.storage.enginetables import cursor
from adapters.storage.tables import case_, message
from core.conversation import Message, Thread
from core.turn import Cursor

_FIND = select(cursor.c.position).where(cursor.c.place == bindparam("place"))
_ADD = insert(cursor)
_MOVE = (
    update(cursor)
    .where(
        cursor.c.place == bindparam("of_place"),
        # Ids of a platform are numbers as text: the longer one is the later one.
        (func.length(cursor.c.position) < bindparam("length"))
        | ((func.length(cursor.c.position) == bindparam("length")) & (cursor.c.position < bindparam("position"))),
    )
    .values(position=bindparam("position"), at=bindparam("now"))
)
_CHANNELS = (
    select(cursor)
    .where(cursor.c.platform == bindparam("platform"), cursor.c.tenant == bindparam("tenant"))
    .order_by(cursor.c.at.desc(), cursor.c.place)
)
_FALL_BEHIND = (
    update(cursor)
    .where(
        cursor.c.platform == bindparam("of_platform"),
        cursor.c.tenant == bindparam("of_tenant"),
        cursor.c.behind.is_(None),
    )
    .values(behind=cursor.c.position)
)
_CATCH_UP = update(cursor).where(cursor.c.place == bindparam("of_place")).values(behind=None)
_NEWEST = (
    select(func.max(message.c.seq))
    .where(message.c.case_id == case_.c.id, message.c.message_id != "")
    .scalar_subquery()
    .correlate(case_)
)
_THREADS = (
    select(case_.c.thread, message.c.message_id)
    .join(message, message.c.seq == _NEWEST)
    .where(case_.c.platform == bindparam("platform"), case_.c.tenant == bindparam("tenant"), case_.c.state == "open")
    .order_by(message.c.seq.desc())
    .limit(bindparam("limit"))
)


def move_cursor(connection: Connection, place: Thread, position: str, *, is_direct: bool, now: datetime) -> None:
    """The channel is read up to this message."""
    key = _channel(place)
    change = {"of_place": key, "length": len(position), "position": position, "now": now}
    if connection.execute(_MOVE, change).rowcount:
        return
    if connection.execute(_FIND, {"place": key}).first() is not None:
        return
    connection.execute(
        _ADD,
        {
            "place": key,
            "platform": place.platform,
            "tenant": place.tenant,
            "position": position,
            "is_direct": is_direct,
            "at": now,
        },
    )


def pass_message(connection: Connection, new: Message, *, now: datetime) -> None:
    """The channel is read up to this message, which is kept in the same transaction."""
    move_cursor(connection, new.thread, new.id, is_direct=new.is_private, now=now)


class StoredCursors:
    """The `Cursors` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def move(self, place: Thread, position: str, *, is_direct: bool = False) -> None:
        """Everything up to this message is dealt with; never moves back."""
        now = self._database.now()
        await self._database.write(partial(move_cursor, place=place, position=position, is_direct=is_direct, now=now))

    async def behind(self, platform: str, tenant: str) -> list[Cursor]:
        """Every known channel, the one read last first, with the message after which to read back."""

        def work(connection: Connection) -> list[Cursor]:
            connection.execute(_FALL_BEHIND, {"of_platform": platform, "of_tenant": tenant})
            asked = {"platform": platform, "tenant": tenant}
            return [_cursor(row) for row in connection.execute(_CHANNELS, asked).all()]

        return await self._database.write(work)

    async def caught_up(self, place: Thread) -> None:
        """What was missed in this channel is kept now."""
        key = _channel(place)

        def work(connection: Connection) -> None:
            connection.execute(_CATCH_UP, {"of_place": key})

        await self._database.write(work)

    async def open_threads(self, platform: str, tenant: str, *, limit: int) -> list[Cursor]:
        """Threads with an open case, with the newest message that we have of each."""
        asked = {"platform": platform, "tenant": tenant, "limit": limit}
        return await self._database.read(
            lambda connection: [
                Cursor(Thread.from_key(row.thread), row.message_id) for row in connection.execute(_THREADS, asked).all()
            ]
        )


def _channel(place: Thread) -> str:
    return Thread(place.tenant, place.platform, place.channel).key


def _cursor(row: Row[Any]) -> Cursor:
    return Cursor(Thread.from_key(row.place), row.behind, row.is_direct)
