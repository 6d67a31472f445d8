"""Answers that customers called helpful: the passages that they stood on come sooner for the next such question."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.errors import BotError

log = logging.getLogger(__name__)

_LOOK_EVERY_S = 300.0
_MOST = 500
"""Newest answers that count."""


@dataclass(frozen=True, slots=True)
class Place:
    """A passage as an answer cited it."""

    source: str
    quote: str


@dataclass(frozen=True, slots=True)
class Helped:
    """One answer."""

    tenant: str
    """Whose customer asked: it counts for the questions of no other."""
    question: str
    """The customer's words, masked."""
    cited: tuple[Place, ...]


class HelpfulAnswers(Protocol):
    """The verdicts, with what they were about."""

    async def helpful(self, most: int) -> list[Helped]:
        """Answers that somebody called helpful and nobody the opposite, the newest first; without citations, none.

        They go with the words of their case, and when a verdict is taken back.
        """
        ...


class Learner(Protocol):
    """What finds passages, and can learn from what helped."""

    async def learn(self, helped: Sequence[Helped]) -> None:
        """From now on these count, and no others."""
        ...


class Recalling:
    """Keeps a search as the verdicts are. One a process."""

    def __init__(self, kept: HelpfulAnswers, learner: Learner) -> None:
        self._kept = kept
        self._learner = learner
        self._known: list[Helped] | None = None

    async def run(self) -> None:
        """Look now and then, for ever; cancel to stop."""
        while True:
            try:
                await self.look()
            except BotError as error:
                log.warning("what helped is not learned", extra={"why": str(error)})
            await asyncio.sleep(_LOOK_EVERY_S)

    async def look(self) -> None:
        """Learn what is there, if it is not what was there before. Raises `StoreError` and `ModelError`."""
        found = await self._kept.helpful(_MOST)
        if found != self._known:
            await self._learner.learn(found)
            self._known = found
