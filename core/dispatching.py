"""Gives queued cases to people in turn, and calls the tier's lead when a clock runs out; nobody else, and once.

Looks at rows, not at memory: a restart forgets nothing, and of two replicas one does it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from core.case import Case, Handoff, human
from core.casework import SYSTEM
from core.caseworker import Caseworker, Posts, Step
from core.clocks import NAMES, Run, Target, runs
from core.conversation import Thread
from core.desksettings import PersonSettings
from core.duty import Duty, Watch, Watched
from core.errors import BotError
from core.hours import in_words
from core.packet import owner_line
from core.ports import Clock
from core.reply import Post
from core.teams import Teams

log = logging.getLogger(__name__)

_LOOK_S = 5.0
_CLOCKS_EVERY = 6
"""Every so many looks, clocks are read too."""
_ROOM_COMES = timedelta(seconds=30)
"""A case's room is made when its card arrives; until then nobody is given the case."""


class Dispatcher:
    """One per process."""

    def __init__(
        self,
        *,
        watch: Watch,
        duty: Duty,
        teams: Teams,
        caseworker: Caseworker,
        rooms: Callable[[Case], Awaitable[Sequence[Thread]]],
        places: Callable[[Thread], Sequence[Thread]],
        redraw: Callable[[Case], Awaitable[None]],
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        self._watch = watch
        self._duty = duty
        self._teams = teams
        self._caseworker = caseworker
        self._rooms = rooms
        self._places = places
        self._redraw = redraw
        self._clock = clock
        self._wake = wake

    async def run(self) -> None:
        """Look for ever; cancel to stop."""
        looks = 0
        while True:
            try:
                await self.assign()
                if looks % _CLOCKS_EVERY == 0:
                    await self.keep_time()
            except BotError as error:
                log.warning("cases not dispatched", extra={"why": str(error)})
            looks += 1
            await asyncio.sleep(_LOOK_S)

    async def assign(self) -> int:
        """Give each case that nobody has to whoever's turn it is; how many."""
        if not self._teams.assigns:
            return 0
        count = 0
        for case in await self._watch.queued():
            person = await self._whose_turn(case)
            if person is not None:
                count += await self._give(case, person)
        return count

    async def keep_time(self) -> int:
        """Warn of clocks that are about to run out, and tell of those that have; how many."""
        count = 0
        for each in await self._watch.with_people():
            for run in runs(each.events):
                if run.ended_at is None:
                    count += await self._look(each, run)
        if count:
            self._wake()
        return count

    async def _whose_turn(self, case: Case) -> PersonSettings | None:
        now = self._clock.now()
        is_new = case.since is not None and now - case.since < _ROOM_COMES
        if is_new and not await self._rooms(case):
            return None
        presences = await self._duty.all()
        away = {each.staff_id for each in presences if each.is_absent(now)}
        given = {each.staff_id: each.given_at for each in presences if each.given_at}
        language = await self._watch.language(case.id) if self._teams.asks_language(case) else ""
        away |= await self._had_it(case)
        return self._teams.next_person(case, now=now, away=away, last_given=given, language=language)

    async def _had_it(self, case: Case) -> set[str]:
        """Whoever was given it since it came to people and let the time run out: it goes to another."""
        had = set[str]()
        for event in await self._watch.events(case.id):
            if event.what == "hand_over":
                had.clear()
            elif event.what == "assign":
                had.add(event.detail["new_owner"].partition(":")[2])
        return had

    async def _give(self, case: Case, person: PersonSettings) -> bool:
        why = Handoff("turn", f"{person.name}'s turn.")

        async def posts(after: Case) -> Posts:
            about = f"Case {after.id} is yours, {person.name}: it is your turn. {case.reason}".strip()
            post = Post(about, kind="notice", pings=(person.id,))
            return [(room, post) for room in await self._where(after)]

        step = Step("assign", SYSTEM, why, to=human(person.id), to_name=person.name)
        done = await self._caseworker.act(case, step, posts)
        if isinstance(done, str):
            return False
        await self._duty.given(person.id, person.name, tenant=self._teams.tenant(case.thread))
        await self._redraw(done)
        return True

    async def _look(self, watched: Watched, run: Run) -> bool:
        team = self._teams.of(run.tier, watched.case.thread)
        target = team.target(run.kind, run.priority)
        now, due = self._clock.now(), run.moment(target)
        if due is None:
            return False
        if due < now:
            return await self._tell(watched.case, run, target, "late")
        warned = run.moment(target, target.warn_share)
        is_soon = target.warn_share < 1 and warned is not None and warned <= now
        return is_soon and await self._tell(watched.case, run, target, "soon")

    async def _tell(self, case: Case, run: Run, target: Target, what: str) -> bool:
        due = run.moment(target)
        assert due is not None, "it runs out"
        when = in_words(due, target.hours.zone)
        head = f"{NAMES[run.kind]} {'is late' if what == 'late' else 'is due soon'}"
        text = f"**{head}** (case {case.id}, tier {run.tier}, {run.priority}): {when}. Now with {owner_line(case)}."
        post = Post(text, kind="notice", pings=self._teams.of(run.tier, case.thread).leads)
        detail = {"clock": run.kind, "n": str(run.n), "due_at": due.isoformat(), "reason": f"{head}: {when}"}
        posts = [(room, post) for room in await self._where(case)]
        return await self._watch.once(f"{what}:{case.id}:{run.kind}:{run.n}", case.id, f"clock_{what}", detail, posts)

    async def _where(self, case: Case) -> Sequence[Thread]:
        return await self._rooms(case) or self._places(case.thread)
