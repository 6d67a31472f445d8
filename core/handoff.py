"""Passing a case to people: the packet staff get, and moving the owner."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from core import phrases
from core.case import Case, Handoff, queue
from core.casework import SYSTEM, Actor
from core.caseworker import Caseworker, Posts, Step
from core.clocks import judged
from core.conversation import Line, Thread
from core.packet import packet
from core.ports import Actions, Cases, Pictures
from core.reply import Post
from core.timekeeping import DueTimes
from core.triage import triage

StaffPlaces = Callable[[Thread], tuple[Thread, ...]]
"""Where staff of a customer's thread sit; maybe on another platform, maybe nowhere."""


_MOST_PICTURES = 4


class Handover:
    """Moves cases between the AI and people."""

    def __init__(
        self,
        *,
        cases: Cases,
        actions: Actions,
        pictures: Pictures,
        staff_places: StaffPlaces,
        caseworker: Caseworker,
        times: DueTimes | None = None,
        can_vouch: bool = False,
        hides_private: bool = True,
    ) -> None:
        self._cases = cases
        self._actions = actions
        self._pictures = pictures
        self._staff_places = staff_places
        self._caseworker = caseworker
        self._times = times
        self._can_vouch = can_vouch
        self._hides_private = hides_private

    def places(self, thread: Thread) -> tuple[Thread, ...]:
        """Where the staff of this thread sit."""
        return self._staff_places(thread)

    async def card(self, case: Case, why: Handoff) -> Post:
        """The packet as it is now."""
        lines = await self._cases.lines(case.id, limit=30)
        due = await self._times.lines(case) if self._times else ()
        if not why.reason_code and self._times:
            why = replace(why, reason=await self._times.handed_over(case.id) or why.reason)
        pending = [each for each in await self._actions.pending() if each[1].case_id == case.id]
        card = packet(
            case,
            why,
            lines,
            await self._actions.of_case(case.id),
            triage=_judgement(case, lines),
            due=due,
            pending=pending,
            can_vouch=self._can_vouch,
            hides_private=self._hides_private,
        )
        said = {line.message_id for line in lines if line.message_id}
        shown = await self._pictures.shown(case.thread, limit=_MOST_PICTURES)
        enclosed = tuple(replace(each, is_for_staff=True) for each in shown if each.message_id in said)
        return replace(card, enclosed=enclosed)

    async def cards(self, case: Case, why: Handoff) -> tuple[tuple[Thread, Post], ...]:
        """The packet for every staff place."""
        queued = await self._judged(case, why) if case.is_with_ai or not case.category else case
        card = await self.card(queued, why)
        return tuple((place, card) for place in self._staff_places(case.thread))

    async def notices(self, case: Case, why: Handoff) -> tuple[str, ...]:
        """What the customer is told, in a few lines; honest where nobody is connected, or nobody is there."""
        if not self._staff_places(case.thread):
            return (phrases.HANDED_OFF_NOBODY.format(case=case.id),)
        told = self._times.told(await self._judged(case, why), why.tier) if self._times else ()
        return (phrases.HANDED_OFF, *told)

    async def _judged(self, case: Case, why: Handoff) -> Case:
        """The case as it will be in the queue."""
        lines = await self._cases.lines(case.id, limit=12)
        said = "\n".join(line.text for line in lines if line.speaker == "customer")
        return judged(replace(case, owner=queue(why.tier), tier=why.tier, phase="active"), said, why)

    async def to_people(self, case: Case, why: Handoff, *, by: Actor = SYSTEM) -> Case | str:
        """Pass a case to its queue and tell both sides; a line when it is with people already."""
        owner = queue(why.tier)
        step = Step("hand_over", by, why, to=owner, note=f"Passed to people: {why.reason}")

        async def posts(after: Case) -> Posts:
            notice = "\n\n".join(await self.notices(after, why))
            return [(after.thread, Post(notice, kind="notice")), *await self.cards(after, why)]

        return await self._caseworker.act(case, step, posts)

    async def to_bot(self, case: Case, *, by: Actor, places: Sequence[Thread] = ()) -> Case | str:
        """Give a case back to the AI and tell both sides; a line when it has it already."""
        why = Handoff("handed_back", f"Returned by {by.name}")
        note = f"A human teammate ({by.name}) dealt with this up to here and returned it to the bot."
        told = Post(f"Case {case.id} was returned to the bot by {by.name}.", kind="notice")

        async def posts(after: Case) -> Posts:
            staff = [(place, told) for place in places or self._staff_places(after.thread)]
            return [(after.thread, Post(phrases.HANDED_BACK, kind="notice")), *staff]

        return await self._caseworker.act(case, Step("hand_back", by, why, note=note), posts)


def _judgement(case: Case, lines: Sequence[Line]) -> str:
    """How the customer's words were judged; empty while there are none."""
    said = [line.text for line in lines if line.speaker == "customer" and line.text]
    if not said:
        return ""
    found = triage("\n".join(said[-6:]))
    reasons = f" ({', '.join(found.reasons)})" if found.reasons else ""
    return f"{case.category or found.category}, {found.sentiment}, urgency {found.urgency}{reasons}"
