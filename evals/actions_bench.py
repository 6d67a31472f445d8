"""The agent on a bench: the real loop, toolbox, effects and storage, with a model that does what it is told."""

import json
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from adapters.storage.store import Store, open_store
from core.agent import Agent
from core.answering import Question
from core.case import Case
from core.conversation import Author, Line, Message, Thread
from core.deciding import Decided
from core.effects import Effects
from core.journal import Journal
from core.knowledge import Found, Hit, Inquiry, Passage
from core.modelling import CallsAsked, ChatModel, ModelEvent, ModelProfile, ModelRequest, TextPiece, ToolCall, Used
from core.principal import Known, Principal, Verification
from core.reply import Delivery, Post, ReplyEvent, TextDelta, TextReset
from core.routing import ANYTHING, Route
from core.scene import Scene
from core.settings import AgentSettings, ApprovalSettings
from core.toolbox import Toolbox
from core.tools import Tool
from core.turn import Turn, TurnRecord

CUSTOMER = Author("u1", "Customer")
STAFF = Thread("bench", "bench", "staff")
_MOST_STEPS = 100
_BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)

Wanted = tuple[str, dict[str, Any]]
"""A call: function and arguments."""


class BenchClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self._now = _BEGAN

    def now(self) -> datetime:
        """See `core.ports.Clock`."""
        return self._now

    def move(self, by: timedelta) -> None:
        """Later."""
        self._now += by


class ToldModel:
    """Calls what stands in `calls`, one after the other, and then says `text`. It has no sense of its own."""

    profile = ModelProfile("told", "a model that does what it is told")

    def __init__(self, text: str = "That is all.") -> None:
        self.calls: deque[Wanted] = deque()
        self.text = text
        self.read: set[str] = set()
        """Every tool result it was given."""
        self._count = 0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """See `core.modelling.ChatModel`."""
        self.read.update(message.text for message in request.messages if message.role == "tool")
        if self.calls and request.tools:
            name, arguments = self.calls.popleft()
            self._count += 1
            yield CallsAsked((ToolCall(f"call-{self._count}", name, json.dumps(arguments)),))
        else:
            yield TextPiece(self.text)
        yield Used("told", 0, 0)


@dataclass
class Shelf:
    """Finds the same passages whatever is asked."""

    texts: list[str] = field(default_factory=list[str])

    async def search(self, inquiry: Inquiry, *, limit: int) -> Found:
        """See `core.knowledge.Retriever`."""
        return Found(
            tuple(
                Hit(Passage(f"p{n}", f"page-{n}.md", "A page", text), 1.0, is_strong=True)
                for n, text in enumerate(self.texts)
            )
        )


@dataclass
class Answered:
    """What one turn came to."""

    text: str
    steps: list[dict[str, Any]]
    """The tool calls, as the trace has them."""
    record: TurnRecord


@dataclass
class Bench:
    """One case in one database."""

    store: Store
    agent: Agent
    decided: Decided
    case: Case
    model: ToldModel
    shelf: Shelf
    clock: BenchClock
    principal: Principal
    route: Route = ANYTHING
    history: list[Line] = field(default_factory=list[Line])
    turns: int = 0

    async def says(self, text: str, *, by: Author = CUSTOMER, journal: Journal | None = None) -> Answered:
        """The customer writes, and the turn runs to its end; with a journal from where an earlier attempt ended."""
        self.turns += 1
        turn = self._turn(Message(f"m{self.turns}", self.case.thread, by, text, self.clock.now()))
        scene, record = self._scene(turn), TurnRecord(self.principal, journal=journal or Journal())
        said, lines = "", list[str]()
        async for event in self.decided.confirmed(turn, scene, record, lines):
            said = _drawn(said, event)
        question = Question(turn, scene, (), tuple(lines), text, route=self.route)
        async with aclosing(self.agent.answer(question, record)) as events:
            async for event in events:
                said = _drawn(said, event)
        now = self.clock.now()
        self.history += [
            Line("customer", by.name, text, now, author_id=by.id),
            Line("bot", "", "\n".join([*lines, said]), now),
        ]
        steps = [json.loads(line) for kind, line in record.steps if kind == "tool"]
        return Answered("\n".join([*lines, said]), steps, record)

    async def waiting(self) -> list[Wanted]:
        """What the customer is asked to confirm just now."""
        approvals = await self.store.actions.awaits_customer(self.case.id)
        actions = [await self.store.actions.find(each.action_key) for each in approvals]
        return [(each.tool, dict(each.arguments)) for each in actions if each is not None]

    def _turn(self, message: Message) -> Turn:
        reply = Delivery(self.turns, self.case.thread, Post(""))
        return Turn(
            f"T-{self.turns}", self.case.thread, self.case, (message,), (), tuple(self.history), reply, 1, _BEGAN
        )

    def _scene(self, turn: Turn) -> Scene:
        ours = [line.text for line in self.history if line.speaker == "bot"]
        own = turn.words_of(self.principal.author_id)
        return Scene(
            principal=self.principal,
            case=self.case,
            turn_id=turn.id,
            thread=turn.thread,
            author_id=self.principal.author_id,
            said="\n".join(own),
            now="\n".join(turn.new_words_of(self.principal.author_id)),
            offered=ours[-1] if ours else "",
            staff_places=(STAFF,),
            messages=own,
        )


def _drawn(said: str, event: ReplyEvent) -> str:
    match event:
        case TextDelta(text):
            return said + text
        case TextReset(keep_chars):
            return said[:keep_chars]
        case _:
            return said


def customer(customer_id: str = "C-1") -> Principal:
    """A linked and verified customer; without an id, somebody nobody knows."""
    verified = Verification("link", _BEGAN) if customer_id else None
    return Principal("customer", "bench", "bench", CUSTOMER.id, CUSTOMER.name, customer_id, verified)


@dataclass(frozen=True, slots=True)
class _Same:
    """Knows whoever comes as the one the bench is about."""

    who: Principal

    async def principal(self, author: Author, thread: Thread, *, known: Known | None = None) -> Principal:
        return replace(self.who, author_id=author.id, name=author.name)


@asynccontextmanager
async def bench(
    tools: Sequence[Tool],
    *,
    principal: Principal | None = None,
    url: str = "sqlite://",
    limit: str = "50",
    folder: Path | None = None,
    route: Route = ANYTHING,
    model: ChatModel | None = None,
) -> AsyncGenerator[Bench, None]:
    """An agent with these tools and an empty database; without a model one that does what it is told."""
    clock, shelf, told = BenchClock(), Shelf(), ToldModel()
    approvals = ApprovalSettings(limit=Decimal(limit))
    async with open_store(url, clock=clock) as store:
        toolbox = Toolbox(tools, Effects(store.actions, approvals, clock, folder or Path(gettempdir())))
        settings = AgentSettings(max_steps=_MOST_STEPS)
        agent = Agent(models=lambda work: model or told, toolbox=toolbox, retriever=shelf, settings=settings)
        who = principal or customer()
        first = Message("m0", Thread("bench", "bench", "room", "1"), CUSTOMER, "", clock.now())
        case = await store.cases.open(first, who.customer_id)
        yield Bench(store, agent, Decided(store.actions, toolbox, _Same(who)), case, told, shelf, clock, who, route)
