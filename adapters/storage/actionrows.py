"""Rows of actions and approvals inside other transactions."""

from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select

from adapters.storage.tables import action, approval
from core.actions import Action, Approval
from core.conversation import Thread

_BY_KEY = select(action).where(action.c.key == bindparam("key"))
_ADD = insert(action)
_ADD_APPROVAL = insert(approval)
_APPROVAL = select(approval).where(approval.c.id == bindparam("id"))
_AWAITS_CUSTOMER = (
    select(approval)
    .join(action, action.c.key == approval.c.action_key)
    .where(action.c.case_id == bindparam("case_id"), approval.c.state == "pending", approval.c.asks == "customer")
    .order_by(action.c.id)
)
_APPROVALS_OF = select(approval).where(approval.c.action_key == bindparam("key"))

WISH = ("tool", "arguments", "case_id", "turn_id", "thread", "customer_id", "author_id", "title", "money")
"""The columns that say what is wanted, not what became of it."""


def action_of(row: Row[Any]) -> Action:
    """The row as the core sees it."""
    return Action(
        key=row.key,
        tool=row.tool,
        arguments=row.arguments,
        case_id=row.case_id,
        turn_id=row.turn_id,
        thread=Thread.from_key(row.thread),
        customer_id=row.customer_id,
        author_id=row.author_id,
        title=row.title,
        state=row.state,
        created_at=row.created_at,
        money=row.money,
        result=row.result,
        receipt_id=row.receipt_id,
    )


def values_of(wanted: Action) -> dict[str, Any]:
    """The values of the `WISH` columns."""
    return {
        "tool": wanted.tool,
        "arguments": wanted.arguments,
        "case_id": wanted.case_id,
        "turn_id": wanted.turn_id,
        "thread": wanted.thread.key,
        "customer_id": wanted.customer_id,
        "author_id": wanted.author_id,
        "title": wanted.title,
        "money": wanted.money,
    }


def awaits_customer(connection: Connection, case_id: str) -> list[Approval]:
    """What the customer of a case was asked to agree to and has not answered, oldest first."""
    return [approval_of(row) for row in connection.execute(_AWAITS_CUSTOMER, {"case_id": case_id}).all()]


def approval_of(row: Row[Any]) -> Approval:
    """The row as the core sees it."""
    return Approval(row.id, row.action_key, row.state, row.evidence, row.expires_at, row.decided_by, row.asks)


def find_action(connection: Connection, key: str) -> Action | None:
    """The action of a key."""
    row = connection.execute(_BY_KEY, {"key": key}).one_or_none()
    return None if row is None else action_of(row)


def add_action(connection: Connection, new: Action) -> None:
    """Keep a new action."""
    created = {"key": new.key, "state": new.state, "created_at": new.created_at, "receipt_id": "", "result": None}
    connection.execute(_ADD, {**values_of(new), **created})


def find_approval(connection: Connection, approval_id: str) -> Approval | None:
    """The approval of an id."""
    row = connection.execute(_APPROVAL, {"id": approval_id}).one_or_none()
    return None if row is None else approval_of(row)


def approvals_of(connection: Connection, key: str) -> list[Approval]:
    """All approvals that an action ever waited for."""
    return [approval_of(row) for row in connection.execute(_APPROVALS_OF, {"key": key}).all()]


def add_approval(connection: Connection, new: Approval) -> None:
    """Keep a new approval."""
    connection.execute(
        _ADD_APPROVAL,
        {
            "id": new.id,
            "action_key": new.action_key,
            "state": new.state,
            "evidence": new.evidence,
            "expires_at": new.expires_at,
            "decided_by": new.decided_by,
            "asks": new.asks,
        },
    )
