"""Somebody of the team goes away: the customers who wait for their answer do not wait until they are back."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from core.case import Case, Handoff, human
from core.casework import Actor, stage_of
from core.caseworker import Caseworker, Posts, Step
from core.conversation import Thread
from core.duty import Watch
from core.reply import Post


class Leaving:
    """One per process."""

    def __init__(
        self,
        *,
        watch: Watch,
        caseworker: Caseworker,
        rooms: Callable[[Case], Awaitable[Sequence[Thread]]],
        redraw: Callable[[Case], Awaitable[None]],
        what: Literal["release", "keep"],
    ) -> None:
        self._watch = watch
        self._caseworker = caseworker
        self._rooms = rooms
        self._redraw = redraw
        self._what = what

    async def left(self, staff_id: str, name: str) -> str:
        """Free the cases of theirs in which it is their turn; a line that names them, or nothing.

        One that waits for its customer, or is put off, stays theirs: nobody waits for them there.
        """
        if self._what == "keep":
            return ""
        freed: list[str] = []
        for each in await self._watch.with_people():
            if each.case.owner == human(staff_id) and stage_of(each.case) == "human_active":
                freed += [each.case.id] if await self._free(each.case, Actor(human(staff_id), name)) else []
        return f"Free for the next person: {', '.join(freed)}." if freed else ""

    async def _free(self, case: Case, by: Actor) -> bool:
        async def posts(after: Case) -> Posts:
            post = Post(f"Case {after.id} is free again: {by.name} is away. {case.reason}".strip(), kind="notice")
            return [(room, post) for room in await self._rooms(after)]

        done = await self._caseworker.act(case, Step("release", by, Handoff("away", f"{by.name} is away.")), posts)
        if isinstance(done, str):
            return False
        await self._redraw(done)
        return True
