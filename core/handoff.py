"""Passing a case to people: the packet staff get, and moving the owner."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from core import phrases
from core.case import Case, Handoff, queue
from core.casework import SYSTEM, Actor
from core.caseworker import Caseworker, Posts, Step
from core.conversation import Thread
from core.packet import packet
from core.ports import Actions, Cases
from core.reply import Post

StaffPlaces = Callable[[Thread], tuple[Thread, ...]]
"""Where staff of a customer's thread sit; maybe on another platform, maybe nowhere."""


def notice_for_customer(case: Case, places: Sequence[object]) -> str:
    """What the customer is told; honest where nobody is connected."""
    return phrases.HANDED_OFF if places else phrases.HANDED_OFF_NOBODY.format(case=case.id)


class Handover:
    """Moves cases between the AI and people."""

    def __init__(self, *, cases: Cases, actions: Actions, staff_places: StaffPlaces, caseworker: Caseworker) -> None:
        self._cases = cases
        self._actions = actions
        self._staff_places = staff_places
        self._caseworker = caseworker

    def places(self, thread: Thread) -> tuple[Thread, ...]:
        """Where the staff of this thread sit."""
        return self._staff_places(thread)

    async def card(self, case: Case, why: Handoff) -> Post:
        """The packet as it is now."""
        lines = await self._cases.lines(case.id, limit=30)
        return packet(case, why, lines, await self._actions.of_case(case.id))

    async def cards(self, case: Case, why: Handoff) -> tuple[tuple[Thread, Post], ...]:
        """The packet for every staff place."""
        queued = case if not case.is_with_ai else replace(case, owner=queue(why.tier), tier=why.tier)
        card = await self.card(queued, why)
        return tuple((place, card) for place in self._staff_places(case.thread))

    async def to_people(self, case: Case, why: Handoff, *, by: Actor = SYSTEM) -> Case | str:
        """Pass a case to its queue and tell both sides; a line when it is with people already."""
        owner = queue(why.tier)
        step = Step("hand_over", by, why, to=owner, note=f"Passed to people: {why.reason}")

        async def posts(after: Case) -> Posts:
            notice = notice_for_customer(after, self._staff_places(after.thread))
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
