"""A scripted case from end to end over a real database and one chat platform in memory, which both sides use.

The report must follow from raw events; and after forgetting the customer nothing of them may be left.
"""

import asyncio
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from core.conversation import Author, Message, Thread
from core.report import differences, figures
from evals.scorecard import Row
from tests.core.rig import THREAD, Rig, rig
from tests.fakes.model import ScriptedModel, says

_SAM = Author("staff-1", "Sam")
_SECRET = "plum-4711"
_REPLIES = ("Hello, I am looking into it.", "A new one leaves today.", "Forget the last line.")


async def _typed(here: Rig, room: Thread, text: str, n: int, *, mention: bool = False) -> Message:
    now = datetime.now(UTC)
    message = Message(f"s{n}", room, _SAM, text, now, is_staff_place=True, mentions_us=mention)
    await here.reception.receive(message)
    await here.settled()
    return message


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
    """Two rows of one case."""
    with tempfile.TemporaryDirectory() as folder:
        told, left = asyncio.run(_case(Path(folder)))
    return [
        Row("report_recomputed", len(told), 0, better="lower", note=", ".join(told) or "figures that differ"),
        Row("forget_left", left, 0, better="lower", note="rows that still name the customer"),
    ]
