"""The inbox: what came in, kept before anybody hears that we have it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError

from adapters.storage.database import Database
from adapters.storage.rows import add_numbered
from adapters.storage.tables import action, inbox, inbox_key
from core.conversation import Thread
from core.errors import StoreError
from core.turn import InboxEvent

_KNOWN = select(inbox_key.c.key).where(inbox_key.c.key.in_(bindparam("keys", expanding=True))).limit(1)
_ADD = insert(inbox)
_ADD_KEY = insert(inbox_key)
_THREAD_OF_ACTION = select(action.c.thread).where(action.c.key == bindparam("key"))
_WAITING = (
    select(inbox.c.thread).where(inbox.c.done_at.is_(None)).group_by(inbox.c.thread).order_by(func.min(inbox.c.seq))
)


class _SeenBefore(Exception):
    """Another process was faster with the same key."""


def add_event(connection: Connection, event: InboxEvent, *, now: datetime) -> bool:
    """Keep an event unless one of its keys is known."""
    keys = _keys_of(event)
    if keys and connection.execute(_KNOWN, {"keys": keys}).first() is not None:
        return False
    row = {"thread": _thread_of(connection, event), "kind": event.kind, "payload": event, "received_at": now}
    seq = add_numbered(connection, _ADD, row)
    if keys:
        connection.execute(_ADD_KEY, [{"key": key, "seq": seq} for key in keys])
    return True


class StoredInbox:
    """The `Inbox` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, event: InboxEvent) -> bool:
        """Keep an event once; False when one of its keys was seen before. Durable on return."""
        now = self._database.now()

        def work(connection: Connection) -> bool:
            try:
                return add_event(connection, event, now=now)
            except IntegrityError as error:
                raise _SeenBefore from error

        try:
            return await self._database.write(work)
        except _SeenBefore:
            return False

    async def waiting(self) -> list[Thread]:
        """Threads that owe an answer, the longest waiting first."""
        return await self._database.read(
            lambda connection: [Thread.from_key(key) for key in connection.execute(_WAITING).scalars()]
        )


def _keys_of(event: InboxEvent) -> Sequence[str]:
    keys = (*event.message.all_keys, *event.keys) if event.message else event.keys
    return list(dict.fromkeys(keys))


def _thread_of(connection: Connection, event: InboxEvent) -> str:
    if event.message is not None:
        return event.message.thread.key
    thread = connection.execute(_THREAD_OF_ACTION, {"key": event.action_key}).scalar_one_or_none()
    if thread is None:
        raise StoreError(f"inbox: there is no action {event.action_key!r} to decide about")
    return thread
