"""Rooms, crossings and ratings kept in the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, exists, func, insert, select, update

from adapters.storage import desktables
from adapters.storage.caserows import case_of
from adapters.storage.database import Database
from adapters.storage.desktables import callback, rating, relay
from adapters.storage.posts import add_post, find_by_key
from adapters.storage.tables import case_, message, outbox
from core.conversation import Thread
from core.reply import Post
from core.staffside import ANY_TENANT, Crossing, Quiet

_ROOM = select(desktables.room.c.case_id).where(
    desktables.room.c.case_id == bindparam("case_id"), desktables.room.c.place == bindparam("place")
)
_ROOMS = (
    select(desktables.room.c.thread)
    .where(desktables.room.c.case_id == bindparam("case_id"))
    .order_by(desktables.room.c.place)
)
_CASE_IN = (
    select(desktables.room.c.case_id)
    .where(desktables.room.c.thread == bindparam("thread"))
    .order_by(desktables.room.c.opened_at.desc())
    .limit(1)
)
_CARDS = (
    select(outbox.c.key)
    .where(
        outbox.c.case_id == bindparam("case_id"),
        outbox.c.kind == "card",
        outbox.c.key.startswith("card:") | outbox.c.key.startswith("post:"),
    )
    .order_by(outbox.c.id)
)
_KNOWN = select(relay.c.id).where(relay.c.source == bindparam("source"), relay.c.target == bindparam("target"))
_CROSSINGS = select(relay, outbox.c.state, outbox.c.ref, outbox.c.post).join(outbox, outbox.c.key == relay.c.outbox_key)
_OF_SOURCE = _CROSSINGS.where(relay.c.source == bindparam("source")).order_by(relay.c.id)
_OF_DELIVERY = _CROSSINGS.where(outbox.c.id == bindparam("row_id"))
_OF_CASE = _CROSSINGS.where(relay.c.case_id == bindparam("case_id")).order_by(relay.c.id)
_RELABEL = (
    update(message)
    .where(message.c.message_id == bindparam("of_source"), message.c.speaker == "person")
    .values(text=bindparam("words"))
)
_TAKE_AWAY = delete(message).where(message.c.message_id == bindparam("of_source"), message.c.speaker == "person")
_RETRY = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), outbox.c.thread == bindparam("of_thread"), outbox.c.state == "failed")
    .values(state="due", attempts=0, not_before=bindparam("now"), why="", owner="")
)
_STILL = select(case_).where(
    case_.c.state != "closed",
    func.coalesce(case_.c.since, case_.c.opened_at) < bindparam("before"),
    # Whoever was promised a callback is not silent: they wait for it.
    ~exists().where(callback.c.case_id == case_.c.id, callback.c.state.in_(("waiting", "due"))),
)
_LAST_LINE = (
    select(message.c.at, message.c.speaker)
    .where(message.c.case_id == bindparam("case_id"))
    .order_by(message.c.seq.desc())
    .limit(1)
)
_UNRATE = delete(rating).where(rating.c.case_id == bindparam("of_case"))


class StoredStaffSide:
    """The `StaffSide` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open_room(self, case_id: str, place: Thread, room: Thread) -> None:
        """Remember where the people of a place talk about a case; the first one stays."""
        row = {"case_id": case_id, "place": place.key, "thread": room.key, "opened_at": self._database.now()}

        def work(connection: Connection) -> None:
            known = connection.execute(_ROOM, {"case_id": case_id, "place": place.key}).first()
            if known is None:
                connection.execute(insert(desktables.room), row)

        await self._database.write(work)

    async def rooms(self, case_id: str) -> list[Thread]:
        """All rooms of a case."""
        return await self._database.read(
            lambda connection: [
                Thread.from_key(key) for key in connection.execute(_ROOMS, {"case_id": case_id}).scalars()
            ]
        )

    async def case_in(self, room: Thread) -> str:
        """The id of the case that a room is about; a room whose tenant was not known is found without it."""

        def work(connection: Connection) -> str:
            for key in (room.key, _anywhere(room)):
                if (found := connection.execute(_CASE_IN, {"thread": key}).scalar_one_or_none()) is not None:
                    return str(found)
            return ""

        return await self._database.read(work)

    async def cards(self, case_id: str) -> list[str]:
        """The outbox keys of a case's packets."""
        return await self._database.read(
            lambda connection: list(connection.execute(_CARDS, {"case_id": case_id}).scalars())
        )

    async def cross(self, crossing: Crossing, post: Post) -> bool:
        """Carry a message over, once by source and target."""
        now = self._database.now()
        return await self._database.write(lambda connection: add_crossing(connection, crossing, post, now=now))

    async def of_source(self, source: str) -> list[Crossing]:
        """What a message became on the other side."""
        return await self._database.read(
            lambda connection: [_crossing(row) for row in connection.execute(_OF_SOURCE, {"source": source}).all()]
        )

    async def of_case(self, case_id: str) -> list[Crossing]:
        """All that crossed in a case, oldest first."""
        return await self._database.read(
            lambda connection: [_crossing(row) for row in connection.execute(_OF_CASE, {"case_id": case_id}).all()]
        )

    async def relabel(self, source: str, text: str) -> None:
        """The transcript follows what a person changed."""

        def work(connection: Connection) -> None:
            if text:
                connection.execute(_RELABEL, {"of_source": source, "words": text})
            else:
                connection.execute(_TAKE_AWAY, {"of_source": source})

        await self._database.write(work)

    async def quiet(self, *, before: datetime) -> list[Quiet]:
        """Cases not closed in which nothing was said or moved since."""

        def work(connection: Connection) -> list[Quiet]:
            found = list[Quiet]()
            for row in connection.execute(_STILL, {"before": before}).all():
                last = connection.execute(_LAST_LINE, {"case_id": row.id}).first()
                since = max(row.since or row.opened_at, last.at if last else row.opened_at)
                if since < before:
                    found.append(Quiet(case_of(row), since, last.speaker if last else ""))
            return found

        return await self._database.read(work)

    async def of_delivery(self, row_id: int) -> Crossing | None:
        """The crossing whose copy is this row."""
        found = {"row_id": row_id}
        return await self._database.read(
            lambda connection: next((_crossing(row) for row in connection.execute(_OF_DELIVERY, found).all()), None)
        )

    async def retry(self, row_id: int, thread: Thread) -> bool:
        """Deliver a failed row anew."""
        again = {"row_id": row_id, "of_thread": thread.key, "now": self._database.now()}
        return await self._database.write(lambda connection: connection.execute(_RETRY, again).rowcount == 1)

    async def rate(self, case_id: str, score: int, comment: str, *, by: str, resolved_by: str) -> bool:
        """The customer's rating, once a case."""
        row = {"case_id": case_id, "score": score, "comment": comment, "by": by, "resolved_by": resolved_by}
        now = self._database.now()

        def work(connection: Connection) -> bool:
            if connection.execute(select(case_.c.id).where(case_.c.id == case_id)).first() is None:
                return False
            connection.execute(_UNRATE, {"of_case": case_id})
            connection.execute(insert(rating), row | {"at": now})
            return True

        return await self._database.write(work)


def add_crossing(connection: Connection, crossing: Crossing, post: Post | None, *, now: datetime) -> bool:
    """The map row, and the outbox row unless the caller adds that; False when it had crossed before."""
    pair = {"source": crossing.source, "target": crossing.target.key}
    if connection.execute(_KNOWN, pair).first() is not None:
        return False
    row = {"case_id": crossing.case_id, "direction": crossing.direction, "outbox_key": crossing.outbox_key}
    connection.execute(insert(relay), {**pair, **row, "by": crossing.by, "at": now})
    if post is not None and find_by_key(connection, crossing.outbox_key) is None:
        add_post(connection, crossing.target, post, key=crossing.outbox_key, now=now, case_id=crossing.case_id)
    return True


def _crossing(row: Row[Any]) -> Crossing:
    return Crossing(
        case_id=row.case_id,
        direction=row.direction,
        source=row.source,
        target=Thread.from_key(row.target),
        outbox_key=row.outbox_key,
        by=row.by,
        state=row.state,
        ref=row.ref,
        text=row.post.text,
    )


def _anywhere(thread: Thread) -> str:
    return Thread(ANY_TENANT, thread.platform, thread.channel, thread.root).key
