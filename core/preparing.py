"""Everything a turn needs before it can be answered: who asks, what the pictures show, what it may cost."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field

from core import phrases
from core.answering import Question
from core.budget import Budget
from core.case import Handoff
from core.conversation import Attachment, Author, Message
from core.errors import AttachmentError, BotError
from core.handoff import Handover
from core.ports import Chat, Pictures
from core.principal import Identity, Principal
from core.prompt import Seen
from core.reply import FindingMade, Notice, ReplyEvent
from core.scene import Scene
from core.settings import EscalationSettings, ImageSettings
from core.triage import triage
from core.turn import Turn, TurnRecord
from core.vision import Eyes, ImageCheck

log = logging.getLogger(__name__)

_BYTES_PER_MB = 1_000_000


@dataclass(slots=True)
class Prepared:
    """Fills while `Preparing.prepare` runs."""

    question: Question | None = None
    handoff: Handoff | None = None
    """Set when the turn goes to people without an answer; `line` is then what the customer is told first."""
    line: str = ""
    seen: list[Seen] = field(default_factory=list[Seen])
    problems: list[str] = field(default_factory=list[str])
    """Lines for the customer about files that could not be used."""
    findings: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Message id and finding, for the transcript."""


class Preparing:
    """Prepares turns."""

    def __init__(
        self,
        *,
        identity: Identity,
        chats: Mapping[str, Chat],
        image_check: ImageCheck,
        eyes: Eyes,
        pictures: Pictures,
        budget: Budget,
        handover: Handover,
        images: ImageSettings,
        escalation: EscalationSettings,
    ) -> None:
        self._identity = identity
        self._chats = chats
        self._image_check = image_check
        self._eyes = eyes
        self._pictures = pictures
        self._budget = budget
        self._handover = handover
        self._images = images
        self._escalation = escalation

    async def principal(self, turn: Turn) -> Principal:
        """Who is acting in this turn: the author of its newest message, or of the case."""
        if turn.messages:
            return await self._identity.principal(turn.messages[-1].author, turn.thread)
        return await self._identity.principal(Author(turn.case.author_id, "customer"), turn.thread)

    def scene(self, turn: Turn, principal: Principal) -> Scene:
        """The setting in which the turn's tools run."""
        ours = [line.text for line in turn.history if line.speaker == "bot"]
        return Scene(
            principal=principal,
            case=turn.case,
            turn_id=turn.id,
            thread=turn.thread,
            author_id=principal.author_id,
            said=turn.said,
            now=turn.asked,
            offered=ours[-1] if ours else "",
            staff_places=self._handover.places(turn.thread),
            messages=(
                *(line.text for line in turn.history if line.speaker == "customer"),
                *(each.text for each in turn.messages if each.author.id == principal.author_id),
            ),
        )

    async def prepare(
        self, turn: Turn, scene: Scene, record: TurnRecord, into: Prepared
    ) -> AsyncGenerator[ReplyEvent, None]:
        """Look at pictures, judge, check the budget; the result stands in `into` afterwards."""
        judged = triage(turn.asked)
        record.note("triage", json.dumps({"category": judged.category, "sentiment": judged.sentiment,
                                          "urgency": judged.urgency, "should_escalate": judged.should_escalate,
                                          "reasons": judged.reasons}))  # fmt: skip
        async for event in self._look(turn, record, into):
            yield event
        if judged.wants_person:
            into.handoff = Handoff("customer_asked", "The customer asks for a person.")
        elif judged.should_escalate:
            into.handoff = Handoff("urgent", f"Goes straight to people: {', '.join(judged.reasons)}.")
        elif spent := await self._budget.spent(turn.case.id):
            into.handoff, into.line = (
                Handoff("budget", f"Cap reached: {spent}."),
                phrases.BUDGET,
            )
        elif 0 < self._escalation.repeat_contacts <= turn.case.contacts:
            into.handoff = Handoff("repeat_contact", f"Contact number {turn.case.contacts} in one case.")
        if into.handoff is None:
            query = " ".join(
                [
                    *_earlier_question(turn),
                    turn.asked,
                    *(each.finding for each in into.seen),
                ]
            )
            into.question = Question(turn, scene, tuple(into.seen), (), query.strip())

    async def _look(self, turn: Turn, record: TurnRecord, into: Prepared) -> AsyncGenerator[ReplyEvent, None]:
        todo = [
            (message, each) for message in turn.messages for each in message.attachments[: self._images.per_message]
        ]
        if not todo:
            return
        yield Notice("Looking at the picture" + ("s" if len(todo) > 1 else ""), kind="status")
        async with asyncio.TaskGroup() as group:
            looks = [group.create_task(self._one(message, each, turn.asked)) for message, each in todo]
        for (message, attachment), look in zip(todo, looks, strict=True):
            seen = look.result()
            if isinstance(seen, str):
                into.problems.append(seen)
                record.note("picture_refused", json.dumps({"why": seen}, ensure_ascii=False))
                yield Notice(seen, kind="problem")
                continue
            into.seen.append(seen)
            into.findings.append((message.id, seen.finding))
            record.note("picture", json.dumps({"finding": seen.finding}, ensure_ascii=False))
            yield FindingMade(attachment.name, seen.finding, seen.is_text_only)

    async def _one(self, message: Message, attachment: Attachment, question: str) -> Seen | str:
        """What a picture shows, or a line for the customer on why it could not be used."""
        limit_bytes = int(self._images.limit_mb * _BYTES_PER_MB)
        if attachment.size_bytes > limit_bytes:
            return f"“{attachment.name}” is larger than {self._images.limit_mb:g} MB; please send a smaller picture."
        try:
            content = await self._chats[message.thread.platform].download(attachment, limit_bytes=limit_bytes)
            image = await self._image_check.check(content)
            await self._pictures.keep(message, attachment, image)
            finding = await self._pictures.finding(image.sha256, question)
            if finding is None:
                finding = await self._eyes.look(image, question=question)
                await self._pictures.found(image.sha256, question, finding)
        except AttachmentError as error:
            return f"“{attachment.name}”: {error}"
        except BotError as error:
            log.warning(
                "picture not looked at",
                extra={"post": message.id, "why": str(error)},
            )
            return f"“{attachment.name}” could not be looked at just now."
        return Seen(attachment.name, finding.as_data(), finding.is_text_only)


def _earlier_question(turn: Turn) -> list[str]:
    """A short follow-up means what the question before it was about."""
    if len(turn.asked.split()) > 6:
        return []
    return [line.text for line in turn.history if line.speaker == "customer"][-1:]
