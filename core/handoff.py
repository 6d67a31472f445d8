"""Passing a case to people: the packet staff get, and moving the owner."""

from collections.abc import Callable, Sequence

from core import phrases
from core.actions import Action
from core.case import Case, Handoff, queue
from core.casework import SYSTEM, Actor
from core.caseworker import Caseworker, Posts, Step
from core.conversation import Line, Thread
from core.ports import Actions, Cases
from core.reply import Button, Post

StaffPlaces = Callable[[Thread], tuple[Thread, ...]]
"""Where staff of a customer's thread sit; maybe on another platform, maybe nowhere."""

_LINES = 6
_LINE_CHARS = 400


def packet(case: Case, why: Handoff, lines: Sequence[Line], actions: Sequence[Action]) -> Post:
    """The card staff see: what the customer wants, what was tried, why it comes to them."""
    customer = [line for line in lines if line.speaker == "customer"]
    wants = _short(customer[0].text) if customer else "(missing: no words of the customer)"
    tried = [f"- {action.title}: {action.state}{_receipt(action)}" for action in actions] or [
        "- nothing was carried out"
    ]
    pictures = [f"- {finding}" for line in lines for finding in line.findings] or ["- none"]
    talk = [f"> **{line.name or line.speaker}:** {_short(line.text)}" for line in lines[-_LINES:] if line.text]
    text = "\n".join(
        [
            f"**Case {case.id} needs a person** (tier {why.tier}): {why.reason}",
            f"**Wants:** {wants}",
            f"**Customer:** {case.customer_id or 'not linked to an account'} on {case.thread.platform}",
            "**Tried:**",
            *tried,
            "**Pictures:**",
            *pictures,
            "**Last lines:**",
            *(talk or ["> (missing)"]),
        ]
    )
    return Post(
        text=text,
        kind="card",
        buttons=(Button("hand_back", case.id, "Return to bot"),),
        footer=f"Case {case.id} · reason {why.reason_code}",
    )


def _receipt(action: Action) -> str:
    return f", receipt {action.receipt_id}" if action.receipt_id else ""


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= _LINE_CHARS else one_line[:_LINE_CHARS].rstrip() + " …"


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

    async def cards(self, case: Case, why: Handoff) -> tuple[tuple[Thread, Post], ...]:
        """The packet for every staff place."""
        lines = await self._cases.lines(case.id, limit=30)
        card = packet(case, why, lines, await self._actions.of_case(case.id))
        return tuple((place, card) for place in self._staff_places(case.thread))

    async def to_people(self, case: Case, why: Handoff, *, by: Actor = SYSTEM) -> Case | str:
        """Pass a case to its queue and tell both sides; a line when it is with people already."""
        owner = queue(why.tier)
        step = Step("hand_over", by, why, to=owner, note=f"Passed to people: {why.reason}")

        async def posts(after: Case) -> Posts:
            notice = notice_for_customer(after, self._staff_places(after.thread))
            return [(after.thread, Post(notice, kind="notice")), *await self.cards(after, why)]

        return await self._caseworker.act(case, step, posts)

    async def to_bot(self, case: Case, *, by: Actor) -> Case | str:
        """Give a case back to the AI and tell both sides; a line when it has it already."""
        why = Handoff("handed_back", f"Returned by {by.name}")
        note = f"A human teammate ({by.name}) dealt with this up to here and returned it to the bot."
        told = Post(f"Case {case.id} was returned to the bot by {by.name}.", kind="notice")

        async def posts(after: Case) -> Posts:
            staff = [(place, told) for place in self._staff_places(after.thread)]
            return [(after.thread, Post(phrases.HANDED_BACK, kind="notice")), *staff]

        return await self._caseworker.act(case, Step("hand_back", by, why, note=note), posts)
