"""Rows of cases inside other transactions."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from adapters.storage import audit
from adapters.storage.ids import readable
from adapters.storage.tables import case_
from adapters.storage.transcript import add_lines
from core.case import AI, Case, Handoff, Owner
from core.conversation import Line, Message, Thread

_ADD = insert(case_)
_OPEN_IN_THREAD = select(case_).where(case_.c.thread == bindparam("thread"), case_.c.state == "open")
_BY_ID = select(case_).where(case_.c.id == bindparam("id"))
_BY_ID_HELD = _BY_ID.with_for_update()
_MOVE = (
    update(case_)
    .where(case_.c.id == bindparam("case_id"), case_.c.version == bindparam("read_version"))
    .values(
        owner=bindparam("owner"), version=bindparam("version"), state=bindparam("state"), reason=bindparam("reason")
    )
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
    )


def find_open(connection: Connection, thread: Thread) -> Case | None:
    """The open case of a thread."""
    row = connection.execute(_OPEN_IN_THREAD, {"thread": thread.key}).one_or_none()
    return None if row is None else case_of(row)


def find_case(connection: Connection, case_id: str, *, is_held: bool = False) -> Case | None:
    """A case by id; held, it does not change until this transaction ends."""
    row = connection.execute(_BY_ID_HELD if is_held else _BY_ID, {"id": case_id}).one_or_none()
    return None if row is None else case_of(row)


def open_case(connection: Connection, message: Message, customer_id: str, *, now: datetime) -> Case:
    """A new case of the message's thread, with the AI; there must be no open one."""
    case_id = readable("C")
    while find_case(connection, case_id) is not None:
        case_id = readable("C")
    thread = message.thread
    case = Case(case_id, thread, customer_id, message.author.id, AI, 1, "open", now)
    connection.execute(
        _ADD,
        {
            "id": case.id,
            "thread": thread.key,
            "tenant": thread.tenant,
            "platform": thread.platform,
            "customer_id": customer_id,
            "author_id": case.author_id,
            "owner": case.owner,
            "version": case.version,
            "state": case.state,
            "opened_at": now,
            "reason": "",
            "contacts": 0,
        },
    )
    audit.note(connection, at=now, case_id=case_id, what="opened", by="system", thread=thread.key)
    return case


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


def move_case(
    connection: Connection,
    case: Case,
    owner: Owner,
    *,
    why: Handoff,
    note: str,
    by: str,
    now: datetime,
    is_resolved: bool = False,
) -> Case | None:
    """Compare-and-set of the owner, with a boundary note and an audit row; None when it had changed."""
    moved = replace(
        case,
        owner=owner,
        version=case.version + 1,
        state="resolved" if is_resolved else case.state,
        reason=why.reason,
    )
    change = {
        "case_id": case.id,
        "read_version": case.version,
        "owner": owner,
        "version": moved.version,
        "state": moved.state,
        "reason": moved.reason,
    }
    if connection.execute(_MOVE, change).rowcount != 1:
        return None
    if note:
        add_lines(connection, case.id, [Line("system", "", note, now)])
    audit.note(
        connection,
        at=now,
        case_id=case.id,
        what="resolved" if is_resolved else "moved",
        by=by,
        old_owner=case.owner,
        new_owner=owner,
        version=moved.version,
        reason_code=why.reason_code,
        reason=why.reason,
    )
    return moved
