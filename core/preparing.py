"""Everything a turn needs before it can be answered: who asks, what the pictures show, what it may cost."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from core import phrases
from core.answering import Question
from core.case import Handoff
from core.confirming import exchanges
from core.conversation import Author
from core.errors import BotError
from core.evidence import Evidence
from core.gallery import Gallery, Shown
from core.handoff import Handover
from core.judging import Asked, Judge, Judgement
from core.knowledge import Found, Inquiry
from core.principal import Identity, Principal
from core.reply import ReplyEvent
from core.routing import Circumstances, Route, Router, facts_of
from core.scene import Scene
from core.settings import EscalationSettings
from core.steering import search_words, steered
from core.tables import Verdict
from core.triage import Triage
from core.turn import Turn, TurnRecord

log = logging.getLogger(__name__)

LookingUp = Callable[[Inquiry], Awaitable[Found]]
"""Searches knowledge as the answerer would."""


@dataclass(slots=True)
class Prepared:
    """Fills while `Preparing.prepare` runs."""

    question: Question | None = None
    handoff: Handoff | None = None
    """Set when the turn goes to people without an answer; `line` is then what the customer is told first."""
    line: str = ""
    shown: Shown = field(default_factory=Shown)
    """What the pictures showed."""
    offers_person: bool = False
    """The customer is offered a person after the answer."""


class Preparing:
    """Prepares turns."""

    def __init__(
        self,
        *,
        identity: Identity,
        gallery: Gallery,
        handover: Handover,
        escalation: EscalationSettings,
        router: Router | None = None,
        judge: Judge | None = None,
        lookup: LookingUp | None = None,
    ) -> None:
        self._identity = identity
        self._gallery = gallery
        self._handover = handover
        self._escalation = escalation
        self._router = router or Router()
        self._judge = judge or Judge()
        self._lookup = lookup

    async def principal(self, turn: Turn) -> Principal:
        """Who is acting in this turn: the author of its newest message, or of the case."""
        author = turn.messages[-1].author if turn.messages else Author(turn.case.author_id, "customer")
        return await self._identity.principal(author, turn.thread, known=turn.known)

    def scene(self, turn: Turn, principal: Principal) -> Scene:
        """The setting in which the turn's tools run."""
        ours = [line.text for line in turn.history if line.speaker == "bot"]
        own = turn.words_of(principal.author_id)
        own_now = turn.new_words_of(principal.author_id)
        return Scene(
            principal=principal,
            case=turn.case,
            turn_id=turn.id,
            thread=turn.thread,
            author_id=principal.author_id,
            said="\n".join(own),
            now="\n".join(own_now),
            offered=ours[-1] if ours else "",
            staff_places=self._handover.places(turn.thread),
            messages=own,
            evidence=Evidence(exchanges=exchanges(turn.history, own_now, principal.author_id)),
        )

    async def prepare(
        self, turn: Turn, scene: Scene, record: TurnRecord, into: Prepared
    ) -> AsyncGenerator[ReplyEvent, None]:
        """Look at pictures, judge, check the budget; the result stands in `into` afterwards.

        Judging and searching begin at once, beside the pictures; only a search that pictures may change waits.
        """
        asked = Asked(turn.asked, turn.history, turn.case.contacts)
        has_pictures = any(each.attachments for each in turn.messages)
        # No task group: left at a yield (a stop, a person who steps in), it would end in an error of its own.
        judging = asyncio.create_task(self._judged(asked, record))
        looking_up = asyncio.create_task(self._ahead(turn, scene, record, has_pictures=has_pictures))
        try:
            async with aclosing(self._gallery.look(turn, record, into.shown)) as looking:
                async for event in looking:
                    yield event
            judgement, found = await judging, await looking_up
        finally:
            judging.cancel()
            looking_up.cancel()
            await asyncio.gather(judging, looking_up, return_exceptions=True)
        await self._gallery.evidence(turn, scene.author_id, scene.evidence)
        judged = steered(judgement.triage, into.shown.findings)
        record.language = judged.language
        record.note("triage", json.dumps({**judged.as_data(), "by": judgement.by}, ensure_ascii=False))
        spent = turn.tab.refused
        around = _circumstances(turn, scene.principal, is_over_budget=bool(spent), has_pictures=has_pictures)
        routed = self._router.decide(facts_of(judged, turn.asked, around))
        route, work = routed.route.decision, routed.model.decision.work
        record.note("route", json.dumps({"row": routed.route.row, "why": routed.route.because, "tier": route.tier,
                                         "model": work, "model_row": routed.model.row}))  # fmt: skip
        if route.to_people:
            into.handoff = _handed_over(routed.route, judged, spent)
            into.line = phrases.BUDGET if route.reason == "budget" else ""
        elif 0 < self._escalation.repeat_contacts <= turn.case.contacts:
            into.handoff = Handoff("repeat_contact", f"Contact number {turn.case.contacts} in one case.")
        if into.handoff is None:
            query = " ".join(
                [
                    turn.asked,
                    *map(search_words, into.shown.findings),
                ]
            )
            into.offers_person = judgement.offers_person
            into.question = Question(
                turn,
                scene,
                tuple(into.shown.seen),
                (),
                query.strip(),
                work=work,
                route=route,
                found=None if into.shown.findings else found,
            )

    async def _judged(self, asked: Asked, record: TurnRecord) -> Judgement:
        began_s = asyncio.get_running_loop().time()
        judgement = await self._judge.judge_once(asked, record)
        record.timings["triage"] = asyncio.get_running_loop().time() - began_s
        return judgement

    async def _ahead(self, turn: Turn, scene: Scene, record: TurnRecord, *, has_pictures: bool) -> Found | None:
        """What knowledge gives, searched before it is known who answers; None: to be searched later."""
        if self._lookup is None or has_pictures or not turn.asked.strip():
            return None
        began_s = asyncio.get_running_loop().time()
        try:
            found = await self._lookup(Question(turn, scene, (), (), turn.asked.strip()).inquiry)
        except BotError as error:
            log.warning("knowledge not searched ahead", extra={"turn": turn.id, "why": str(error)})
            return None
        record.timings["retrieval"] = asyncio.get_running_loop().time() - began_s
        return found


def _circumstances(turn: Turn, principal: Principal, *, is_over_budget: bool, has_pictures: bool) -> Circumstances:
    return Circumstances(
        contacts=turn.case.contacts,
        had_person=any(line.speaker == "person" for line in turn.history),
        follows_closed=bool(turn.case.linked),
        at=turn.began_at,
        is_over_budget=is_over_budget,
        customer=principal.customer_id,
        is_verified=principal.verified is not None,
        has_pictures=has_pictures,
        platform=turn.thread.platform,
        channel=turn.thread.channel,
    )


def _handed_over(verdict: Verdict[Route], judged: Triage, spent: str) -> Handoff:
    route = verdict.decision
    match route.reason:
        case "customer_asked":
            why = "The customer asks for a person."
        case "budget":
            why = f"Cap reached: {spent}."
        case "urgent":
            why = f"Goes straight to people: {', '.join(judged.reasons)}."
        case _:
            why = f"Goes to people by the row {verdict.why}."
    return Handoff(route.reason or "routed", why, tier=route.tier)
