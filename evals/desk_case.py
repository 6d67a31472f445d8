"""A scripted case from end to end over a real database and one chat platform in memory, which both sides use.

The report must follow from raw events; and after forgetting the customer nothing of them may be left.
"""

import asyncio
import logging
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from adapters.storage.sqlite import write_anew
from core.conversation import Author, Message, Thread
from core.report import differences, figures
from evals.scorecard import Row
from tests.core.rig import THREAD, Rig, rig
from tests.fakes.model import ScriptedModel, says

_SAM = Author("staff-1", "Sam")
_SECRET = "plum-4711"
_WORDS = (_SECRET, "When will it be here", "looking into it", "leaves tomorrow", "leaves today")
_REPLIES = ("Hello, I am looking into it.", "A new one leaves today.", "Forget the last line.")


async def _typed(here: Rig, room: Thread, text: str, n: int, *, mention: bool = False) -> Message:
    now = datetime.now(UTC)
    message = Message(f"s{n}", room, _SAM, text, now, is_staff_place=True, mentions_us=mention)
    await here.reception.receive(message)
    await here.settled()
    return message


class _Kept(logging.Handler):
    """Every line that was logged, with all that hangs on it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.__dict__}")


def _bytes_left(folder: Path, words: Sequence[str]) -> int:
    """In how many files of the data folder any of these words still stands, database included."""
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return sum(any(word.encode() in content for word in words) for content in files)


async def _case(folder: Path) -> tuple[list[str], int]:
    """Report figures that differ, rows left after forgetting."""
    async with rig(folder, ScriptedModel(says("It is on its way."))) as here:
        await here.says(f"My order {_SECRET} came broken")
        await here.settled()
        await here.presses("escalate", by="u1", text="It is broken")
        case = await here.store.cases.find(THREAD)
        assert case is not None
        (room,) = await here.store.staff.rooms(case.id)
        await here.presses("claim", case.id)
        sent = [await _typed(here, room, f">> {text}", n) for n, text in enumerate(_REPLIES)]
        await here.says("When will it be here?")
        await here.settled()
        await here.reception.edit(replace(sent[1], text=">> A new one leaves tomorrow."))
        await here.reception.delete(room, sent[2].id)
        await here.settled()
        await _typed(here, room, "resolve", 9, mention=True)
        await here.presses("confirm", f"yes:{case.id}", by="u1")
        await here.presses("rate", f"5:{case.id}", by="u1", text="Quick")
        told = differences(figures(await here.store.ledger.events()), await here.store.ledger.counted())
        person, _ = await here.store.persons.forget("cust-1")
        left = await here.store.persons.left([_SECRET, "cust-1", *person.cases, *person.threads, *person.turns])
    return told, left


def rows() -> list[Row]:
    """Rows of one case."""
    kept, before, disabled = _Kept(), logging.getLogger().level, logging.root.manager.disable
    logging.disable(logging.NOTSET)
    logging.getLogger().setLevel(logging.DEBUG)
    logging.getLogger().addHandler(kept)
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            told, left = asyncio.run(_case(folder))
            write_anew(folder / "case.sqlite3")
            files = _bytes_left(folder, _WORDS)
    finally:
        logging.getLogger().removeHandler(kept)
        logging.getLogger().setLevel(before)
        logging.disable(disabled)
    logged = sum(any(word in line for word in _WORDS) for line in kept.lines)
    return [
        Row("report_recomputed", len(told), 0, better="lower", note=", ".join(told) or "figures that differ"),
        Row("forget_left", left, 0, better="lower", note="rows that still name the customer"),
        Row("forget_left_in_files", files, 0, better="lower", note="files of the data folder that hold their words"),
        Row("said_in_logs", logged, 0, better="lower", note=f"of {len(kept.lines)} log lines, with what was said"),
    ]
