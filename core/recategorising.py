"""A category that the team puts right: it counts for the case at once, and the first pass of triage learns from it."""

import asyncio
import difflib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from core.case import Case
from core.categories import Categories
from core.errors import BotError

log = logging.getLogger(__name__)

_LISTED = 24


class Corrections(Protocol):
    """Categories as the team said them, for learning."""

    async def keep(self, case_id: str, category: str, *, by: str) -> bool:
        """The last word on a case's category; False for an unknown case."""
        ...


async def _nothing() -> None:
    return


@dataclass(slots=True)
class Recategorising:
    """One a process; `learn` is woken by corrections and runs in `run`, in nobody's way."""

    corrections: Corrections
    categories: Categories
    learn: Callable[[], Awaitable[None]] = _nothing
    _corrected: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Learn after corrections, for as long as the process runs."""
        while True:
            await self._corrected.wait()
            self._corrected.clear()
            try:
                await self.learn()
            except BotError as error:
                log.warning("corrections not learned", extra={"why": str(error)})

    def wake(self) -> None:
        """A category was corrected, here or by another process."""
        self._corrected.set()

    async def correct(self, case: Case, category: str, *, by: str) -> tuple[Case | str, str]:
        """The case with its category, or why not; and the line for whoever said so."""
        name = category.strip().lower().replace(" ", "_").replace("-", "_")
        if name not in self.categories:
            return self._unknown(case, name), ""
        if not await self.corrections.keep(case.id, name, by=by):
            return f"There is no case {case.id} any more.", ""
        self.wake()
        return replace(case, category=name), f"Case {case.id} counts as {name}; the first pass learns from it."

    def _unknown(self, case: Case, name: str) -> str:
        names = self.categories.names
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]}? " if near and name else ""
        known = ", ".join(names[:_LISTED]) + (" …" if len(names) > _LISTED else "")
        return f"Case {case.id} is {case.category or 'not sorted'}. {hint}Known categories: {known}."
