"""A category that the team puts right."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from core.case import Case
from core.categories import Categories
from core.errors import StoreError
from core.recategorising import Recategorising
from core.reply import Press
from tests.core.rig import STAFF, THREAD, rig
from tests.core.test_packets import buttons, now, with_words
from tests.core.test_staffroom import room_texts, typed
from tests.fakes.model import ScriptedModel


async def test_the_team_sorts_a_case_anew_and_the_first_pass_learns_its_words(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        case, room = await with_words(here)
        button = buttons(here)["category"]
        form = await here.reception.form(Press("f", "category", button.value, "staff-1", "Sam", STAFF, True))
        assert form is not None
        assert form.begins_with == case.category
        assert "counts as damaged_item" in await here.presses("category", case.id, text="Damaged item")
        assert (await now(here, case)).category == "damaged_item"
        assert "**Triage:** damaged_item" in here.cards[0]
        words = "When does a parcel arrive? Let me talk to a person."
        assert await here.store.corrections.examples() == [(words, "damaged_item")]
        await typed(here, room, "category product_question", mention=True)
        assert await here.store.corrections.examples() == [(words, "product_question")]


async def test_each_correction_lets_the_first_pass_learn_and_a_failure_is_no_end() -> None:
    learned, came = list[str](), asyncio.Event()

    class Kept:
        async def keep(self, case_id: str, category: str, *, by: str) -> bool:
            return case_id != "C-0"

    async def learn() -> None:
        learned.append("once")
        came.set()
        if len(learned) == 1:
            raise StoreError("the database is gone for a moment")

    case = Case("C-1", THREAD, "", "u1", "queue:1", 1, "open", datetime(2026, 3, 2, tzinfo=UTC))
    correcting = Recategorising(Kept(), Categories(()), learn)
    running = asyncio.create_task(correcting.run())
    try:
        for n in (1, 2):
            came.clear()
            done, _ = await correcting.correct(case, "fraud", by="human:staff-1")
            assert isinstance(done, Case)
            async with asyncio.timeout(5):
                await came.wait()
            assert len(learned) == n
        gone, _ = await correcting.correct(replace(case, id="C-0"), "fraud", by="human:staff-1")
        assert gone == "There is no case C-0 any more."
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_an_unknown_category_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        case, room = await with_words(here)
        await typed(here, room, "category damaged_itm", mention=True)
        assert "Did you mean damaged_item? Known categories:" in room_texts(here, room)[-1]
        assert not await here.store.corrections.examples()
        customers = Press("p", "category", case.id, "u1", "Ada", THREAD, text="fraud")
        assert "staff" in await here.reception.press(customers)
