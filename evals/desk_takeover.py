"""People speak at random moments of turns: does the bot ever begin a send after that?

A human message counts as committed from the moment its transaction is asked for, which is earlier than it is:
so no send can hide in between. The one fixed line that closes a cut answer is no send of an answer.
"""

import asyncio
import logging
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from core import phrases
from core.case import Case
from core.casework import Change
from core.conversation import Author, Message, Thread
from core.modelling import ModelEvent, ModelRequest, TextPiece, Used
from core.reply import Delivery, Press, ReplyEvent, TextDelta
from evals.scorecard import Row
from tests.core.rig import STAFF, Rig, rig
from tests.fakes.chat import MemoryChat, MemoryReply
from tests.fakes.model import ScriptedModel

TURNS = 1000
_AT_ONCE = 25
_PIECES = 8
_KILLS = 60
_LOOKS = 300
_PATIENCE_S = 20.0
_LINES_A_TURN = 6
"""About so many lines of the log a turn and its human leave: the kill falls anywhere among them."""
_Note = Callable[[str, Thread], None]


class _Jittery(ScriptedModel):
    """Answers anything in pieces, each after a short random while."""

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        for n in range(_PIECES):
            await asyncio.sleep(random.random() * 0.006)
            yield TextPiece(f"piece {n} ")
        yield Used("jittery", 10, _PIECES)


class _NotedReply(MemoryReply):
    def __init__(self, chat: "_NotedChat", ref: str, thread: Thread) -> None:
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


class _NotedChat(MemoryChat):
    """Notes when each send of an answer begins; every send takes a while."""

    def __init__(self, note: _Note) -> None:
        super().__init__()
        self.note = note

    def note_answer(self, delivery: Delivery) -> None:
        if delivery.post.kind == "reply" and not delivery.post.text.endswith(phrases.TAKEN_OVER):
            self.note("send", delivery.thread)

    async def open_reply(self, delivery: Delivery) -> MemoryReply:
        self.note("send", delivery.thread)
        await asyncio.sleep(random.random() * 0.004)
        opened = await super().open_reply(delivery)
        return _NotedReply(self, opened.ref, delivery.thread)

    async def deliver(self, delivery: Delivery) -> str:
        self.note_answer(delivery)
        await asyncio.sleep(random.random() * 0.002)
        return await super().deliver(delivery)


@dataclass(slots=True)
class _Log:
    """Sends and human messages by thread, in nanoseconds of one clock."""

    sends: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    humans: dict[str, int] = field(default_factory=dict[str, int])

    def note(self, what: str, thread: Thread) -> None:
        self.read(what, thread.key, time.monotonic_ns())

    def read(self, what: str, key: str, at: int) -> None:
        if what == "send":
            self.sends.setdefault(key, []).append(at)
        else:
            self.humans.setdefault(key, at)

    @property
    def late(self) -> int:
        """Sends that began after a person's message was on its way to disk."""
        return sum(at > human for key, human in self.humans.items() for at in self.sends.get(key, []))


def _watch(here: Rig, note: _Note) -> None:
    """Note when a person's message is asked to be committed."""
    change = here.store.cases.change

    async def watched(before: Case, change_: Change, *, key: str = "") -> Case | None:
        began = time.monotonic_ns()
        saved = await change(before, change_, key=key)
        if saved is not None and change_.act == "speak":
            note(f"human {began}", before.thread)
        return saved

    setattr(here.store.cases, "change", watched)  # noqa: B010 - a method is replaced on purpose, to listen in


async def _human(here: Rig, thread: Thread) -> None:
    await asyncio.sleep(random.random() * 0.12)
    for _ in range(_LOOKS):
        # A message that was not saved before its process was killed has no case.
        if (case := await here.store.cases.find(thread)) is not None:
            break
        await asyncio.sleep(0.005)
    else:
        return
    press = Press(f"p{thread.channel}", "reply", case.id, "staff-1", "Sam", STAFF, True, "A person speaks.")
    await here.reception.press(press)


async def _customer(here: Rig, thread: Thread) -> None:
    message = Message(
        f"m{thread.channel}", thread, Author(f"u-{thread.channel}", "Ada"), "Where is it?", datetime.now(UTC)
    )
    await here.reception.receive(message)


def _thread(n: int) -> Thread:
    return Thread("t1", "memory", f"room{n}", "root")


async def _all_in_one(turns: int) -> tuple[_Log, int]:
    log = _Log()

    def note(what: str, thread: Thread) -> None:
        if what == "send":
            log.note(what, thread)
        else:
            log.read("human", thread.key, int(what.split()[1]))

    with tempfile.TemporaryDirectory() as folder:
        async with rig(Path(folder), _Jittery(), chat=_NotedChat(note)) as here:
            _watch(here, note)
            courier = asyncio.create_task(here.courier.run())
            for first in range(0, turns, _AT_ONCE):
                threads = [_thread(n) for n in range(first, min(first + _AT_ONCE, turns))]
                await asyncio.gather(*(_customer(here, each) for each in threads))
                await asyncio.gather(*(_human(here, each) for each in threads))
                await here.settled()
            courier.cancel()
            with suppress(asyncio.CancelledError):
                await courier
    return log, turns


async def _child(folder: Path, log: Path, first: int, count: int, *, is_last: bool) -> None:
    with log.open("a", buffering=1) as out:

        def note(what: str, thread: Thread) -> None:
            kind, _, began = what.partition(" ")
            out.write(f"{kind}\t{thread.key}\t{began or time.monotonic_ns()}\n")

        async with rig(folder, _Jittery(), chat=_NotedChat(note)) as here:
            _watch(here, note)
            courier = asyncio.create_task(here.courier.run())
            threads = [_thread(n) for n in range(first, first + count)]
            earlier = [_thread(n) for n in range(max(0, first - count), first) if random.random() < 0.7]
            await here.reception.resume()
            await asyncio.gather(
                *(_customer(here, each) for each in threads),
                *(_human(here, each) for each in (*threads, *earlier) if is_last or random.random() < 0.8),
            )
            await here.settled()
            courier.cancel()
            with suppress(asyncio.CancelledError):
                await courier


def _in_child(work: Callable[[], Awaitable[None]], *, until: Callable[[], bool] | None) -> bool:
    """Run in a forked process, killed with SIGKILL once that holds; whether it was killed."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:

            async def run() -> None:
                await work()

            asyncio.run(run())
            status = 0
        finally:
            os._exit(status)
    if until is None:
        _, status = os.waitpid(pid, 0)
        if status:
            raise RuntimeError("a child process failed")
        return False
    # By what it has done, not by the clock: on a busy machine it would be dead before it had begun.
    given_up = time.monotonic() + _PATIENCE_S
    while not until() and not _has_ended(pid) and time.monotonic() < given_up:
        time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def _has_ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _lines(log: Path) -> int:
    return log.read_bytes().count(b"\n") if log.exists() else 0


def _with_kills(turns: int, kills: int) -> tuple[_Log, int]:
    count = -(-turns // kills)
    killed = 0
    with tempfile.TemporaryDirectory() as name:
        folder, log = Path(name), Path(name) / "log.tsv"
        for first in range(0, turns, count):
            size = min(count, turns - first)

            def work(first: int = first, size: int = size) -> Awaitable[None]:
                return _child(folder, log, first, size, is_last=False)

            enough = _lines(log) + random.randint(1, size * _LINES_A_TURN)
            killed += _in_child(work, until=lambda enough=enough: _lines(log) >= enough)
        _in_child(lambda: _child(folder, log, turns, 1, is_last=True), until=None)
        seen = _Log()
        for line in log.read_text().splitlines():
            parts = line.split("\t")
            if len(parts) == 3 and parts[2].isdigit():
                seen.read(parts[0], parts[1], int(parts[2]))
    return seen, killed


def rows() -> list[Row]:
    """Both ways of dying: not at all, and in the middle."""
    random.seed(7)
    logging.disable(logging.ERROR)
    killed_log, killed = _with_kills(TURNS, _KILLS)
    log, turns = asyncio.run(_all_in_one(TURNS))
    sends = sum(map(len, log.sends.values()))
    note = f"{turns} turns, {len(log.humans)} human messages, {sends} sends"
    killed_note = f"{TURNS} turns, {killed} kill -9, {len(killed_log.humans)} human messages"
    return [
        Row("sends_after_human", log.late, 0, better="lower", note=note),
        Row("sends_after_human_killed", killed_log.late, 0, better="lower", note=killed_note),
    ]
