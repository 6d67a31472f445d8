"""How a turn begins: everything that waits in a thread, as one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from adapters.storage.actionrows import awaits_customer
from adapters.storage.bell import ring
from adapters.storage.caserows import count_contact, find_case, find_current, open_case, reopened
from adapters.storage.identities import find_link
from adapters.storage.locks import hold
from adapters.storage.past import past_of
from adapters.storage.posts import add_post, delivery_of, find_by_key
from adapters.storage.replicas import is_working
from adapters.storage.reserving import open_tab
from adapters.storage.steps import covers, finished_steps
from adapters.storage.tables import action, inbox, outbox, spelled, turn
from adapters.storage.transcript import add_lines, newest_lines, said
from core.case import Case
from core.casework import MOVES, stage_of
from core.closing import is_farewell
from core.conversation import Message, Thread
from core.identity import ChatUser, known_of
from core.principal import Known
from core.reply import Delivery, Post
from core.spending import Account, Caps, Tab
from core.turn import InboxEvent, Turn

_UNDONE = (
    select(inbox.c.seq, inbox.c.payload, inbox.c.turn_id)
    .where(inbox.c.thread == bindparam("thread"), inbox.c.done_at.is_(None))
    .order_by(inbox.c.seq)
)
_RUNNING = select(turn).where(turn.c.thread == bindparam("thread"), turn.c.state == spelled("running"))
_ADD = {
    "sqlite": sqlite.insert(turn).on_conflict_do_nothing(index_elements=["id"]).returning(turn.c.id),
    "postgresql": postgresql.insert(turn).on_conflict_do_nothing(index_elements=["id"]).returning(turn.c.id),
}
_AGAIN = (
    update(turn)
    .where(turn.c.id == bindparam("turn_id"))
    .values({name: bindparam(name) for name in ("attempt", "fence", "owner", "wish", "case_id", "case_version")})
)
_TAKE = (
    update(inbox)
    .where(inbox.c.thread == bindparam("at_thread"), inbox.c.done_at.is_(None), inbox.c.seq <= bindparam("last"))
    .values(turn_id=bindparam("turn_id"))
)
_CASE_OF_ACTION = select(action.c.case_id).where(action.c.key == bindparam("key"))
_ANSWERED_BY_ACTION = (
    select(outbox.c.answers)
    .select_from(outbox.join(action, action.c.turn_id == outbox.c.turn_id))
    .where(action.c.key == bindparam("key"), outbox.c.kind == "reply")
    .order_by(outbox.c.id)
    .limit(1)
)
_OF_TURN = select(inbox.c.payload).where(inbox.c.turn_id == bindparam("turn_id")).order_by(inbox.c.seq)
_EMPTY = Post(text="")
NO_CAPS = Caps()


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What waits in a thread."""

    messages: tuple[Message, ...]
    new_messages: tuple[Message, ...]
    """Those that no attempt has seen yet."""
    decisions: tuple[str, ...]
    redoes: str
    """The turn whose answer is wanted anew, if one is."""
    first: int
    last: int
    covers: str = ""


_NOTHING = _Waiting((), (), (), "", 0, 0)
"""All that a turn had taken in was taken back by its author."""


def reply_key(turn_id: str) -> str:
    """The key of the outbox row that holds a turn's answer."""
    return f"reply:{turn_id}"


def begin_turn(
    connection: Connection, thread: Thread, *, history_lines: int, now: datetime, me: str = "", caps: Caps = NO_CAPS
) -> Turn | None:
    """The turn of all undone events of a thread, with its case, its transcript and its reply row."""
    hold(connection, f"turn:{thread.key}")
    waiting = _waiting(connection, thread)
    running = connection.execute(_RUNNING, {"thread": thread.key}).one_or_none()
    if waiting is None and running is None:
        return None
    if running is not None and is_working(connection, running.owner, me=me):
        if waiting is not None and waiting.new_messages:
            ring(connection, "more", thread.key, running.id)
        return None
    waiting = waiting or _NOTHING
    case = _case_for(connection, thread, waiting, running, now=now)
    attempt = running.attempt + 1 if running else 1
    fence = running.fence + 1 if running else 1
    if running:
        turn_id = running.id
        again = {"turn_id": turn_id, "attempt": attempt, "fence": fence, "owner": me, "wish": ""}
        connection.execute(_AGAIN, {**again, "case_id": case.id, "case_version": case.version})
    else:
        turn_id = _keep_turn(connection, case, waiting, attempt, fence, me, now=now)
    connection.execute(_TAKE, {"at_thread": thread.key, "last": waiting.last, "turn_id": turn_id})
    for each in waiting.new_messages:
        add_lines(connection, case.id, each.before)
    history = newest_lines(connection, case.id, limit=history_lines, except_turns=(turn_id, waiting.redoes))
    add_lines(connection, case.id, map(said, waiting.new_messages), turn_id=turn_id)
    return Turn(
        id=turn_id,
        thread=thread,
        case=case,
        messages=waiting.messages,
        decisions=waiting.decisions,
        history=tuple(history),
        reply=_reply(connection, turn_id, case, waiting, is_new=running is None, now=now),
        attempt=attempt,
        began_at=running.began_at if running else now,
        fence=fence,
        redoes=waiting.redoes,
        covers=waiting.covers,
        may_confirm=(case.contacts > 1 or fence > 1) and bool(awaits_customer(connection, case.id)),
        is_stopped=running is not None and running.wish == "stopped",
        # Only after a crash or a change is there anything to find.
        steps=finished_steps(connection, turn_id, waiting.covers) if fence > 1 else {},
        known=_known(connection, thread, case, waiting, now=now),
        past=past_of(connection, case.id, history, is_cut=len(history) >= history_lines),
        tab=_tab(connection, turn_id, fence, case, waiting, caps, now=now),
    )


def _known(connection: Connection, thread: Thread, case: Case, waiting: _Waiting, *, now: datetime) -> Known | None:
    author_id = _author_id(case, waiting)
    return known_of(author_id, find_link(connection, ChatUser.of(author_id, thread)), now) if author_id else None


def _author_id(case: Case, waiting: _Waiting) -> str:
    """Who acts in the turn: the author of what came last, or of the case."""
    return waiting.messages[-1].author.id if waiting.messages else case.author_id


def _tab(
    connection: Connection, turn_id: str, fence: int, case: Case, waiting: _Waiting, caps: Caps, *, now: datetime
) -> Tab:
    """What the turn may spend. It comes last: sums that many turns share are locked until the transaction ends."""
    author_id, thread = _author_id(case, waiting), case.thread
    account = Account(
        turn_id, fence, case.id, case.customer_id, author_id, thread.tenant, thread.platform, f"{now:%Y-%m-%d}"
    )
    return open_tab(connection, account, caps if case.is_with_ai else NO_CAPS, now=now)


def _waiting(connection: Connection, thread: Thread) -> _Waiting | None:
    rows = connection.execute(_UNDONE, {"thread": thread.key}).all()
    if not rows:
        return None
    events: list[tuple[InboxEvent, bool]] = [(row.payload, row.turn_id is None) for row in rows]
    new = tuple(event.message for event, is_new in events if event.message and is_new)
    redoes = next((event.turn_id for event, _ in events if event.kind == "again"), "")
    return _Waiting(
        messages=(*_answered_before(connection, redoes), *(event.message for event, _ in events if event.message)),
        new_messages=new,
        decisions=tuple(event.action_key for event, _ in events if event.kind == "decision"),
        redoes=redoes,
        first=rows[0].seq,
        last=rows[-1].seq,
        covers=covers(event for event, _ in events),
    )


def _answered_before(connection: Connection, turn_id: str) -> list[Message]:
    """What a turn was about whose answer is wanted anew."""
    if not turn_id:
        return []
    rows = connection.execute(_OF_TURN, {"turn_id": turn_id}).scalars()
    return [event.message for event in rows if event.message]


def _case_for(
    connection: Connection, thread: Thread, waiting: _Waiting, running: Row[Any] | None, *, now: datetime
) -> Case:
    """The case that a turn belongs to; one more contact of it, where the customer began the turn."""
    is_contact = bool(waiting.new_messages) and running is None
    last = find_current(connection, thread)
    case = last if last is not None and last.state == "open" else None
    if running is not None and not waiting.messages:
        case = find_case(connection, running.case_id)
    if case is None and waiting.messages:
        return _case_again(connection, waiting, last, is_contact=is_contact, now=now)
    if case is None:
        # A decision about a case that is closed by now still has to be heard.
        case_id = running.case_id if running else None
        case_id = case_id or connection.execute(_CASE_OF_ACTION, {"key": waiting.decisions[0]}).scalar_one()
        case = find_case(connection, case_id)
    assert case is not None, "rows of cases are never deleted"
    if waiting.new_messages and stage_of(case) in MOVES["heard"]:
        case = reopened(connection, case, now=now)
    return count_contact(connection, case) if is_contact else case


def _case_again(
    connection: Connection, waiting: _Waiting, last: Case | None, *, is_contact: bool, now: datetime
) -> Case:
    """Words in a thread without an open case: the resolved one goes on, after a closed one a new one begins."""
    if last is None or last.state != "resolved":
        linked = last.id if last else ""
        return open_case(connection, waiting.messages[0], "", now=now, linked=linked, contacts=int(is_contact))
    # A thank-you is no reason to begin again.
    is_over = all(is_farewell(each.text) and not each.attachments for each in waiting.messages)
    case = last if is_over else reopened(connection, last, now=now)
    return count_contact(connection, case) if is_contact else case


def _keep_turn(
    connection: Connection, case: Case, waiting: _Waiting, attempt: int, fence: int, me: str, *, now: datetime
) -> str:
    """A new turn, named by what came first; numbered on where one had that name, for words changed while it ended."""
    values = {
        "thread": case.thread.key,
        "case_id": case.id,
        "case_version": case.version,
        "state": "running",
        "attempt": attempt,
        "began_at": now,
        "outcome": "",
        "requests": 0,
        "tokens": 0,
        "fence": fence,
        "owner": me,
        "redoes": waiting.redoes,
    }
    turn_id, n = f"T-{waiting.first:08d}", 1
    while connection.execute(_ADD[connection.dialect.name], {"id": turn_id, **values}).first() is None:
        n += 1
        turn_id = f"T-{waiting.first:08d}.{n}"
    return turn_id


def _reply(
    connection: Connection, turn_id: str, case: Case, waiting: _Waiting, *, is_new: bool, now: datetime
) -> Delivery:
    """The open row of the answer; one without an id while people own the case and nothing was opened."""
    key = reply_key(turn_id)
    if not is_new and (row := find_by_key(connection, key)) is not None:
        return delivery_of(row)
    answers: Message | None = None
    if waiting.messages:
        answers = waiting.messages[-1]
    elif waiting.decisions:
        answers = connection.execute(_ANSWERED_BY_ACTION, {"key": waiting.decisions[0]}).scalar_one_or_none()
    if not case.is_with_ai:
        return Delivery(id=0, thread=case.thread, post=_EMPTY, answers=answers)
    first = find_by_key(connection, reply_key(waiting.redoes)) if waiting.redoes else None
    return add_post(
        connection,
        case.thread,
        _EMPTY,
        key=key,
        ref=first.ref if first else "",
        now=now,
        state="open",
        case_id=case.id,
        turn_id=turn_id,
        answers=answers,
    )
