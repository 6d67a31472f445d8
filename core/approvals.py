"""Asking a person before money moves, and saying what they decided."""

import secrets
from datetime import datetime, timedelta

from core.actions import Action, Approval, Decision
from core.principal import Principal
from core.reply import Button, Post


def new_approval(action: Action, *, evidence: str, now: datetime, expires_h: float) -> Approval:
    """A pending approval for an action."""
    return Approval(
        id=f"A-{secrets.token_hex(5)}",
        action_key=action.key,
        state="pending",
        evidence=evidence,
        expires_at=now + timedelta(hours=expires_h),
    )


def approval_card(action: Action, approval: Approval, *, asked_by: Principal) -> Post:
    """What staff see: exactly what will happen, for whom, on which evidence."""
    return Post(
        text="\n".join(_card_lines(action, approval, asked_by.name)),
        kind="card",
        buttons=(
            Button("approve", approval.id, "Approve", "good"),
            Button("deny", approval.id, "Deny", "danger"),
        ),
        footer=f"Case {action.case_id} · approval {approval.id}",
    )


def _card_lines(action: Action, approval: Approval, name: str) -> list[str]:
    details = [f"- {key}: {value}" for key, value in action.arguments.items() if value not in (None, "")]
    return [
        f"**Approval needed: {action.title}**" + (f" — **{action.money}**" if action.money else ""),
        *details,
        f"- asked by: {name} (customer {action.customer_id or 'not linked'})",
        *([f"- evidence: {approval.evidence}"] if approval.evidence else []),
        f"- expires: {approval.expires_at:%Y-%m-%d %H:%M} UTC",
    ]


def decided_card(action: Action, approval: Approval) -> Post:
    """The card once it was decided: no buttons, and who decided."""
    verdict = "Approved" if approval.state == "approved" else "Denied"
    money = f" — {action.money}" if action.money else ""
    return Post(
        text=f"**{verdict}: {action.title}**{money}\n- by: {approval.decided_by}",
        kind="card",
        footer=f"Case {action.case_id} · approval {approval.id}",
    )


def answer_to_presser(decision: Decision) -> str:
    """What the one who pressed is told."""
    approval = decision.approval
    earlier = f"{approval.state} by {approval.decided_by or 'somebody else'}" if approval else "decided"
    return {
        "approved": "Approved. It is carried out now.",
        "denied": "Denied. The customer is told.",
        "already": f"This was decided already: {earlier}.",
        "expired": "This approval has expired. The customer can ask again.",
        "unknown": "There is no such approval.",
        "own": "You asked for this yourself, so somebody else has to decide.",
        "not_allowed": "You may not decide about this.",
    }[decision.state]
