"""Everything a turn needs before it can be answered: who asks, what the pictures show, what it may cost."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

from core import phrases
from core.answering import Question
from core.case import Handoff
from core.conversation import Author
from core.gallery import Gallery, Shown
from core.handoff import Handover
from core.principal import Identity, Principal
from core.reply import ReplyEvent
from core.routing import Route, Router, facts_of
from core.scene import Scene
from core.settings import EscalationSettings
from core.steering import search_words, steered
from core.tables import Verdict
from core.triage import Triage, triage
from core.turn import Turn, TurnRecord


def _no_language(_: str) -> str:
    return ""


@dataclass(slots=True)
class Prepared:
    """Fills while `Preparing.prepare` runs."""

    question: Question | None = None
    handoff: Handoff | None = None
    """Set when the turn goes to people without an answer; `line` is then what the customer is told first."""
    line: str = ""
    shown: Shown = field(default_factory=Shown)
    """What the pictures showed."""


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
        language: Callable[[str], str] = _no_language,
    ) -> None:
        self._identity = identity
        self._gallery = gallery
        self._handover = handover
        self._escalation = escalation
        self._router = router or Router()
        self._language = language

    async def principal(self, turn: Turn) -> Principal:
        """Who is acting in this turn: the author of its newest message, or of the case."""
        if turn.messages:
            return await self._identity.principal(turn.messages[-1].author, turn.thread)
        return await self._identity.principal(Author(turn.case.author_id, "customer"), turn.thread)

    def scene(self, turn: Turn, principal: Principal) -> Scene:
        """The setting in which the turn's tools run."""
        ours = [line.text for line in turn.history if line.speaker == "bot"]
        own = turn.words_of(principal.author_id)
        return Scene(
            principal=principal,
            case=turn.case,
            turn_id=turn.id,
            thread=turn.thread,
            author_id=principal.author_id,
            said="\n".join(own),
            now="\n".join(turn.new_words_of(principal.author_id)),
            offered=ours[-1] if ours else "",
            staff_places=self._handover.places(turn.thread),
            messages=own,
        )

    async def prepare(
        self, turn: Turn, scene: Scene, record: TurnRecord, into: Prepared
    ) -> AsyncGenerator[ReplyEvent, None]:
        """Look at pictures, judge, check the budget; the result stands in `into` afterwards."""
        judged = triage(turn.asked)
        record.note("triage", json.dumps({"category": judged.category, "sentiment": judged.sentiment,
                                          "urgency": judged.urgency, "should_escalate": judged.should_escalate,
                                          "reasons": judged.reasons}))  # fmt: skip
        async for event in self._gallery.look(turn, record, into.shown):
            yield event
        judged = steered(judged, into.shown.findings)
        spent = turn.tab.refused
        routed = self._router.decide(
            facts_of(
                judged,
                turn.asked,
                language=await asyncio.to_thread(self._language, turn.asked),
                contacts=turn.case.contacts,
                hour=turn.began_at.hour,
                is_over_budget=bool(spent),
                is_linked=bool(scene.principal.customer_id),
                has_pictures=any(each.attachments for each in turn.messages),
                platform=turn.thread.platform,
            )
        )
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
            into.question = Question(turn, scene, tuple(into.shown.seen), (), query.strip(), work=work, route=route)


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
