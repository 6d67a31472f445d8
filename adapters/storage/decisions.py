"""A person's decision about an action: once, in time, and never about their own wish."""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, bindparam, update

from adapters.storage import audit
from adapters.storage.actionrows import find_action, find_approval
from adapters.storage.identities import find_link
from adapters.storage.inbox import add_event
from adapters.storage.tables import action, approval
from adapters.storage.timers import cancel_timer
from core.actions import Action, Approval, Decision
from core.approvals import expiry_timer_id, lapsed, lowered
from core.conversation import Thread
from core.identity import ChatUser
from core.tools import Money
from core.turn import InboxEvent

_DECIDE = (
    update(approval)
    .where(approval.c.id == bindparam("approval_id"), approval.c.state == "pending")
    .values(state=bindparam("state"), decided_by=bindparam("decided_by"), decided_at=bindparam("now"))
)
_DENY = update(action).where(action.c.key == bindparam("of_key"), action.c.state == "proposed").values(state="denied")
_LOWER = (
    update(action)
    .where(action.c.key == bindparam("of_key"), action.c.state == "proposed")
    .values(money=bindparam("money"), arguments=bindparam("arguments"))
)
_LAPSE = (
    update(action)
    .where(action.c.key == bindparam("of_key"), action.c.state == "proposed")
    .values(state="failed", result=bindparam("result"))
)

_DROP = update(action).where(action.c.key == bindparam("of_key"), action.c.state == "proposed").values(state="failed")


def decide(
    connection: Connection,
    approval_id: str,
    *,
    is_approved: bool,
    by: str,
    by_name: str,
    place: Thread,
    now: datetime,
    amount: Money | None = None,
) -> Decision:
    """Compare-and-set from pending; what came of it, also when nothing did."""
    asked = find_approval(connection, approval_id)
    wanted = find_action(connection, asked.action_key) if asked else None
    if asked is None or wanted is None or asked.asks != "staff":
        return Decision("unknown")
    refusal = _refusal(asked, wanted, by=by, place=place, now=now)
    own = find_link(connection, ChatUser.of(by, place))
    if refusal is None and own is not None and wanted.customer_id == own.customer_id:
        refusal = "own"  # the same person on another platform
    if refusal == "expired":
        return _run_out(connection, asked, wanted, now=now)
    if refusal is not None:
        return Decision(refusal, asked, wanted)
    changed = wanted if amount is None else lowered(wanted, amount)
    if changed is None:
        return Decision("bad_amount", asked, wanted)
    state = "approved" if is_approved else "denied"
    decided = _close(connection, asked, state, by_name=by_name or by, now=now)
    if decided is None:
        return Decision("already", find_approval(connection, approval_id), wanted)
    if not is_approved:
        connection.execute(_DENY, {"of_key": wanted.key})
    elif changed is not wanted:
        change = {"of_key": wanted.key, "money": changed.money, "arguments": changed.arguments}
        connection.execute(_LOWER, change)
    cancel_timer(connection, expiry_timer_id(approval_id))
    _tell(connection, wanted, approval_id, state, by=f"human:{by}", name=by_name, now=now)
    return Decision(state, decided, find_action(connection, wanted.key))


def expire(connection: Connection, approval_id: str, *, now: datetime) -> Decision:
    """Close an approval whose time has run out."""
    asked = find_approval(connection, approval_id)
    wanted = find_action(connection, asked.action_key) if asked else None
    if asked is None or wanted is None or (asked.state == "pending" and asked.expires_at > now):
        return Decision("unknown", asked, wanted)
    if asked.state in ("approved", "denied"):
        return Decision("already", asked, wanted)
    return _run_out(connection, asked, wanted, now=now)


def _run_out(connection: Connection, asked: Approval, wanted: Action, *, now: datetime) -> Decision:
    """The approval is closed and its action has failed; the customer will hear of it, once."""
    closed = _close(connection, asked, "expired", by_name="", now=now)
    if closed is None:
        return Decision("expired", asked, wanted)
    connection.execute(_LAPSE, {"of_key": wanted.key, "result": lapsed(wanted)})
    _tell(connection, wanted, asked.id, "expired", by="system", name="", now=now)
    return Decision("expired", closed, find_action(connection, wanted.key))


def _tell(
    connection: Connection, wanted: Action, approval_id: str, what: str, *, by: str, name: str, now: datetime
) -> None:
    """A decision event, so that the customer hears of it in a turn of its own, and a row of the audit."""
    event = InboxEvent(kind="decision", action_key=wanted.key, keys=(f"approval:{approval_id}",))
    add_event(connection, event, now=now)
    audit.note(
        connection,
        at=now,
        case_id=wanted.case_id,
        what=what,
        by=by,
        action=wanted.key,
        approval=approval_id,
        name=name,
    )


def answer(connection: Connection, approval_id: str, *, is_yes: bool, by: str, now: datetime) -> Action | None:
    """The customer's own answer; see `core.ports.Actions`."""
    asked = find_approval(connection, approval_id)
    wanted = find_action(connection, asked.action_key) if asked else None
    if asked is None or wanted is None or asked.asks != "customer" or wanted.author_id != by:
        return None
    is_late = asked.expires_at <= now
    state = "expired" if is_late else "approved" if is_yes else "denied"
    if _close(connection, asked, state, by_name=by, now=now) is None:
        return None
    if state != "approved":
        connection.execute(_DROP, {"of_key": wanted.key})
    audit.note(
        connection, at=now, case_id=wanted.case_id, what=f"confirmation {state}", by=f"customer:{by}",
        action=wanted.key, approval=approval_id,
    )  # fmt: skip
    return None if is_late else find_action(connection, wanted.key)


def _refusal(
    asked: Approval, wanted: Action, *, by: str, place: Thread, now: datetime
) -> Literal["already", "expired", "own"] | None:
    if asked.state in ("approved", "denied"):
        return "already"
    if asked.state == "expired" or asked.expires_at <= now:
        return "expired"
    asker = (wanted.thread.platform, wanted.thread.tenant, wanted.author_id)
    return "own" if asker == (place.platform, place.tenant, by) else None


def _close(
    connection: Connection,
    asked: Approval,
    state: Literal["approved", "denied", "expired"],
    *,
    by_name: str,
    now: datetime,
) -> Approval | None:
    change = {"approval_id": asked.id, "state": state, "decided_by": by_name, "now": now}
    if connection.execute(_DECIDE, change).rowcount != 1:
        return None
    return replace(asked, state=state, decided_by=by_name)
