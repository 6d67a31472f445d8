"""What the customer wants of an answer: that it ends now, or comes once more."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, bindparam, exists, select

from adapters.storage.bell import wish
from adapters.storage.caserows import find_case
from adapters.storage.inbox import add_event
from adapters.storage.tables import case_, inbox, spelled, turn
from core.conversation import Thread
from core.identity import ChatUser
from core.turn import UNPROVED, InboxEvent

_TURN = select(turn).where(turn.c.id == bindparam("turn_id"))
_RUNNING = select(turn.c.id).where(turn.c.thread == bindparam("thread"), turn.c.state == spelled("running"))
_LATER = select(turn.c.id).where(turn.c.thread == bindparam("thread"), turn.c.began_at > bindparam("began_at")).limit(1)
_UNDONE = select(inbox.c.seq).where(inbox.c.thread == bindparam("thread"), inbox.c.done_at.is_(None)).limit(1)
_NEWER = turn.alias()
_NEWEST_OF_CASES = (
    select(turn)
    .join(case_, case_.c.id == turn.c.case_id)
    .where(
        case_.c.author_id == bindparam("author_id"),
        case_.c.tenant == bindparam("tenant"),
        case_.c.platform == bindparam("platform"),
        case_.c.state == "open",
        ~exists().where(_NEWER.c.case_id == turn.c.case_id, _NEWER.c.began_at > turn.c.began_at),
    )
)
_OF_TURN = select(inbox.c.payload).where(inbox.c.turn_id == bindparam("turn_id"), inbox.c.kind == "message")


def answer_again(
    connection: Connection, turn_id: str, *, by: str, now: datetime
) -> Thread | Literal["already", "late", "unknown"]:
    """Put the wish into the inbox; the thread that owes it, or why it does not."""
    row = connection.execute(_TURN, {"turn_id": turn_id}).one_or_none()
    if row is None or not _is_theirs(connection, turn_id, by):
        return "unknown"
    if row.redoes:
        return "already"
    event = InboxEvent("again", keys=(f"again:{turn_id}",), turn_id=turn_id)
    if not _is_newest(connection, row):
        return "late"
    return Thread.from_key(row.thread) if add_event(connection, event, now=now) else "already"


def find_unproved(connection: Connection, user: ChatUser) -> str:
    """The newest turn in an open case of theirs that waits to know who they are; empty when none does."""
    who = {"tenant": user.tenant, "platform": user.platform, "author_id": user.author_id}
    rows = connection.execute(_NEWEST_OF_CASES, who).all()
    waiting = (row for row in rows if any(kind == UNPROVED for kind, _ in row.trace or ()))
    newest = max(waiting, key=lambda row: row.began_at, default=None)
    return newest.id if newest else ""


def stop_turn(connection: Connection, thread: Thread, *, by: str) -> bool:
    """Wish the running turn of a thread stopped; False when there is none, or it answers somebody else."""
    turn_id = connection.execute(_RUNNING, {"thread": thread.key}).scalar_one_or_none()
    if turn_id is None or not _is_theirs(connection, turn_id, by):
        return False
    return bool(wish(connection, thread.key, "stopped", turn_id=turn_id))


def _is_theirs(connection: Connection, turn_id: str, by: str) -> bool:
    events: list[InboxEvent] = list(connection.execute(_OF_TURN, {"turn_id": turn_id}).scalars())
    authors = {event.message.author.id for event in events if event.message}
    return bool(authors) and (not by or by in authors)


def _is_newest(connection: Connection, row: Row[Any]) -> bool:
    """Nothing came after it, and the bot still may speak."""
    case = find_case(connection, row.case_id)
    is_answered = row.state == "done" and row.outcome == "answered"
    at = {"thread": row.thread}
    return (
        is_answered
        and case is not None
        and case.is_with_ai
        and connection.execute(_UNDONE, at).first() is None
        and connection.execute(_LATER, {**at, "began_at": row.began_at}).first() is None
    )
