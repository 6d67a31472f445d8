"""A person's decision about an action: once, in time, and never about their own wish."""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, bindparam, update

from adapters.storage import audit
from adapters.storage.actionrows import find_action, find_approval
from adapters.storage.inbox import add_event
from adapters.storage.tables import action, approval
from core.actions import Action, Approval, Decision
from core.conversation import Thread
from core.turn import InboxEvent

_DECIDE = (
    update(approval)
    .where(approval.c.id == bindparam("approval_id"), approval.c.state == "pending")
    .values(state=bindparam("state"), decided_by=bindparam("decided_by"), decided_at=bindparam("now"))
)
_DENY = update(action).where(action.c.key == bindparam("of_key"), action.c.state == "proposed").values(state="denied")


def decide(
    connection: Connection, approval_id: str, *, is_approved: bool, by: str, by_name: str, place: Thread, now: datetime
) -> Decision:
    """Compare-and-set from pending; what came of it, also when nothing did."""
    asked = find_approval(connection, approval_id)
    wanted = find_action(connection, asked.action_key) if asked else None
    if asked is None or wanted is None:
        return Decision("unknown")
    refusal = _refusal(asked, wanted, by=by, place=place, now=now)
    if refusal == "expired" and asked.state == "pending":
        asked = _close(connection, asked, "expired", by_name="", now=now) or asked
    if refusal is not None:
        return Decision(refusal, asked, wanted)
    state = "approved" if is_approved else "denied"
    decided = _close(connection, asked, state, by_name=by_name or by, now=now)
    if decided is None:
        return Decision("already", find_approval(connection, approval_id), wanted)
    if not is_approved:
        connection.execute(_DENY, {"of_key": wanted.key})
    event = InboxEvent(kind="decision", action_key=wanted.key, keys=(f"approval:{approval_id}",))
    add_event(connection, event, now=now)
    audit.note(
        connection,
        at=now,
        case_id=wanted.case_id,
        what=state,
        by=f"human:{by}",
        action=wanted.key,
        approval=approval_id,
        name=by_name,
    )
    return Decision(state, decided, find_action(connection, wanted.key))


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
