"""A case in its staff room: internal by default, deliberate to the customer, and both sides always the same."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core import phrases
from core.case import Case
from core.conversation import Author, Message, Thread
from core.reply import Press
from core.staffroom import order_of
from tests.core.rig import STAFF, THREAD, Rig, rig
from tests.fakes.model import ScriptedModel

SAM, KIM = Author("staff-1", "Sam"), Author("staff-2", "Kim")


async def escalated(here: Rig) -> tuple[Case, Thread]:
    """A case with people, and the room that its packet opened."""
    await here.presses("escalate", by="u1", text="My parcel is broken")
    case = await here.store.cases.find(THREAD)
    assert case is not None
    (room,) = await here.store.staff.rooms(case.id)
    return case, room


async def typed(
    here: Rig, room: Thread, text: str, *, by: Author = SAM, id: str = "", mention: bool = False
) -> Message:
    """Somebody of the team writes in the room."""
    here.count += 1
    now = datetime(2026, 3, 2, tzinfo=UTC)
    message = Message(id or f"s{here.count}", room, by, text, now, is_staff_place=True, mentions_us=mention)
    await here.reception.receive(message)
    await here.settled()
    return message


def room_texts(here: Rig, room: Thread) -> list[str]:
    return here.chat.texts(room.key)


async def test_what_the_team_says_among_itself_never_reaches_the_customer(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        _, room = await escalated(here)
        before = here.texts
        await typed(here, room, "reply to him tomorrow, he is a pain")
        await typed(here, room, "I think >> is what we use")
        await typed(here, room, "note he called before", mention=True)
        assert here.texts == before


async def test_marked_words_reach_the_customer_once_and_claim_the_case(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        case, room = await escalated(here)
        message = await typed(here, room, ">> We send a new one.")
        await here.reception.receive(message)
        await here.settled()
        assert here.texts[-1] == "We send a new one."
        assert here.texts.count("We send a new one.") == 1
        assert "→ customer · delivered" in room_texts(here, room)
        taken = await here.store.cases.get(case.id)
        assert taken is not None
        assert (taken.owner, taken.phase) == ("human:staff-1", "waiting")


async def test_the_loser_is_told_who_has_the_case_and_can_take_it_over(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        case, room = await escalated(here)
        await here.presses("claim", case.id)
        answer = await here.reception.press(Press("k", "claim", case.id, KIM.id, KIM.name, STAFF, True))
        assert answer == f"Case {case.id} is already with Staff-1."
        await typed(here, room, ">> And me?", by=KIM)
        assert "And me?" not in here.texts
        assert f"Case {case.id} is already with Staff-1." in room_texts(here, room)
        await typed(here, room, "take over", by=KIM, mention=True)
        await typed(here, room, "reply And me?", by=KIM, mention=True)
        assert here.texts[-1] == "And me?"


async def test_edits_and_deletions_follow_to_the_other_side(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        case, room = await escalated(here)
        first = await typed(here, room, ">> Two days.")
        second = await typed(here, room, ">> Never mind.")
        await here.reception.edit(replace(first, text=">> Three days."))
        await here.reception.delete(room, second.id)
        await here.settled()
        assert here.texts[-1] == "Three days."
        assert "Never mind." not in here.texts
        said = [line.text for line in await here.store.cases.lines(case.id, limit=9) if line.speaker == "person"]
        assert said == ["Three days."]


async def test_what_the_customer_writes_stands_in_the_room_and_so_do_its_edits(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        case, room = await escalated(here)
        await here.says("Are you there?")
        await here.settled()
        assert room_texts(here, room)[-1] == f"**Ada** (case {case.id}): Are you there?"
        now = datetime(2026, 3, 2, tzinfo=UTC)
        await here.reception.edit(Message(str(here.count), THREAD, Author("u1", "Ada"), "Hello?", now))
        await here.settled()
        assert room_texts(here, room)[-1] == f"**Ada** (case {case.id}): Hello?"
        await here.reception.delete(THREAD, str(here.count))
        await here.settled()
        assert not any("Hello?" in each for each in room_texts(here, room))


async def test_a_resolved_case_asks_once_is_confirmed_and_rated_by_its_customer_alone(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        case, room = await escalated(here)
        await typed(here, room, ">> A new one is on its way.")
        await typed(here, room, "resolve", mention=True)
        assert here.texts[-1] == "Is this solved for you?"
        assert await here.presses("confirm", f"yes:{case.id}", by="u2") == phrases.NOT_FOUND
        assert await here.presses("confirm", f"yes:{case.id}", by="u1") == "Thank you!"
        assert here.texts[-1] == "How did we do?"
        assert await here.presses("rate", f"5:{case.id}", by="u2") == phrases.NOT_FOUND
        assert "rating" in await here.presses("rate", f"5:{case.id}", by="u1", text="Quick!")
        done = await here.store.cases.get(case.id)
        assert done is not None
        assert (done.state, done.resolution) == ("resolved", "confirmed")


async def test_not_yet_opens_the_case_again_with_whoever_had_it(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        case, room = await escalated(here)
        await typed(here, room, ">> Done.")
        await here.presses("resolve", case.id)
        await here.presses("confirm", f"no:{case.id}", by="u1")
        again = await here.store.cases.get(case.id)
        assert again is not None
        assert (again.state, again.owner) == ("open", "human:staff-1")
        assert "not solved yet" in room_texts(here, room)[-1]


@pytest.mark.parametrize(
    ("text", "mention", "verb", "said"),
    [
        (">> Hello", False, "reply", "Hello"),
        ("&gt;&gt; Hello", False, "reply", "Hello"),
        ("reply Hello", True, "reply", "Hello"),
        ("reply Hello", False, "talk", "reply Hello"),
        ("> quoted", False, "talk", "> quoted"),
        ("Take over", True, "take_over", ""),
        ("do something", True, "help", ""),
    ],
)
def test_only_marked_words_are_orders(text: str, mention: bool, verb: str, said: str) -> None:
    order = order_of(Message("1", THREAD, SAM, text, datetime(2026, 3, 2, tzinfo=UTC), mentions_us=mention))
    assert (order.verb, order.text) == (verb, said)
