"""A case: what a customer needs solved, and who owns it just now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.conversation import Thread

Owner = str
"""`ai`, `queue:<tier>` or `human:<id>`."""

AI: Owner = "ai"


def queue(tier: int) -> Owner:
    """The owner name of a tier's queue."""
    return f"queue:{tier}"


def human(staff_id: str) -> Owner:
    """The owner name of a person of the team."""
    return f"human:{staff_id}"


def is_human(owner: Owner) -> bool:
    """One person has it."""
    return owner.startswith("human:")


@dataclass(frozen=True, slots=True)
class Case:
    """One row per case. Every change is a compare-and-set on `version`."""

    id: str
    thread: Thread
    customer_id: str
    author_id: str
    """The platform user who opened it."""
    owner: Owner
    version: int
    state: Literal["open", "resolved", "closed"]
    """`resolved` opens again when the customer writes; `closed` does not: that opens a linked case."""
    opened_at: datetime
    reason: str = ""
    """Why it is where it is: the last hand-over's reason."""
    contacts: int = 0
    """How many turns the customer has begun in it."""
    phase: Literal["active", "waiting", "scheduled"] = "active"
    """waiting: a person answered, it is the customer's turn. scheduled: put off; `due` gives it back to its owner."""
    owner_name: str = ""
    """What the person who has it is called."""
    tier: int = 3
    """Whose queue it goes to when it is released."""
    resolution: Literal["", "asked", "confirmed", "assumed"] = ""
    """asked: the customer was asked and has not said; assumed: they stayed quiet. The two are never added up."""
    since: datetime | None = None
    """When it last moved."""
    linked: str = ""
    """The closed case that this one follows."""
    priority: str = "normal"
    """`high`, `normal` or `low`: judged when it comes to people, changed by them."""
    category: str = ""
    """What it is about, as judged then."""

    @property
    def is_with_ai(self) -> bool:
        """Only then may the bot send."""
        return self.owner == AI and self.state == "open"


@dataclass(frozen=True, slots=True)
class Handoff:
    """A hand-over to people, as data: never a magic word in a text."""

    reason_code: str
    """`customer_asked`, `model_asked`, `no_answer`, `tool_unknown`, `budget`, `failure`, `repeat_contact`, `urgent`."""
    reason: str
    """One line for staff."""
    tier: int = 3
