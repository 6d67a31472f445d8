"""Promises to get back to a customer, kept in the database with the timers that ring for them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from adapters.storage import audit
from adapters.storage.database import Database
from adapters.storage.desktables import callback
from adapters.storage.ids import readable
from adapters.storage.locks import hold
from adapters.storage.timers import cancel_timer, set_timer
from core.callbacks import Act, Callback, changed, timers_of

_ADD = insert(callback)
_BY_ID = select(callback).where(callback.c.id == bindparam("id"))
_OF_CASE = select(callback).where(callback.c.case_id == bindparam("case_id")).order_by(callback.c.at, callback.c.id)
_CHANGE = (
    update(callback)
    .where(callback.c.id == bindparam("of_id"), callback.c.version == bindparam("read_version"))
    .values({name: bindparam(name) for name in ("due_at", "zone", "state", "version")})
)


class StoredCallbacks:
    """The `Callbacks` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, new: Callback, *, late_after: timedelta) -> Callback:
        """Keep it; the case's promise that is not yet kept is cancelled in its favour."""
        now = self._database.now()

        def work(connection: Connection) -> Callback:
            hold(connection, f"callback:{new.case_id}")
            for each in callbacks_of(connection, new.case_id):
                if each.state in ("waiting", "due") and (after := changed(each, "cancel")) is not None:
                    _change(connection, each, after, "cancel", by=new.by, late_after=late_after, now=now)
            kept = replace(new, id=_free_id(connection))
            connection.execute(_ADD, _values(kept) | {"id": kept.id, "at": now})
            for timer in timers_of(kept, late_after=late_after):
                set_timer(connection, timer)
            _note(connection, kept, "callback_add", by=new.by, now=now)
            return kept

        return await self._database.write(work)

    async def change(self, before: Callback, after: Callback, act: Act, *, by: str, late_after: timedelta) -> bool:
        """Compare-and-set on `before.version`; timers follow. False when somebody else changed it first."""
        now = self._database.now()
        return await self._database.write(
            lambda connection: _change(connection, before, after, act, by=by, late_after=late_after, now=now)
        )

    async def get(self, callback_id: str) -> Callback | None:
        """A promise by id."""

        def work(connection: Connection) -> Callback | None:
            row = connection.execute(_BY_ID, {"id": callback_id}).one_or_none()
            return None if row is None else _callback(row)

        return await self._database.read(work)

    async def of_case(self, case_id: str) -> list[Callback]:
        """All promises of a case, oldest first."""
        return await self._database.read(lambda connection: callbacks_of(connection, case_id))


def _change(
    connection: Connection,
    before: Callback,
    after: Callback,
    act: Act,
    *,
    by: str,
    late_after: timedelta,
    now: datetime,
) -> bool:
    new = {"due_at": after.due_at, "zone": after.zone, "state": after.state, "version": after.version}
    if connection.execute(_CHANGE, {**new, "of_id": before.id, "read_version": before.version}).rowcount != 1:
        return False
    if act in ("cancel", "reschedule"):
        for timer in timers_of(before, late_after=late_after):
            cancel_timer(connection, timer.id)
    if after.state == "waiting":
        for timer in timers_of(after, late_after=late_after):
            set_timer(connection, timer)
    _note(connection, after, f"callback_{act}", by=by, now=now)
    return True


def _note(connection: Connection, one: Callback, what: str, *, by: str, now: datetime) -> None:
    reason = f"{one.id}, {one.what.lower()} for {one.said}"
    audit.note(
        connection,
        at=now,
        case_id=one.case_id,
        what=what,
        by=by,
        callback=one.id,
        due_at=one.due_at.isoformat(),
        state=one.state,
        reason=reason + (f": {one.note}" if one.note else ""),
    )


def callbacks_of(connection: Connection, case_id: str) -> list[Callback]:
    """All promises of a case, oldest first."""
    return [_callback(row) for row in connection.execute(_OF_CASE, {"case_id": case_id}).all()]


def _free_id(connection: Connection) -> str:
    found = readable("K")
    while connection.execute(_BY_ID, {"id": found}).first() is not None:
        found = readable("K")
    return found


def _values(one: Callback) -> dict[str, Any]:
    names = ("case_id", "kind", "due_at", "zone", "note", "by", "state", "version")
    return {name: getattr(one, name) for name in names}


def _callback(row: Row[Any]) -> Callback:
    return Callback(
        id=row.id,
        case_id=row.case_id,
        kind=row.kind,
        due_at=row.due_at,
        zone=row.zone,
        note=row.note,
        by=row.by,
        state=row.state,
        version=row.version,
    )
