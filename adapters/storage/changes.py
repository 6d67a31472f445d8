"""Messages that their authors changed or took back."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, delete, select, update

from adapters.storage.bell import wish
from adapters.storage.held import withdraw
from adapters.storage.past import forget_summary
from adapters.storage.tables import inbox, inbox_key, message, outbox, turn
from adapters.storage.transcript import add_lines, said
from core.conversation import Message, Thread, place_key
from core.turn import Changed, InboxEvent

STRUCK = "(taken back by its author)"

_KEPT = (
    select(inbox)
    .join(inbox_key, inbox_key.c.seq == inbox.c.seq)
    .where(inbox_key.c.key == bindparam("key"), inbox.c.kind == "message")
)
_CHANGE = (
    update(inbox)
    .where(inbox.c.seq == bindparam("of_seq"))
    .values(payload=bindparam("payload"), turn_id=bindparam("turn_id"), done_at=bindparam("done_at"))
)
_CASE_OF_TURN = select(turn.c.case_id).where(turn.c.id == bindparam("turn_id"))
_FORGET_LINE = delete(message).where(
    message.c.turn_id == bindparam("of_turn"), message.c.message_id == bindparam("of_message")
)
_REWORD = (
    update(message)
    .where(message.c.turn_id == bindparam("of_turn"), message.c.message_id == bindparam("of_message"))
    .values(text=bindparam("words"))
)
_BLANK_LINES = (
    update(message)
    .where(message.c.case_id == bindparam("of_case"), message.c.message_id == bindparam("of_message"))
    .values(text=STRUCK, findings=None)
)
_THREAD_OF_KEY = (
    select(inbox.c.thread).join(inbox_key, inbox_key.c.seq == inbox.c.seq).where(inbox_key.c.key == bindparam("key"))
)
_OF_TURN = select(inbox.c.payload).where(inbox.c.turn_id == bindparam("of_turn"))
_OPEN_REPLY = select(outbox.c.thread).where(
    outbox.c.thread >= bindparam("first"),
    outbox.c.thread < bindparam("last"),
    outbox.c.state == "open",
    outbox.c.ref.contains(bindparam("message_id"), autoescape=False),
)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A message as it was kept, and how far its answer is."""

    seq: int
    event: InboxEvent
    turn_id: str | None
    done_at: datetime | None

    @property
    def message(self) -> Message:
        assert self.event.message is not None, "the row is a message"
        return self.event.message

    @property
    def state(self) -> Literal["waiting", "running", "answered"]:
        if self.done_at is not None:
            return "answered"
        return "running" if self.turn_id else "waiting"


def edit_message(connection: Connection, new: Message, *, now: datetime) -> Changed | None:
    """New words: used if the answer is not out yet, else noted in the transcript."""
    kept = _find(connection, new.thread, new.id)
    if kept is None:
        return None
    # What came before it in its thread stays with it, whatever its author edits.
    attachments = (*new.attachments, *(each for each in kept.message.attachments if each.author_id))
    changed = replace(kept.message, text=new.text, attachments=attachments)
    if changed == kept.message:
        return None
    case_id = _case_of(connection, kept)
    if kept.state == "answered":
        _save(connection, kept, changed, turn_id=kept.turn_id, done_at=kept.done_at)
        if case_id:
            words = replace(changed, text=f"(edited an earlier message) {changed.text}", sent_at=now)
            add_lines(connection, case_id, [said(words)])
    else:
        _tell_runner(connection, kept)
        # Free again: whatever the turn under way still ends with, it does not cover the new words.
        _save(connection, kept, changed, turn_id=None, done_at=None)
        _forget_line(connection, kept)
    return Changed(changed.thread, kept.state, case_id, changed)


def hear_message(connection: Connection, new: Message) -> None:
    """What a voice message says, wherever it was kept."""
    kept = _find(connection, new.thread, new.id)
    if kept is None or kept.message.text == STRUCK:
        return
    _save(connection, kept, new, turn_id=kept.turn_id, done_at=kept.done_at)
    if kept.turn_id is not None:
        connection.execute(_REWORD, {"of_turn": kept.turn_id, "of_message": new.id, "words": new.text})


def strike_message(connection: Connection, place: Thread, message_id: str, *, now: datetime) -> Changed | None:
    """Blank it wherever it was kept; no answer is owed to it any more."""
    kept = _find(connection, place, message_id)
    if kept is None or kept.message.text == STRUCK:
        return None
    struck = replace(kept.message, text=STRUCK, attachments=())
    case_id = _case_of(connection, kept)
    forget_summary(connection, case_id)
    if kept.state == "answered":
        _save(connection, kept, struck, turn_id=kept.turn_id, done_at=kept.done_at)
        connection.execute(_BLANK_LINES, {"of_case": case_id, "of_message": message_id})
        if kept.turn_id is not None and _is_all_struck(connection, kept.turn_id):
            withdraw(connection, kept.turn_id)
    else:
        _tell_runner(connection, kept)
        _save(connection, kept, struck, turn_id=None, done_at=now)
        _forget_line(connection, kept)
    return Changed(struck.thread, kept.state, case_id, struck)


def _is_all_struck(connection: Connection, turn_id: str) -> bool:
    events: list[InboxEvent] = list(connection.execute(_OF_TURN, {"of_turn": turn_id}).scalars())
    return all(each.message is None or each.message.text == STRUCK for each in events)


def thread_of(connection: Connection, place: Thread, message_id: str) -> Thread | None:
    """The thread of a kept message, or of an answer of ours that is being written."""
    key = connection.execute(_THREAD_OF_KEY, {"key": place_key(place, message_id)}).scalars().first()
    if key is None:
        prefix = f"{place.platform}:{place.tenant}:{place.channel}:"
        # A semicolon sorts right after the colon, so this is every thread of the channel.
        asked = {"first": prefix, "last": prefix[:-1] + ";", "message_id": message_id}
        key = connection.execute(_OPEN_REPLY, asked).scalars().first()
    return None if key is None else Thread.from_key(key)


def _find(connection: Connection, place: Thread, message_id: str) -> _Kept | None:
    row = connection.execute(_KEPT, {"key": place_key(place, message_id)}).one_or_none()
    return None if row is None else _Kept(row.seq, row.payload, row.turn_id, row.done_at)


def _case_of(connection: Connection, kept: _Kept) -> str:
    if kept.turn_id is None:
        return ""
    return connection.execute(_CASE_OF_TURN, {"turn_id": kept.turn_id}).scalar_one_or_none() or ""


def _save(connection: Connection, kept: _Kept, new: Message, *, turn_id: str | None, done_at: datetime | None) -> None:
    change: dict[str, Any] = {
        "of_seq": kept.seq,
        "payload": replace(kept.event, message=new),
        "turn_id": turn_id,
        "done_at": done_at,
    }
    connection.execute(_CHANGE, change)


def _tell_runner(connection: Connection, kept: _Kept) -> None:
    """Before the inbox row is touched: turns first, then their rows, as whoever ends a turn does."""
    if kept.turn_id is not None:
        wish(connection, kept.message.thread.key, "changed", turn_id=kept.turn_id)


def _forget_line(connection: Connection, kept: _Kept) -> None:
    if kept.turn_id is not None:
        connection.execute(_FORGET_LINE, {"of_turn": kept.turn_id, "of_message": kept.message.id})
