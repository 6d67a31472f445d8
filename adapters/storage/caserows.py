"""Rows of cases inside other transactions."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, select, update
from sqlalchemy.dialects import postgresql, sqlite

from adapters.storage import audit
from adapters.storage.held import give_over
from adapters.storage.ids import readable
from adapters.storage.tables import case_, spelled
from adapters.storage.transcript import add_lines, newest_lines
from core.case import AI, Case, Handoff
from core.casework import SYSTEM, Change, moved, stage_of
from core.clocks import judged
from core.conversation import Line, Message, Thread

_MOVED = (
    "owner",
    "version",
    "state",
    "reason",
    "phase",
    "owner_name",
    "tier",
    "resolution",
    "since",
    "priority",
    "category",
)
_JUDGED = 12
"""Newest lines of a case by which it is judged how pressing it is."""
_ADD = {
    "sqlite": sqlite.insert(case_).on_conflict_do_nothing(index_elements=["id"]).returning(case_.c.id),
    "postgresql": postgresql.insert(case_).on_conflict_do_nothing(index_elements=["id"]).returning(case_.c.id),
}
_OPEN_IN_THREAD = select(case_).where(case_.c.thread == bindparam("thread"), case_.c.state == spelled("open"))
_LAST_IN_THREAD = (
    select(case_).where(case_.c.thread == bindparam("thread")).order_by(case_.c.opened_at.desc(), case_.c.id).limit(1)
)
_CURRENT_IN_THREAD = (
    select(case_)
    .where(case_.c.thread == bindparam("thread"))
    .order_by(case((case_.c.state == spelled("open"), 0), else_=1), case_.c.opened_at.desc(), case_.c.id)
    .limit(1)
)
_BY_ID = select(case_).where(case_.c.id == bindparam("id"))
_BY_ID_HELD = _BY_ID.with_for_update()
_MOVE = (
    update(case_)
    .where(case_.c.id == bindparam("case_id"), case_.c.version == bindparam("read_version"))
    .values({name: bindparam(name) for name in _MOVED})
)
_COUNT_CONTACT = update(case_).where(case_.c.id == bindparam("case_id")).values(contacts=case_.c.contacts + 1)
_LINK = (
    update(case_)
    .where(case_.c.id == bindparam("case_id"), case_.c.customer_id == "")
    .values(customer_id=bindparam("customer_id"))
)


def case_of(row: Row[Any]) -> Case:
    """The row as the core sees it."""
    return Case(
        id=row.id,
        thread=Thread.from_key(row.thread),
        customer_id=row.customer_id,
        author_id=row.author_id,
        owner=row.owner,
        version=row.version,
        state=row.state,
        opened_at=row.opened_at,
        reason=row.reason,
        contacts=row.contacts,
        phase=row.phase,
        owner_name=row.owner_name,
        tier=row.tier,
        resolution=row.resolution,
        since=row.since,
        linked=row.linked,
        priority=row.priority,
        category=row.category,
    )


def find_open(connection: Connection, thread: Thread) -> Case | None:
    """The open case of a thread."""
    row = connection.execute(_OPEN_IN_THREAD, {"thread": thread.key}).one_or_none()
    return None if row is None else case_of(row)


def find_last(connection: Connection, thread: Thread) -> Case | None:
    """The newest case of a thread, open or not."""
    row = connection.execute(_LAST_IN_THREAD, {"thread": thread.key}).one_or_none()
    return None if row is None else case_of(row)


def find_current(connection: Connection, thread: Thread) -> Case | None:
    """The open case of a thread; where none is open, the newest one."""
    row = connection.execute(_CURRENT_IN_THREAD, {"thread": thread.key}).one_or_none()
    return None if row is None else case_of(row)


def find_case(connection: Connection, case_id: str, *, is_held: bool = False) -> Case | None:
    """A case by id; held, it does not change until this transaction ends."""
    row = connection.execute(_BY_ID_HELD if is_held else _BY_ID, {"id": case_id}).one_or_none()
    return None if row is None else case_of(row)


def open_case(
    connection: Connection,
    message: Message,
    customer_id: str,
    *,
    now: datetime,
    linked: str = "",
    contacts: int = 0,
) -> Case:
    """A new case of the message's thread, with the AI; there must be no open one. `linked`: the one it follows."""
    thread = message.thread
    opened = Case(
        "", thread, customer_id, message.author.id, AI, 1, "open", now, since=now, linked=linked, contacts=contacts
    )
    values = {
        "thread": thread.key,
        "tenant": thread.tenant,
        "platform": thread.platform,
        "customer_id": customer_id,
        "author_id": opened.author_id,
        "owner": opened.owner,
        "version": opened.version,
        "state": opened.state,
        "opened_at": now,
        "reason": "",
        "contacts": contacts,
        "phase": opened.phase,
        "owner_name": opened.owner_name,
        "tier": opened.tier,
        "resolution": opened.resolution,
        "since": now,
        "linked": linked,
    }
    case_id = readable("C")
    while connection.execute(_ADD[connection.dialect.name], {"id": case_id, **values}).first() is None:
        case_id = readable("C")
    audit.note(connection, at=now, case_id=case_id, what="opened", by="system", thread=thread.key, linked=linked)
    return replace(opened, id=case_id)


def link_customer(connection: Connection, case: Case, customer_id: str) -> Case:
    """Write down whose case it is, if that was not known yet."""
    if not customer_id or case.customer_id:
        return case
    connection.execute(_LINK, {"case_id": case.id, "customer_id": customer_id})
    return replace(case, customer_id=customer_id)


def count_contact(connection: Connection, case: Case) -> Case:
    """One more turn that the customer began."""
    connection.execute(_COUNT_CONTACT, {"case_id": case.id})
    return replace(case, contacts=case.contacts + 1)


def save_change(connection: Connection, before: Case, change: Change, *, now: datetime) -> Case | None:
    """Compare-and-set of a decided move, with its notes and an audit row; None when the case had changed."""
    after = replace(change.after, reason=change.why.reason or before.reason)
    if change.act == "hand_over":
        said = [line.text for line in newest_lines(connection, before.id, limit=_JUDGED) if line.speaker == "customer"]
        after = judged(after, "\n".join(said), change.why)
    values = {name: getattr(after, name) for name in _MOVED}
    moving = {**values, "case_id": before.id, "read_version": before.version}
    if connection.execute(_MOVE, moving).rowcount != 1:
        return None
    if before.is_with_ai:
        give_over(connection, after, now=now)
    if change.note:
        add_lines(connection, before.id, [Line("system", "", change.note, now)])
    add_lines(connection, before.id, change.lines)
    audit.note(
        connection,
        at=now,
        case_id=before.id,
        what=change.act,
        by=change.by.owner,
        name=change.by.name,
        old_owner=before.owner,
        new_owner=after.owner,
        old_stage=stage_of(before),
        new_stage=stage_of(after),
        resolution=after.resolution,
        version=after.version,
        tier=after.tier,
        priority=after.priority,
        reason_code=change.why.reason_code,
        reason=change.why.reason,
    )
    return after


def reopened(connection: Connection, case: Case, *, now: datetime) -> Case:
    """A resolved case whose customer writes again, with whoever had it; or one that waits, and need not any more."""
    act = "reopen" if case.state == "resolved" else "heard"
    why = Handoff("customer_wrote", case.reason)
    change = Change(act, moved(case, act, SYSTEM, now=now), SYSTEM, why)
    return save_change(connection, case, change, now=now) or case
