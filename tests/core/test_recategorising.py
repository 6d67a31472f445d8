"""A category that the team puts right."""

from pathlib import Path

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


async def test_an_unknown_category_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        case, room = await with_words(here)
        await typed(here, room, "category damaged_itm", mention=True)
        assert "Did you mean damaged_item? Known categories:" in room_texts(here, room)[-1]
        assert not await here.store.corrections.examples()
        customers = Press("p", "category", case.id, "u1", "Ada", THREAD, text="fraud")
        assert "staff" in await here.reception.press(customers)
