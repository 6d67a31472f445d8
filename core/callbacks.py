"""Promises to get back to a customer at a moment: a call, or a reply. Kept as rows, rung once, told when late.

What a promise is and which moves it may make; `promising.py` carries them out.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from core.hours import OpenHours, in_words, zone_of
from core.timers import Timer

DUE = "callback_due"
LATE = "callback_late"
"""Kinds of timers: the promised moment, and the one after which a silent team has broken the promise."""

State = Literal["waiting", "due", "kept", "late", "cancelled"]
"""due: put before staff. kept: a person spoke in time. late: nobody did, and the customer was told."""

Act = Literal["reschedule", "cancel", "ring", "keep", "miss"]

MOVES: dict[Act, dict[State, State]] = {
    "reschedule": {"waiting": "waiting", "due": "waiting", "late": "waiting"},
    "cancel": {"waiting": "cancelled", "due": "cancelled", "late": "cancelled"},
    "ring": {"waiting": "due"},
    "keep": {"due": "kept", "late": "kept"},
    "miss": {"due": "late"},
}
"""What each act makes of each state; anything not named is refused."""


@dataclass(frozen=True, slots=True)
class Callback:
    """One promise. Every change is a compare-and-set on `version`."""

    id: str
    """Empty until it is kept."""
    case_id: str
    kind: Literal["callback", "reply"]
    due_at: datetime
    zone: str
    """The customer's time zone, in which the moment is said to them."""
    note: str
    """What it is about, in the customer's or the teammate's words."""
    by: str
    """Who agreed to it: `ai`, `human:<id>`, `customer:<id>`."""
    state: State = "waiting"
    version: int = 1

    @property
    def said(self) -> str:
        """The moment as its customer reads it."""
        return in_words(self.due_at, zone_of(self.zone))

    @property
    def what(self) -> str:
        """The word for it."""
        return "Callback" if self.kind == "callback" else "Promised reply"


@dataclass(frozen=True, slots=True)
class Declined:
    """A moment that cannot be promised: why, and which can, in the customer's time zone."""

    why: str
    openings: tuple[datetime, ...] = ()

    @property
    def said(self) -> str:
        """One line for whoever asked."""
        return self.why + (f" Free: {', '.join(f'{at:%a %d %b %H:%M}' for at in self.openings)}." * bool(self.openings))


def changed(before: Callback, act: Act, *, due_at: datetime | None = None, zone: str = "") -> Callback | None:
    """The promise after an act; None when its state does not allow it."""
    state = MOVES[act].get(before.state)
    if state is None:
        return None
    return replace(
        before,
        state=state,
        version=before.version + 1,
        due_at=due_at or before.due_at,
        zone=zone or before.zone,
    )


def timers_of(callback: Callback, *, late_after: timedelta) -> tuple[Timer, Timer]:
    """What rings for a promise as it stands now; a changed one has others."""
    payload = {"callback": callback.id, "version": callback.version}
    due, late = callback.due_at, callback.due_at + late_after
    return (
        Timer(f"{DUE}:{callback.id}:{callback.version}", DUE, due, payload, callback.case_id),
        Timer(f"{LATE}:{callback.id}:{callback.version}", LATE, late, payload, callback.case_id),
    )


def read_local(text: str, zone: ZoneInfo) -> datetime | None:
    """What somebody wrote as a moment in their zone, `2026-11-26 15:00`, in UTC; None when it is none.

    A time that the clocks skip is the one as long after midnight as if they had not; one that comes twice, the first.
    """
    try:
        found = datetime.fromisoformat(text.strip().replace(" ", "T", 1))
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def openings(hours: OpenHours, zone: ZoneInfo, *, after: datetime, slot: timedelta, count: int) -> list[datetime]:
    """The next moments that can be promised, on the marks of a slot's length, in the customer's zone."""
    found = list[datetime]()
    at = _next_mark(after, slot)
    while len(found) < count and (opening := hours.next_opening(at)) is not None:
        at = _next_mark(opening, slot)
        if hours.is_open(at):
            found.append(at.astimezone(zone))
            at += slot
    return found


def _next_mark(at: datetime, slot: timedelta) -> datetime:
    over = (at.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) % slot
    return at.astimezone(UTC) + (slot - over if over else timedelta())


class Callbacks(Protocol):
    """Promises as rows, each with its timers in the same transaction."""

    async def add(self, new: Callback, *, late_after: timedelta) -> Callback:
        """Keep it, with an id; the case's promise that is not yet kept is cancelled in its favour."""
        ...

    async def change(self, before: Callback, after: Callback, act: Act, *, by: str, late_after: timedelta) -> bool:
        """Compare-and-set on `before.version`; timers follow. False when somebody else changed it first."""
        ...

    async def get(self, callback_id: str) -> Callback | None:
        """A promise by id."""
        ...

    async def of_case(self, case_id: str) -> list[Callback]:
        """All promises of a case, oldest first."""
        ...
