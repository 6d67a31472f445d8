"""Which moves a case may make: one table, and the only place that says what a move leads to.

Pure: a case goes in, the case as it will be comes out; the store saves it by compare-and-set on `version`.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, get_args

from core.case import AI, Case, Handoff, Owner, human, is_human, queue
from core.conversation import Line, Thread
from core.reply import Post
from core.staffside import Crossing

Stage = Literal["ai_active", "queued", "human_active", "waiting_customer", "scheduled", "resolved", "closed"]
"""Where a case stands, read off its state, phase and owner."""

Act = Literal[
    "hand_over", "claim", "take_over", "speak", "release", "transfer", "requeue", "heard", "hand_back",
    "snooze", "due", "assign", "resolve", "confirm", "assume", "reopen", "close",
]  # fmt: skip
"""assign: given to the person whose turn it is. requeue: a claim or a queue ran out of time. heard: the customer wrote.
due: a snooze or callback is over."""

STAGES: tuple[Stage, ...] = get_args(Stage)
ACTS: tuple[Act, ...] = get_args(Act)

_OPEN: frozenset[Stage] = frozenset({"ai_active", "queued", "human_active", "waiting_customer", "scheduled"})
_WITH_PEOPLE: frozenset[Stage] = frozenset({"queued", "human_active", "waiting_customer", "scheduled"})

MOVES: dict[Act, frozenset[Stage]] = {
    "hand_over": frozenset({"ai_active", "scheduled"}),
    "claim": frozenset({"ai_active", "queued", "scheduled"}),
    "take_over": frozenset({"human_active", "waiting_customer", "scheduled"}),
    "speak": _OPEN,
    "release": frozenset({"human_active", "waiting_customer", "scheduled"}),
    "transfer": _OPEN,
    "requeue": frozenset({"queued", "human_active"}),
    "heard": frozenset({"waiting_customer", "scheduled"}),
    "hand_back": _WITH_PEOPLE,
    "snooze": _OPEN - {"scheduled"},
    "due": frozenset({"scheduled"}),
    "assign": frozenset({"queued"}),
    "resolve": _OPEN,
    "confirm": frozenset({"resolved"}),
    "assume": frozenset({"resolved"}),
    "reopen": frozenset({"resolved"}),
    "close": frozenset({"resolved"}),
}
"""From which stages each act is allowed; anything not named is refused."""

TOP_TIER = 3


@dataclass(frozen=True, slots=True)
class Actor:
    """Who moves a case."""

    owner: Owner
    """`human:<id>`, `ai`, or `system` for a timer."""
    name: str = ""


SYSTEM = Actor("system")


@dataclass(frozen=True, slots=True)
class Change:
    """A decided move with all that goes with it, saved in one transaction or not at all."""

    act: Act
    after: Case
    by: Actor
    why: Handoff
    note: str = ""
    """A boundary note for the transcript."""
    lines: tuple[Line, ...] = ()
    posts: tuple[tuple[Thread, Post], ...] = field(default=())
    crossings: tuple[Crossing, ...] = ()
    """Which of the posts, in their order, carry a message over; one that had crossed before undoes the change."""


def stage_of(case: Case) -> Stage:
    """Where a case stands."""
    if case.state != "open":
        return case.state
    if case.phase == "scheduled":
        return "scheduled"
    if case.owner == AI:
        return "ai_active"
    if not is_human(case.owner):
        return "queued"
    return "waiting_customer" if case.phase == "waiting" else "human_active"


def refusal(case: Case, act: Act, by: Actor) -> str:
    """Why this may not be done now, in words for whoever tried; empty when it may."""
    stage = stage_of(case)
    if act in ("claim", "speak", "release") and is_human(case.owner) and case.state == "open":
        if case.owner != by.owner:
            return f"Case {case.id} is already with {case.owner_name or 'somebody else'}."
        if act == "claim":
            return f"Case {case.id} is already yours."
    if stage in MOVES[act]:
        return ""
    return {
        "ai_active": f"Case {case.id} is with the bot already.",
        "queued": f"Case {case.id} waits in the queue; claim it first.",
        "human_active": f"Case {case.id} is already with {case.owner_name or 'somebody else'}.",
        "waiting_customer": f"Case {case.id} waits for the customer, with {case.owner_name or 'somebody else'}.",
        "scheduled": f"Case {case.id} is put off already.",
        "resolved": f"Case {case.id} is resolved; reopen it first.",
        "closed": f"Case {case.id} is closed.",
    }[stage]


def moved(case: Case, act: Act, by: Actor, *, now: datetime, to: Owner = "", to_name: str = "") -> Case:
    """The case after an allowed act. `to` is needed by transfer and assign, and by hand_over and requeue for the tier.

    Raises `ValueError` for an act that the table does not allow: ask `refusal` first.
    """
    if why := refusal(case, act, by):
        raise ValueError(why)
    after = replace(case, version=case.version + 1, since=now)
    if act in ("resolve", "confirm", "assume", "close", "reopen"):
        return _ended(after, act)
    owner, name = _next_owner(case, act, by, to, to_name)
    phase = {"speak": "waiting", "snooze": "scheduled"}.get(act, "active")
    tier = int(owner.partition(":")[2]) if owner.startswith("queue:") else case.tier
    return replace(after, owner=owner, owner_name=name, phase=phase, tier=tier)


def _ended(after: Case, act: Act) -> Case:
    match act:
        case "resolve":
            return replace(after, state="resolved", phase="active", resolution="asked")
        case "confirm":
            return replace(after, resolution="confirmed")
        case "assume":
            return replace(after, resolution="assumed")
        case "reopen":
            return replace(after, state="open", resolution="")
        case _:
            resolution = "assumed" if after.resolution == "asked" else after.resolution
            return replace(after, state="closed", resolution=resolution)


def _next_owner(case: Case, act: Act, by: Actor, to: Owner, to_name: str) -> tuple[Owner, str]:
    match act:
        case "claim" | "take_over" | "speak":
            return by.owner, by.name
        case "hand_back":
            return AI, ""
        case "transfer" | "assign":
            return (to, to_name) if to else (queue(case.tier), "")
        case "hand_over" | "release" | "requeue":
            return to or queue(case.tier), ""
        case _:
            return case.owner, case.owner_name


def staff_actor(staff_id: str, name: str) -> Actor:
    """A person of the team as an actor."""
    return Actor(human(staff_id), name)
