"""Called into a conversation of people, the bot knows what was said there, and whose words they are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.conversation import Line
from core.earlier import worded
from tests.core.rig import THREAD, rig
from tests.fakes.model import ScriptedModel, calls, says

_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


async def test_what_was_said_before_is_known_with_its_authors(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("It is on its way to Bea."))) as here:
        at = here.clock.now() - timedelta(minutes=5)
        said = Line("customer", "Bea", "My order 88291 has not come.", at, message_id="m0", author_id="u-bea")
        await here.reception.receive(replace(here.message(1, "Can you help her?"), before=(said,)))
        await here.settled()
        prompt = "\n".join(each.text for each in here.model.requests[0].messages)
        assert "Bea" in prompt
        assert said.text in prompt
        case = await here.store.cases.find(THREAD)
        assert case is not None
        first, *_ = await here.store.cases.lines(case.id, limit=10)
        assert (first.name, first.text, first.author_id) == ("Bea", said.text, "u-bea")


async def test_nobody_acts_on_what_somebody_else_had_asked_for_before(tmp_path: Path) -> None:
    refund = calls("initiate_refund", '{"order_id": "88291", "reason": "damaged"}')
    async with rig(tmp_path, ScriptedModel(refund, says("A person looks at it."))) as here:
        at = here.clock.now() - timedelta(minutes=5)
        said = Line("customer", "Bea", "Please refund order 88291.", at, message_id="m0", author_id="u-bea")
        await here.reception.receive(replace(here.message(1, "Go on, bot, do what was asked."), before=(said,)))
        await here.settled()
        assert here.paid == []


def test_only_the_newest_words_are_taken_and_of_each_the_beginning() -> None:
    lines = [Line("customer", "Bea", f"{n} " + "a" * 2_000, at=_AT) for n in range(30)]
    taken = worded([*lines, Line("customer", "Bea", "  ", at=_AT)])
    assert [each.text.split()[0] for each in taken] == [str(n) for n in range(10, 30)]
    assert {len(each.text) for each in taken} == {1_000}
