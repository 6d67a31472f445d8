"""A scripted case from end to end over a real database and one chat platform in memory, which both sides use.

What the customer sees, what the room shows and what the relay's map says must be the same; the report must follow
from raw events; and after forgetting the customer nothing of them may be left.
"""

import asyncio
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from core.conversation import Author, Message, Thread, place_key
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


async def _case(folder: Path) -> tuple[int, int, list[str], int]:
    """Pairs that differ, pairs looked at, report figures that differ, rows left after forgetting."""
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
        wrong, looked = await _compare(here, case.id, room)
        await _typed(here, room, "resolve", 9, mention=True)
        await here.presses("confirm", f"yes:{case.id}", by="u1")
        await here.presses("rate", f"5:{case.id}", by="u1", text="Quick")
        told = differences(figures(await here.store.ledger.events()), await here.store.ledger.counted())
        person, _ = await here.store.persons.forget("cust-1")
        left = await here.store.persons.left([_SECRET, "cust-1", *person.cases, *person.threads, *person.turns])
    return wrong, looked, told, left


async def _compare(here: Rig, case_id: str, room: Thread) -> tuple[int, int]:
    """Each row of the map against what stands on the other side, and the transcript against what was seen."""
    crossings = await here.store.staff.of_case(case_id)
    wrong = 0
    for each in crossings:
        shown = here.chat.messages.get(each.ref)
        wrong += (shown.text if shown else "") != each.text
    lines = [line.text for line in await here.store.cases.lines(case_id, limit=99) if line.speaker == "person"]
    seen = [each.text for each in crossings if each.direction == "to_customer" and each.text]
    wrong += lines != seen or any(text not in here.texts for text in lines)
    theirs = [each for each in crossings if each.direction == "to_staff"]
    wrong += any(each.target != room or each.source.split(":")[0] != THREAD.platform for each in theirs)
    wrong += len(theirs) != 1 or theirs[0].source != place_key(THREAD, str(here.count))
    return wrong, len(crossings)


def rows() -> list[Row]:
    """Three rows of one case."""
    with tempfile.TemporaryDirectory() as folder:
        wrong, looked, told, left = asyncio.run(_case(Path(folder)))
    note = (
        f"{looked} crossings: replies, an edit, a deletion, a customer's message; "
        "one platform in memory, not the stand-ins"
    )
    return [
        Row("transcripts_equal", 1.0 if wrong == 0 and looked else 0.0, 1.0, note=note),
        Row("report_recomputed", len(told), 0, better="lower", note=", ".join(told) or "figures that differ"),
        Row("forget_left", left, 0, better="lower", note="rows that still name the customer"),
    ]
