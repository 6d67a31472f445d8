"""Side effects as rows: what was intended, what became of it, and who allowed it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.conversation import Thread
from core.tools import Arguments, Money, ToolResult

ActionState = Literal["proposed", "intended", "done", "failed", "unknown", "denied"]
"""proposed: waits for approval. intended: about to run, or cut off while running. unknown: a person looks."""


@dataclass(frozen=True, slots=True)
class Action:
    """One side effect, once. `key` names tool and what it acts on, so a second wish finds the first."""

    key: str
    tool: str
    arguments: Arguments
    case_id: str
    turn_id: str
    thread: Thread
    customer_id: str
    author_id: str
    """Who asked for it; that person may never approve it."""
    title: str
    state: ActionState
    created_at: datetime
    money: Money | None = None
    result: ToolResult | None = None
    receipt_id: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's decision that an action waits for."""

    id: str
    action_key: str
    state: Literal["pending", "approved", "denied", "expired"]
    evidence: str
    """What speaks for it, as shown to the approver."""
    expires_at: datetime
    decided_by: str = ""
    asks: Literal["staff", "customer"] = "staff"
    """Who has to agree: somebody of staff, or the customer themself to exactly this."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a press on Approve or Deny led to."""

    state: Literal["approved", "denied", "already", "expired", "unknown", "own", "not_allowed", "bad_amount"]
    """`own`: nobody decides about their own wish; `already`: somebody was faster."""
    approval: Approval | None = None
    action: Action | None = None
