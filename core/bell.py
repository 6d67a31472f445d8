"""The bell between the processes that share a database: what one has saved, another has to act on at once.

Nothing rests on it: what a process misses it finds at its next look into the database.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

What = Literal["work", "more", "post", "taught", "stopped", "taken", "changed"]
"""work: a thread owes an answer. more: something came while its turn runs elsewhere. post: a row is due on a
platform. taught: the team has corrected a category. The others say why the running turn of a thread has to end, as
`TurnRunner.interrupt` takes them."""


@dataclass(frozen=True, slots=True)
class Ring:
    """What another process has saved."""

    what: What
    place: str
    """A thread's key; the platform for `post`, the case for `taught`."""
    turn_id: str = ""
    """The turn it is about; empty: whichever runs there."""


class Bell(Protocol):
    """Hears the others."""

    async def listen(self, hear: Callable[[Ring], None]) -> None:
        """Call `hear` for whatever other processes ring, for ever; returns at once where there are none."""
        ...
