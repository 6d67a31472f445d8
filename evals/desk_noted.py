"""A chat, a model and a store that note by the clock who said what when: what take-overs are judged by."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

from core import phrases
from core.case import Case
from core.casework import Change
from core.conversation import Thread
from core.modelling import ModelEvent, ModelRequest, TextPiece, Used
from core.reply import Delivery, ReplyEvent, TextDelta
from tests.core.rig import Rig
from tests.fakes.chat import MemoryChat, MemoryReply
from tests.fakes.model import ScriptedModel

_PIECES = 8
Note = Callable[[str, Thread], None]


class Jittery(ScriptedModel):
    """Answers anything in pieces, each after a short random while."""

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        for n in range(_PIECES):
            await asyncio.sleep(random.random() * 0.006)
            yield TextPiece(f"piece {n} ")
        yield Used("jittery", 10, _PIECES)


class NotedReply(MemoryReply):
    def __init__(self, chat: "NotedChat", ref: str, thread: Thread) -> None:
        super().__init__(chat, ref)
        self._noted, self._thread = chat, thread

    async def show(self, event: ReplyEvent) -> None:
        if isinstance(event, TextDelta):
            self._noted.note("send", self._thread)
        await asyncio.sleep(random.random() * 0.002)
        await super().show(event)

    async def close(self, delivery: Delivery) -> str:
        self._noted.note_answer(delivery)
        await asyncio.sleep(random.random() * 0.002)
        return await super().close(delivery)


class NotedChat(MemoryChat):
    """Notes when each send of an answer begins; every send takes a while."""

    def __init__(self, note: Note) -> None:
        super().__init__()
        self.note = note

    def note_answer(self, delivery: Delivery) -> None:
        if delivery.post.kind == "reply" and not delivery.post.text.endswith(phrases.TAKEN_OVER):
            self.note("send", delivery.thread)

    async def open_reply(self, delivery: Delivery) -> MemoryReply:
        self.note("send", delivery.thread)
        await asyncio.sleep(random.random() * 0.004)
        opened = await super().open_reply(delivery)
        return NotedReply(self, opened.ref, delivery.thread)

    async def deliver(self, delivery: Delivery) -> str:
        self.note_answer(delivery)
        await asyncio.sleep(random.random() * 0.002)
        return await super().deliver(delivery)


@dataclass(slots=True)
class Log:
    """Sends and human messages by thread, in nanoseconds of one clock."""

    sends: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    humans: dict[str, int] = field(default_factory=dict[str, int])
    asked: dict[str, int] = field(default_factory=dict[str, int])
    """People whose words were about to be committed."""
    begun: int = 0
    """How many conversations were begun."""

    def note(self, what: str, thread: Thread) -> None:
        self.read(what, thread.key, time.monotonic_ns())

    def read(self, what: str, key: str, at: int) -> None:
        match what:
            case "send":
                self.sends.setdefault(key, []).append(at)
            case "human":
                self.humans.setdefault(key, at)
            case "asked":
                self.asked.setdefault(key, at)
            case _:
                self.begun += 1

    @property
    def late(self) -> int:
        """Sends that began after a person's message was on its way to disk."""
        return sum(at > human for key, human in self.humans.items() for at in self.sends.get(key, []))


def watch(here: Rig, note: Note) -> None:
    """Note when a person's message is about to be committed, and once more when it was."""
    change = here.store.cases.change

    async def watched(before: Case, change_: Change, *, key: str = "") -> Case | None:
        if change_.act != "speak":
            return await change(before, change_, key=key)
        began = time.monotonic_ns()
        note(f"asked {began}", before.thread)
        saved = await change(before, change_, key=key)
        if saved is not None:
            note(f"human {began}", before.thread)
        return saved

    setattr(here.store.cases, "change", watched)  # noqa: B010 - a method is replaced on purpose, to listen in
