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
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from core.case import Case
from core.conversation import Author, Line, Message, Thread
from core.reply import Press
from evals.desk_noted import Jittery, Log, NotedChat, watch
from evals.scorecard import Row
from tests.core.rig import STAFF, Rig, rig

TURNS = 1000
_AT_ONCE = 25
_KILLS = 60
_LOOKS = 300
_PATIENCE_S = 30.0
_LINES_A_TURN = 12
"""About so many lines of the log a turn and its human leave: the kill falls anywhere among them."""


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


def _thread_of(key: str) -> Thread:
    return next(each for each in map(_thread, range(TURNS)) if each.key == key)


def _thread(n: int) -> Thread:
    return Thread("t1", "memory", f"room{n}", "root")


async def _all_in_one(turns: int) -> tuple[Log, int]:
    log = Log()

    def note(what: str, thread: Thread) -> None:
        if what == "send":
            log.note(what, thread)
        else:
            log.read(what.split()[0], thread.key, int(what.split()[1]))

    with tempfile.TemporaryDirectory() as folder:
        async with rig(Path(folder), Jittery(), chat=NotedChat(note)) as here:
            watch(here, note)
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


async def _life(folder: Path, log: Path, before: Log, *, is_last: bool) -> None:
    """One life of a process: goes on with what the last one left, then begins conversation after conversation."""
    with log.open("a", buffering=1) as out:

        def note(what: str, thread: Thread) -> None:
            kind, _, began = what.partition(" ")
            out.write(f"{kind}\t{thread.key}\t{began or time.monotonic_ns()}\n")

        async with rig(folder, Jittery(), chat=NotedChat(note)) as here:
            watch(here, note)
            courier = asyncio.create_task(here.courier.run())
            left = [_thread(n) for n in range(before.begun) if _thread(n).key not in before.humans]
            await asyncio.gather(here.reception.resume(), *(_human(here, each) for each in left))
            coming = iter(range(before.begun, before.begun if is_last else TURNS))

            async def talk() -> None:
                for n in coming:
                    note("begun", _thread(n))
                    await _customer(here, _thread(n))
                    await _human(here, _thread(n))

            await asyncio.gather(*(talk() for _ in range(_AT_ONCE)))
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


def _seen(log: Path) -> Log:
    seen = Log()
    for line in log.read_text().splitlines() if log.exists() else ():
        parts = line.split("\t")
        if len(parts) == 3 and parts[2].isdigit():
            seen.read(parts[0], parts[1], int(parts[2]))
    return seen


def _with_kills(kills: int) -> tuple[Log, int]:
    """So many lives, each ended by SIGKILL among the words of a few people, and one that comes to its end."""
    killed = 0
    with tempfile.TemporaryDirectory() as name:
        folder, log = Path(name), Path(name) / "log.tsv"
        for _ in range(kills):
            before = _seen(log)
            # Its last sends may be anywhere in a turn: so many people speak first, and then so many lines are noted.
            people, lines = random.randint(1, TURNS // kills), random.randint(0, 4 * _LINES_A_TURN)
            killed += _in_child(
                lambda before=before: _life(folder, log, before, is_last=False),
                until=_Enough(log, people, lines),
            )
        before = _seen(log)
        _in_child(lambda: _life(folder, log, before, is_last=True), until=None)
        seen = _seen(log)
        seen.humans |= asyncio.run(_kept(folder, seen))
    return seen, killed


class _Enough:
    """Becomes true once so many more people have spoken, and after them so many lines were noted."""

    def __init__(self, log: Path, people: int, lines: int) -> None:
        self._log, self._people, self._lines = log, people, lines
        self._at = log.stat().st_size if log.exists() else 0
        self._rest = b""

    def __call__(self) -> bool:
        if not self._log.exists():
            return False
        with self._log.open("rb") as file:
            file.seek(self._at)
            new = file.read()
        self._at += len(new)
        *whole, self._rest = (self._rest + new).split(b"\n")
        for line in whole:
            if self._people > 0:
                self._people -= line.startswith(b"human")
            else:
                self._lines -= 1
        return self._people <= 0 and self._lines <= 0


async def _kept(folder: Path, seen: Log) -> dict[str, int]:
    """People whose words were committed by a process that died before it could note that they were."""
    found: dict[str, int] = {}
    async with rig(folder, Jittery()) as here:
        for key, began in seen.asked.items():
            case = None if key in seen.humans else await here.store.cases.find(_thread_of(key))
            if case is not None and any(each.speaker == "person" for each in await _lines(here, case)):
                found[key] = began
    return found


async def _lines(here: Rig, case: Case) -> list[Line]:
    return await here.store.cases.lines(case.id, limit=20)


def rows() -> list[Row]:
    """Both ways of dying: not at all, and in the middle."""
    random.seed(7)
    logging.disable(logging.ERROR)
    killed_log, killed = _with_kills(_KILLS)
    log, turns = asyncio.run(_all_in_one(TURNS))
    sends = sum(map(len, log.sends.values()))
    note = f"{turns} turns, {len(log.humans)} human messages, {sends} sends"
    killed_note = (
        f"{killed_log.begun} turns, {killed} kill -9, {len(killed_log.humans)} human messages, "
        f"{sum(map(len, killed_log.sends.values()))} sends"
    )
    return [
        Row("sends_after_human", log.late, 0, better="lower", note=note),
        Row("sends_after_human_killed", killed_log.late, 0, better="lower", note=killed_note),
    ]
