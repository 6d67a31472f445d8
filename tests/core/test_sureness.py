"""When the bot speaks up in a channel where nobody asked it, and when it stays out of a talk."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from core.addressing import Room, Said
from core.conversation import Author, Message, Thread
from core.errors import StoreError
from core.knowledge import Found, Hit, Inquiry, Passage
from core.sureness import Sureness
from tests.core.rig import CUSTOMER, STAFF, rig, shop
from tests.fakes.model import ScriptedModel


class _Knowledge:
    """Knows one thing, or fails."""

    def __init__(self, *, is_strong: bool = True, fails: bool = False) -> None:
        self._is_strong = is_strong
        self._fails = fails
        self.asked: list[Inquiry] = []

    async def search(self, inquiry: Inquiry, *, limit: int) -> Found:
        self.asked.append(inquiry)
        if self._fails:
            raise StoreError("the index is gone")
        return Found((Hit(Passage("p", "a.md", "Delivery", "Two days."), 1.0, self._is_strong),)[:limit])


def _message(text: str) -> Message:
    return Message("1", Thread("T1", "slack", "C1", "1"), Author("U1", "Ann"), text, datetime(2026, 11, 25, tzinfo=UTC))


async def test_a_question_that_the_knowledge_answers_is_one_we_are_sure_of() -> None:
    knowledge = _Knowledge()
    assert await Sureness(knowledge).is_sure(_message("How long is delivery?"))
    assert (knowledge.asked[0].reader.tenant, knowledge.asked[0].reader.channel) == ("T1", "C1")


async def test_without_a_strong_passage_or_without_knowledge_we_stay_quiet() -> None:
    assert not await Sureness(_Knowledge(is_strong=False)).is_sure(_message("How long is delivery?"))
    assert not await Sureness(_Knowledge(fails=True)).is_sure(_message("How long is delivery?"))


async def test_a_question_that_a_tool_answers_is_one_we_are_sure_of_too() -> None:
    sureness = Sureness(_Knowledge(is_strong=False), shop([]))
    assert await sureness.is_sure(_message("Where is my order #88291?"))
    for text in ("Where is my order?", "Is anybody in room #88291?", "My order #88291 is here"):
        assert not await sureness.is_sure(_message(text)), text


async def test_talk_that_asks_nothing_is_not_even_looked_up() -> None:
    knowledge = _Knowledge()
    for text in ("delivery was quick this time", "why?"):
        assert not await Sureness(knowledge).is_sure(_message(text))
    assert knowledge.asked == []


def test_a_line_that_calls_us_or_goes_on_with_ours_is_for_us() -> None:
    room = Room()
    assert room.is_for_us("C1", "1", Said("Ann", "helper: is it open?"), own="helper")
    assert not room.is_for_us("C1", "2", Said("Ben", "Ann: I think so"), own="helper")
    assert not room.is_for_us("C1", "3", Said("Ann", "ok, thanks Ben"), own="helper")
    assert room.is_for_us("C2", "1", Said("Ben", "does anybody know the opening hours?"), own="helper")


@given(st.lists(st.tuples(st.sampled_from(["Ann", "Ben", "Cleo"]), st.text(max_size=30)), max_size=30))
def test_hearing_a_line_again_gives_the_same_answer(lines: list[tuple[str, str]]) -> None:
    room = Room()
    for n, (by, text) in enumerate(lines):
        said = Said(by, text)
        assert room.is_for_us("C1", str(n), said, own="helper") is room.is_for_us("C1", str(n), said, own="helper")


async def test_what_nobody_asked_us_is_left_alone_where_we_are_not_sure_and_is_not_kept(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as core:
        message = replace(core.message(1, "How long is delivery?"), only_if_sure=True)
        assert not await core.reception.receive(message)
        assert await core.store.inbox.waiting() == []


async def test_the_queue_shows_a_staff_place_its_own_cases_the_free_ones_first(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as core:
        await core.says("a person, please")
        await core.presses("escalate", by=CUSTOMER.id)
        await core.settled()
        assert [each.is_free for each in await core.reception.queue(STAFF)] == [True]
        [listed] = await core.reception.queue(STAFF)
        await core.presses("claim", listed.case_id)
        assert [each.is_free for each in await core.reception.queue(STAFF)] == [False]
        assert await core.reception.queue(replace(STAFF, channel="elsewhere")) == []
