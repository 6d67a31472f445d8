"""How long things are kept, by kind.

Looks at rows, not at memory, so a restart forgets nothing and two replicas do no harm.
"""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Literal, Protocol, get_args

from core.errors import BotError
from core.ports import Clock
from core.settings import RetentionSettings

log = logging.getLogger(__name__)

Kind = Literal["pictures", "words", "traces"]
"""pictures: uploads, and what was found in them. words: all that was said in cases that are closed, with the files that
passed; when it was said stays, so figures do. traces: why the bot did what it did."""

KINDS: tuple[Kind, ...] = get_args(Kind)

_LOOK_S = 3_600.0
_MOST_AT_ONCE = 200


class Kept(Protocol):
    """What is kept, by kind."""

    async def sweep(self, kind: Kind, before: datetime, *, limit: int) -> int:
        """Erase what is older, at most `limit` pictures, cases or turns in one transaction; how many there were."""
        ...


class Retention:
    """One per process."""

    def __init__(self, *, kept: Kept, settings: RetentionSettings, clock: Clock) -> None:
        self._kept = kept
        self._days = {"pictures": settings.pictures_days, "words": settings.words_days, "traces": settings.traces_days}
        self._clock = clock

    async def run(self) -> None:
        """Look for ever; cancel to stop."""
        while True:
            try:
                await self.sweep()
            except BotError as error:
                log.warning("nothing erased", extra={"why": str(error)})
            await asyncio.sleep(_LOOK_S)

    async def sweep(self) -> dict[Kind, int]:
        """Erase everything whose time is over; how many of each kind."""
        now = self._clock.now()
        gone: dict[Kind, int] = {}
        for kind in KINDS:
            if days := self._days[kind]:
                gone[kind] = await self._sweep(kind, now - timedelta(days=days))
        if any(gone.values()):
            log.info("erased what is kept no longer", extra={**gone})
        return gone

    async def _sweep(self, kind: Kind, before: datetime) -> int:
        count = 0
        while found := await self._kept.sweep(kind, before, limit=_MOST_AT_ONCE):
            count += found
        return count
