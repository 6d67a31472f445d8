"""What an answerer is given and gives: the one seam between a turn and whoever works the answer out."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.knowledge import Found, Inquiry, Reader, Said
from core.modelling import Work
from core.prompt import Seen
from core.reply import ReplyEvent
from core.routing import ANYTHING, Route
from core.scene import Scene
from core.turn import Turn, TurnRecord

_EARLIER = 12
"""Lines of the conversation that a question may lean on."""


@dataclass(frozen=True, slots=True)
class Question:
    """A turn, ready to be answered."""

    turn: Turn
    scene: Scene
    seen: Sequence[Seen]
    decisions: Sequence[str]
    """What approved actions led to, one line each; told to the customer already."""
    query: str
    """The words to search knowledge with: what is asked now and what pictures show."""
    work: Work = "chat"
    """Which kind of model answers."""
    route: Route = ANYTHING
    """Says which functions the model may call."""
    found: Found | None = None
    """What knowledge gave, where it was searched before."""

    @property
    def inquiry(self) -> Inquiry:
        """What knowledge is searched for, with what was said before and for whom."""
        before = tuple(Said(line.text, line.speaker != "customer") for line in self.turn.history if line.text)
        principal = self.scene.principal
        thread = self.turn.thread
        reader = Reader(thread.tenant, thread.channel, self.route.tier, is_verified=principal.verified is not None)
        return Inquiry(self.query, before[-_EARLIER:], reader)


class Answerer(Protocol):
    """Works out an answer."""

    @property
    def label(self) -> str:
        """Which model speaks, for people."""
        ...

    async def warm_up(self) -> None:
        """Prepare what can be prepared before the first question; never fails."""
        ...

    def answer(self, question: Question, record: TurnRecord) -> AsyncGenerator[ReplyEvent, None]:
        """The answer as events, without the closing `ReplyEnded`. What happened goes into the record.

        Raises `ModelError` when no model answered.
        """
        ...
