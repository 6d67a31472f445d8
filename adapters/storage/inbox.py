"""The inbox: what came in, kept before anybody hears that we have it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError

from adapters.storage.bell import ring, wish
from adapters.storage.changes import edit_message, hear_message, strike_message, thread_of
from adapters.storage.cursors import pass_message
from adapters.storage.database import Database
from adapters.storage.locks import hold
from adapters.storage.rows import add_numbered
from adapters.storage.tables import action, inbox, inbox_key, spelled, turn
from adapters.storage.transcript import add_lines, said
from core.conversation import Message, Thread
from core.errors import StoreError
from core.turn import Changed, InboxEvent

_KNOWN = select(inbox_key.c.key).where(inbox_key.c.key.in_(bindparam("keys", expanding=True))).limit(1)
_ADD = insert(inbox)
_ADD_KEY = insert(inbox_key)
_THREAD_OF_ACTION = select(action.c.thread).where(action.c.key == bindparam("key"))
_THREAD_OF_TURN = select(turn.c.thread).where(turn.c.id == bindparam("turn_id"))
_RUNNING = select(turn.c.id, turn.c.case_id).where(
    turn.c.thread == bindparam("thread"), turn.c.state == spelled("running")
)
_WAITING = (
    select(inbox.c.thread).where(inbox.c.done_at.is_(None)).group_by(inbox.c.thread).order_by(func.min(inbox.c.seq))
)
_UNDER_WAY = select(turn.c.thread).where(turn.c.state == spelled("running")).order_by(turn.c.began_at, turn.c.id)


class _SeenBefore(Exception):
    """Another process was faster with the same key."""


def add_event(connection: Connection, event: InboxEvent, *, now: datetime, joins: bool = False) -> bool:
    """Keep an event unless one of its keys is known; one that joins stops the turn running in its thread."""
    keys = _keys_of(event)
    if event.message is not None:
        place = event.message.thread
        hold(connection, f"{place.platform}:{place.tenant}:{place.channel}")
    if keys and connection.execute(_KNOWN, {"keys": keys}).first() is not None:
        return False
    thread = _thread_of(connection, event)
    running = connection.execute(_RUNNING, {"thread": thread}).one_or_none() if joins else None
    row = {
        "thread": thread,
        "kind": event.kind,
        "payload": event,
        "received_at": now,
        "turn_id": running.id if running else None,
    }
    seq = add_numbered(connection, _ADD, row)
    if event.kind == "decision":
        # It may be made on another platform than the customer's.
        ring(connection, "work", thread)
    if keys:
        connection.execute(_ADD_KEY, [{"key": key, "seq": seq} for key in keys])
    if event.message is not None:
        pass_message(connection, event.message, now=now)
        if running is not None:
            wish(connection, thread, "stopped", turn_id=running.id)
            add_lines(connection, running.case_id, [said(event.message)], turn_id=running.id)
    return True


class StoredInbox:
    """The `Inbox` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, event: InboxEvent, *, in_line: Callable[[], None] | None = None) -> bool:
        """Keep an event once; False when one of its keys was seen before. Durable on return."""
        return await self._save(event, joins=False, in_line=in_line)

    async def join(self, event: InboxEvent) -> bool:
        """Keep an event that ends with the turn running in its thread."""
        return await self._save(event, joins=True)

    async def edit(self, message: Message) -> Changed | None:
        """New words of a kept message; None when it is not known or nothing changed."""
        return await self._database.write(partial(edit_message, new=message, now=self._database.now()))

    async def strike(self, place: Thread, message_id: str) -> Changed | None:
        """Blank a kept message in inbox and transcript; None when it is not known."""
        work = partial(strike_message, place=place, message_id=message_id, now=self._database.now())
        return await self._database.write(work)

    async def hear(self, message: Message) -> None:
        """What a kept voice message says, in inbox and transcript."""
        await self._database.write(partial(hear_message, new=message))

    async def where(self, place: Thread, message_id: str) -> Thread | None:
        """The thread of a message that we have, or of a reply of ours that is being written."""
        return await self._database.read(partial(thread_of, place=place, message_id=message_id))

    async def _save(self, event: InboxEvent, *, joins: bool, in_line: Callable[[], None] | None = None) -> bool:
        now = self._database.now()

        def work(connection: Connection) -> bool:
            try:
                return add_event(connection, event, now=now, joins=joins)
            except IntegrityError as error:
                raise _SeenBefore from error

        try:
            return await self._database.write(work, is_patient=False, in_line=in_line)
        except _SeenBefore:
            return False

    async def waiting(self) -> list[Thread]:
        """Threads that owe an answer, the longest waiting first; then those whose turn only has to be closed."""

        def work(connection: Connection) -> list[Thread]:
            keys = [*connection.execute(_WAITING).scalars(), *connection.execute(_UNDER_WAY).scalars()]
            return [Thread.from_key(key) for key in dict.fromkeys(keys)]

        return await self._database.read(work)


def _keys_of(event: InboxEvent) -> Sequence[str]:
    keys = (*event.message.all_keys, *event.keys) if event.message else event.keys
    return list(dict.fromkeys(keys))


def _thread_of(connection: Connection, event: InboxEvent) -> str:
    if event.message is not None:
        return event.message.thread.key
    if event.kind == "again":
        return connection.execute(_THREAD_OF_TURN, {"turn_id": event.turn_id}).scalar_one()
    thread = connection.execute(_THREAD_OF_ACTION, {"key": event.action_key}).scalar_one_or_none()
    if thread is None:
        raise StoreError(f"inbox: there is no action {event.action_key!r} to decide about")
    return thread
