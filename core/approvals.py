"""Asking a person before money moves, and saying what they decided."""

import re
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from pydantic import JsonValue

from core.actions import Action, Approval, Decision
from core.parameters import as_text
from core.phrases import CONFIRM_HOW
from core.principal import Principal
from core.reply import Button, Enclosed, Post
from core.timers import Timer
from core.tools import Money, ToolResult

EXPIRY = "approval_expiry"
"""The kind of timer that rings when an approval's time has run out."""
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
_TYPED = re.compile(
    r"\s*(?P<before>[€$£¥]|[A-Za-z]{3})?\s*(?P<whole>[0-9]{1,9})(?:[.,](?P<part>[0-9]{1,2}))?\s*(?P<after>[€$£¥]|[A-Za-z]{3})?\s*"
)


def new_approval(
    action: Action,
    *,
    evidence: str,
    now: datetime,
    expires_h: float,
    asks: Literal["staff", "customer"] = "staff",
) -> Approval:
    """A pending approval for an action."""
    return Approval(
        id=f"A-{secrets.token_hex(5)}",
        action_key=action.key,
        state="pending",
        evidence=evidence,
        expires_at=now + timedelta(hours=expires_h),
        asks=asks,
    )


def confirmation_line(action: Action) -> str:
    """What the customer is asked to agree to: written by code from the very arguments that would run."""
    money = f" ({action.money})" if action.money else ""
    return "\n".join([f"Please check before I do this: **{action.title}**{money}", *details(action), CONFIRM_HOW])


def with_amount(action: Action) -> Action:
    """An action whose tool takes an `amount` names it, so that whoever approves may lower it."""
    if action.money is None or "amount" not in action.arguments:
        return action
    return replace(action, arguments={**action.arguments, "amount": str(action.money.amount)})


def amount_of(text: str) -> Money | None:
    """The amount that somebody typed beside Approve, `25`, `25,00 EUR` or `€25`; None for anything else.

    Its currency is empty where they named none. A thousand is written without a separator: `1.000` may be one.
    """
    found = _TYPED.fullmatch(text)
    if found is None or (found["before"] and found["after"]):
        return None
    named = (found["before"] or found["after"] or "").upper()
    return Money(Decimal(f"{found['whole']}.{found['part'] or '0'}"), _SIGNS.get(named, named))


def lowered(action: Action, amount: Money) -> Action | None:
    """The action with a smaller amount; None where it can't be changed to that."""
    if action.money is None or "amount" not in action.arguments:
        return None
    if amount.currency not in ("", action.money.currency) or not 0 < amount.amount <= action.money.amount:
        return None
    return with_amount(replace(action, money=replace(action.money, amount=amount.amount)))


def details(action: Action) -> list[str]:
    """The arguments as lines, on one line each whatever stands in them."""
    shown = {key: value for key, value in action.arguments.items() if value not in (None, "", [])}
    if action.money is not None:
        shown.pop("amount", None)  # it stands in the heading, with its currency
    return [f"- {plain_name(key)}: {_on_one_line(value)}" for key, value in shown.items()]


def _on_one_line(value: JsonValue) -> str:
    texts = [as_text(each) for each in value] if isinstance(value, list) else [as_text(value)]
    return ", ".join(" ".join(text.split()) for text in texts)


def plain_name(argument: str) -> str:
    """An argument's name as people say it: `order_id` is the order number."""
    return argument.removesuffix("_id").replace("_", " ") + (" number" if argument.endswith("_id") else "")


def approval_card(
    action: Action, approval: Approval, *, asked_by: Principal, pictures: tuple[Enclosed, ...] = ()
) -> Post:
    """What staff see: exactly what will happen, for whom, on which evidence."""
    can_lower = action.money is not None and "amount" in action.arguments
    lower = (Button("approve_as", approval.id, "Lower amount…"),) if can_lower else ()
    return Post(
        text="\n".join(_card_lines(action, approval, asked_by.name)),
        kind="card",
        buttons=(
            Button("approve", approval.id, "Approve", "good"),
            *lower,
            Button("deny", approval.id, "Deny", "danger"),
        ),
        footer=f"Case {action.case_id} · approval {approval.id}",
        enclosed=pictures,
    )


def _card_lines(action: Action, approval: Approval, name: str) -> list[str]:
    whose = f"customer {action.customer_id}" if action.customer_id else "not linked to a customer"
    return [
        f"**Approval needed: {action.title}**" + (f" — **{action.money}**" if action.money else ""),
        *details(action),
        f"- asked by: {name} ({whose})",
        *(f"- {line.strip(' -')}" for line in approval.evidence.splitlines() if line.strip(" -")),
        f"- expires: {approval.expires_at:%Y-%m-%d %H:%M} UTC",
    ]


def expiry_timer(action: Action, approval: Approval) -> Timer:
    """Rings when it is too late to approve."""
    payload = {"approval": approval.id}
    return Timer(expiry_timer_id(approval.id), EXPIRY, approval.expires_at, payload, action.case_id)


def expiry_timer_id(approval_id: str) -> str:
    """The id of an approval's timer."""
    return f"{EXPIRY}:{approval_id}"


def lapsed(action: Action) -> ToolResult:
    """What became of an action that nobody decided about in time; said to the customer as it stands."""
    return ToolResult(
        f"Nobody of our team decided in time, so nothing was carried out: {action.title}. "
        "Ask me again if you still want it, and I will ask them anew."
    )


def decided_card(action: Action, approval: Approval) -> Post:
    """The card once it was decided or had run out: no buttons, and who decided."""
    verdict = approval.state.capitalize()
    by = approval.decided_by or f"nobody before {approval.expires_at:%Y-%m-%d %H:%M} UTC"
    money = f" — {action.money}" if action.money else ""
    return Post(
        text=f"**{verdict}: {action.title}**{money}\n- by: {by}",
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
        "bad_amount": _amount_refused(decision.action),
    }[decision.state]


def _amount_refused(action: Action | None) -> str:
    if action is None or action.money is None or "amount" not in action.arguments:
        return "The amount of this cannot be changed. Approve it as it was asked for, or deny it."
    return f"That cannot be approved: name an amount in {action.money.currency} above 0 and up to {action.money}."
