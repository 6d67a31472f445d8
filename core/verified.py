"""Answers that a person approved, served word for word before any model is asked.

Each has an owner, a day it was approved, a day it expires and an audience. One that expired is never served.
"""

import json
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from core.answering import Answerer, Question
from core.errors import StoreError
from core.guards import was_said
from core.knowledge import EVERYBODY, Audience, Inquiry
from core.reply import ReplyEvent, TextDelta
from core.turn import TurnRecord

State = Literal["draft", "approved", "retired"]
_NAMES_SOMETHING = re.compile(r"\d{4,}|[\w.+-]+@[\w-]+\.\w")
_WISH = re.compile(
    r"\b(?:i want|i'd like|i would like|i need (?:a|my|to get)|please|give me|cancel my|refund me|start a|"
    r"ich m[öo]chte|bitte|je veux|quiero|voglio)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\?|^\W*(?:how|what|when|where|which|who|why|can|could|do|does|is|are|wie|was|wann|wo|kann|comment|quand|cómo)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to ask for it."""

    text: str
    case_id: str = ""
    """The case whose customer asked so; empty when one of the team wrote it."""


@dataclass(frozen=True, slots=True)
class VerifiedAnswer:
    """A text with the questions it answers."""

    id: str
    text: str
    variants: tuple[Variant, ...]
    owner: str
    state: State = "approved"
    approved_on: date | None = None
    expires_on: date | None = None
    audience: Audience = EVERYBODY
    case_id: str = ""
    """Of a draft, the case it comes from."""

    def is_valid(self, today: date) -> bool:
        """It may be served."""
        return self.state == "approved" and (self.expires_on is None or today < self.expires_on)

    @property
    def mark(self) -> str:
        """What stands under it wherever it is served."""
        day = f"{self.approved_on:%-d %b %Y}" if self.approved_on else "day not known"
        return f"Verified answer · {self.owner} · {day}"


@dataclass(frozen=True, slots=True)
class Match:
    """An answer whose variant a question is like."""

    answer: VerifiedAnswer
    question: str
    """The variant."""
    similarity: float


class VerifiedAnswers(Protocol):
    """Where they are kept."""

    async def add(self, answer: VerifiedAnswer) -> VerifiedAnswer:
        """Keep a new one; its id is given here."""
        ...

    async def change(self, answer: VerifiedAnswer) -> bool:
        """Put this in the place of the one with its id, variants included; False when there is none."""
        ...

    async def get(self, answer_id: str) -> VerifiedAnswer | None:
        """The one of this id, whatever its state."""
        ...

    async def all(self) -> list[VerifiedAnswer]:
        """All of them, the oldest first."""
        ...

    async def version(self) -> str:
        """Changes whenever one of them changes."""
        ...


class Matcher(Protocol):
    """Finds the verified answer to a question."""

    async def match(self, inquiry: Inquiry, *, today: date) -> Match | None:
        """The valid one that this reader may have and that a variant is near enough to; None: none is."""
        ...


def is_a_question_for_all(text: str, customer_id: str = "") -> bool:
    """Asked about how things are, not about this customer's own order: a fixed text can answer it."""
    if _NAMES_SOMETHING.search(text) or (customer_id and was_said(customer_id, text)):
        return False
    return _ASKS.search(text) is not None or not _WISH.search(text)


class VerifiedFirst:
    """Implements `core.answering.Answerer` around another one."""

    def __init__(self, answerer: Answerer, matcher: Matcher, today: Callable[[], date]) -> None:
        self._answerer = answerer
        self._matcher = matcher
        self._today = today

    @property
    def label(self) -> str:
        """See `Answerer`."""
        return self._answerer.label

    async def warm_up(self) -> None:
        """See `Answerer`."""
        await self._answerer.warm_up()

    async def answer(self, question: Question, record: TurnRecord) -> AsyncGenerator[ReplyEvent, None]:
        """See `Answerer`. A question that goes on from an earlier answer, or shows a picture, goes to the model."""
        match = await self._match(question)
        if match is None:
            async for event in self._answerer.answer(question, record):
                yield event
            return
        told = {"id": match.answer.id, "variant": match.question, "similarity": round(match.similarity, 3)}
        record.note("verified_answer", json.dumps(told, ensure_ascii=False))
        record.mark = match.answer.mark
        yield TextDelta(match.answer.text)

    async def _match(self, question: Question) -> Match | None:
        is_for_all = is_a_question_for_all(question.turn.asked, question.scene.principal.customer_id)
        if question.seen or question.decisions or question.turn.redoes or not is_for_all:
            return None
        try:
            return await self._matcher.match(question.inquiry, today=self._today())
        except StoreError:
            return None  # without the store the model still can answer


@dataclass(frozen=True, slots=True)
class Standing:
    """All verified answers as a team looks at them."""

    valid: Sequence[VerifiedAnswer] = field(default_factory=tuple[VerifiedAnswer, ...])
    soon: Sequence[VerifiedAnswer] = field(default_factory=tuple[VerifiedAnswer, ...])
    expired: Sequence[VerifiedAnswer] = field(default_factory=tuple[VerifiedAnswer, ...])
    drafts: Sequence[VerifiedAnswer] = field(default_factory=tuple[VerifiedAnswer, ...])
    retired: Sequence[VerifiedAnswer] = field(default_factory=tuple[VerifiedAnswer, ...])


def standing(answers: Sequence[VerifiedAnswer], *, today: date, soon: date) -> Standing:
    """Sort them: what is served, what runs out before `soon`, what has run out, what waits for a person."""
    approved = [each for each in answers if each.state == "approved"]
    valid = [each for each in approved if each.is_valid(today)]
    return Standing(
        valid=valid,
        soon=[each for each in valid if each.expires_on and each.expires_on < soon],
        expired=[each for each in approved if not each.is_valid(today)],
        drafts=[each for each in answers if each.state == "draft"],
        retired=[each for each in answers if each.state == "retired"],
    )
