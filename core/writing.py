"""The events of one reply, in order: what people decided, what the pictures show, then the answer."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace

from core import phrases
from core.answering import Answerer
from core.deciding import Decided
from core.gate import Voice
from core.guards import is_stop
from core.preparing import Prepared, Preparing
from core.reply import (
    Citation,
    FindingMade,
    Notice,
    ReplyEvent,
    SourceCited,
    TextDelta,
    TextReset,
    ToolFinished,
    ToolStarted,
)
from core.scene import Scene
from core.signoff import Aside, line_for
from core.turn import Turn, TurnRecord

_MODEL = "the language model"
_READING = "reading what was asked and its pictures"
_SEARCH = "the search in our knowledge, or the language model"


@dataclass(slots=True)
class Running:
    """A turn under way: what the customer has seen of it, and what stops it early."""

    turn: Turn
    scene: Scene
    record: TurnRecord
    scope: asyncio.Timeout
    voice: Voice
    began_s: float = 0.0
    """By the loop's clock."""
    prepared: Prepared = field(default_factory=Prepared)
    why: str = ""
    """Why it was interrupted: `taken`, `stopped`, or `changed` (it has to begin anew)."""
    waiting_for: str = _READING
    """What it would say if its time ran out now."""
    has_acted: bool = False
    """A tool was called: beginning anew would no longer go unnoticed."""
    is_writing: bool = False
    shown: str = ""
    cited: list[Citation] = field(default_factory=list[Citation])
    aside: Aside = field(default_factory=Aside)
    """The answer that is not shown, where a person has to look at it first."""

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[None, None]:
        """The time in which an interruption may cut the answer off. Raises `TimeoutError` when it was."""
        async with self.scope:
            if self.why:
                raise TimeoutError(self.why)
            self.is_writing = True
            try:
                yield
            finally:
                self.is_writing = False

    def take(self, event: ReplyEvent) -> None:
        """Keep what an event adds to the answer."""
        match event:
            case TextDelta(text):
                self.shown += text
                if "first_word" not in self.record.timings:
                    self.record.timings["first_word"] = asyncio.get_running_loop().time() - self.began_s
                self.waiting_for = _MODEL
            case TextReset(keep_chars):
                self.shown = self.shown[:keep_chars]
            case SourceCited(citation):
                self.cited.append(citation)
            case ToolStarted():
                self.waiting_for, self.has_acted = event.title, True
            case Notice(text, "status"):
                self.waiting_for = text
            case ToolFinished() | FindingMade():
                self.waiting_for = _MODEL
            case _:
                pass

    def paragraph(self, text: str) -> TextDelta:
        """Text of ours as a paragraph of its own."""
        return TextDelta(self.gap + text)

    @property
    def gap(self) -> str:
        """What has to come before a new paragraph."""
        return "\n\n" if self.shown and not self.shown.endswith("\n\n") else ""


class Writing:
    """Writes the reply of a turn as events; draws nothing and saves nothing."""

    def __init__(self, *, decided: Decided, preparing: Preparing, answerer: Answerer) -> None:
        self._decided = decided
        self._preparing = preparing
        self._answerer = answerer

    async def events(self, running: Running) -> AsyncGenerator[ReplyEvent, None]:
        """All events but the closing one. The consumer calls `running.take` for each before asking for the next."""
        lines: list[str] = []
        async for event in self._decided.carry_out(running.turn.decisions, running.scene, running.record, lines):
            yield event
        for line in lines:
            yield running.paragraph(line)
        if not running.turn.messages:
            return
        if is_stop(running.turn.asked):
            yield running.paragraph(phrases.NOTHING_TO_STOP)
            return
        confirmed: list[str] = []
        async for event in self._decided.confirmed(running.turn, running.scene, running.record, confirmed):
            yield event
        for line in confirmed:
            yield running.paragraph(line)
        async for event in self._after(running, (*lines, *confirmed)):
            yield event

    async def _after(self, running: Running, lines: Sequence[str]) -> AsyncGenerator[ReplyEvent, None]:
        """The answer to what the customer wrote, with what was decided before it."""
        prepared = running.prepared
        began_s = asyncio.get_running_loop().time()
        running.waiting_for = _READING
        async with aclosing(
            self._preparing.prepare(running.turn, running.scene, running.record, prepared)
        ) as preparing:
            async for event in preparing:
                yield event
        running.record.timings["prepare"] = asyncio.get_running_loop().time() - began_s
        running.record.handoff = running.record.handoff or prepared.handoff
        for line in _lines_before(running):
            yield running.paragraph(line)
        if prepared.question is not None and lines:
            prepared.question = replace(prepared.question, decisions=tuple(lines))
        if prepared.question is not None and (running.turn.asked or prepared.shown.seen):
            async for event in self._answer(running):
                yield event
            if prepared.offers_person and running.record.handoff is None and not running.aside.text:
                yield running.paragraph(phrases.OFFER_PERSON)

    async def _answer(self, running: Running) -> AsyncGenerator[ReplyEvent, None]:
        """The answerer counts characters from its own first; the reply may have begun before."""
        question = running.prepared.question
        assert question is not None
        events = self._answerer.answer(question, running.record)
        if question.route.send == "draft":
            events = running.aside.keep(events, line_for(running.turn))
        start, gap = len(running.shown), running.gap
        running.waiting_for = _SEARCH
        async for event in events:
            if isinstance(event, TextDelta) and len(running.shown) == start:
                yield TextDelta(gap + event.text)
            elif isinstance(event, TextReset) and start:
                yield TextReset(start + (len(gap) + event.keep_chars if event.keep_chars else 0))
            else:
                yield event


def _lines_before(running: Running) -> Iterator[str]:
    prepared = running.prepared
    if running.turn.is_late:
        yield phrases.LATE
    yield from prepared.shown.problems
    if prepared.shown.limits and not _was_told(running.turn, prepared.shown.limits):
        yield prepared.shown.limits
    if prepared.line:
        yield prepared.line
    is_empty = not running.turn.asked and not prepared.shown.seen and not prepared.shown.problems
    if is_empty and prepared.question is not None:
        yield phrases.NOT_UNDERSTOOD


def _was_told(turn: Turn, limits: str) -> bool:
    """Once a case is enough to say what we can and cannot see."""
    return any(limits in line.text for line in turn.history if line.speaker == "bot")
