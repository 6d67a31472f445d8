"""When the bot speaks up in a channel where nobody asked it, and when it stays out of a talk."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from core.addressing import Room, Said
from core.conversation import Author, Message, Thread
from core.errors import StoreError
from core.knowledge import Found, Hit, Inquiry, Passage
from core.sureness import Sureness


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
