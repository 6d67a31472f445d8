"""What the staff's side keeps: rooms, and what passed between the two sides."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from core.case import Case
from core.conversation import Thread
from core.reply import Post

ANY_TENANT = "-"
"""A staff channel of another platform: its tenant is not known before it has connected, and not needed to post."""

Direction = Literal["to_staff", "to_customer"]


@dataclass(frozen=True, slots=True)
class Crossing:
    """One message carried to the other side; unique by source and target."""

    case_id: str
    direction: Direction
    source: str
    """The key that channel and id give the message, `place_key`."""
    target: Thread
    outbox_key: str
    by: str
    state: str = ""
    """Of its outbox row: due, sent, failed."""
    ref: str = ""
    """The platform's id of the copy, once it is there."""
    text: str = ""
    """What the copy says."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """A case in which nothing has happened for a while."""

    case: Case
    since: datetime
    """Of the last line or move."""
    last_speaker: str


class StaffSide(Protocol):
    """Rooms, crossings and ratings as rows."""

    async def open_room(self, case_id: str, place: Thread, room: Thread) -> None:
        """Remember where the people of a place talk about a case; the first one stays."""
        ...

    async def rooms(self, case_id: str) -> list[Thread]:
        """All rooms of a case."""
        ...

    async def case_in(self, room: Thread) -> str:
        """The id of the case that a room is about; empty for any other place."""
        ...

    async def cards(self, case_id: str) -> list[str]:
        """The outbox keys of a case's packets, `card:…`, and of the cards of its drafts, `post:…`."""
        ...

    async def cross(self, crossing: Crossing, post: Post) -> bool:
        """Carry a message over: its map row and its outbox row at once; False when it had crossed before."""
        ...

    async def of_source(self, source: str) -> list[Crossing]:
        """What a message became on the other side."""
        ...

    async def of_case(self, case_id: str) -> list[Crossing]:
        """All that crossed in a case, oldest first, with its state."""
        ...

    async def relabel(self, source: str, text: str) -> None:
        """A person changed what they said: the transcript follows; an empty text takes the line away."""
        ...

    async def quiet(self, *, before: datetime) -> list[Quiet]:
        """Cases not closed in which nothing was said or moved since."""
        ...

    async def of_delivery(self, row_id: int) -> Crossing | None:
        """The crossing whose copy is this row of the outbox."""
        ...

    async def retry(self, row_id: int, thread: Thread) -> bool:
        """Deliver a failed row of a thread anew; False when there is none."""
        ...

    async def rate(self, case_id: str, score: int, comment: str, *, by: str, resolved_by: str) -> bool:
        """The customer's rating, once a case; a later one replaces score and comment. False for an unknown case."""
        ...


def copy_key(direction: Direction, source: str, target: Thread) -> str:
    """The outbox key of a copy."""
    return f"{direction}:{source}:{target.key}"
