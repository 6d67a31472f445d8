"""How a case ends: asked once, rated, with a transcript for each side; and what comes after."""

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.case import Case, Handoff
from core.casework import SYSTEM
from core.caseworker import Step
from core.conversation import Author, Line, Message
from core.transcripts import copy_of, wants_transcript
from tests.core.rig import STAFF, THREAD, Rig, rig
from tests.fakes.model import ScriptedModel, says

ALIAS = "{name}, a person of our team"


async def resolved(here: Rig) -> Case:
    await here.presses("escalate", by="u1", text="Broken")
    case = await here.store.cases.last(THREAD)
    assert case is not None
    await here.presses("reply", case.id, text="A new one is on its way.")
    await here.presses("resolve", case.id)
    return case


def _close() -> Step:
    return Step("close", SYSTEM, Handoff("close", "Quiet long enough."))


async def test_a_rating_shows_its_stars_and_its_comment_reaches_the_team(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        case = await resolved(here)
        assert await here.presses("confirm", f"yes:{case.id}", by="u1") == "Thank you!"
        assert await here.presses("rate", f"4:{case.id}", by="u1") == "Thank you for the rating."
        assert here.texts[-1] == "You rated this ★★★★☆. Thank you!"
        assert "Thank you" in await here.presses("comment", f"4:{case.id}", by="u1", text="Quick.")
        assert [card for card in here.cards if "rated case" in card] == [
            f"The customer rated case {case.id} ★★★★☆.",
            f"The customer rated case {case.id} ★★★★☆: Quick.",
        ]
        (score,) = [event.detail["score"] for event in await here.store.ledger.events() if event.what == "rated"]
        assert score == "4"
        for value, by in ((f"4:{case.id}", "u2"), (f"6:{case.id}", "u1"), ("4:C-NONE", "u1")):
            assert "could not find" in await here.presses("comment", value, by=by, text="x")


async def test_each_side_gets_its_own_transcript_once_and_its_hash_holds(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("What happened?"))) as here:
        await here.says("It broke. My card is 4111 1111 1111 1111, mail ada@example.com")
        await here.settled()
        case = await resolved(here)
        await here.presses("note", case.id, text="a regular")
        assert "stands in this conversation now" in await here.presses("transcript", case.id, by="u1")
        assert "already" in await here.presses("transcript", case.id, by="u1")
        theirs = here.texts[-1]
        assert "Staff-1, a person of our team: A new one is on its way." in theirs
        assert "[CARD_1]" in theirs
        for hidden in ("4111", "ada@example.com", "a regular", "Passed to people"):
            assert hidden not in theirs
        await here.presses("transcript", case.id)
        assert "Internal note by Staff-1: a regular" in here.cards[-1]
        assert "4111 1111 1111 1111" in here.cards[-1]
        assert await here.presses("transcript", case.id, by="u2") != ""
        for text in (theirs, here.cards[-1]):
            body = re.search(r"```\n(.*)\n```", text, re.DOTALL)
            assert body is not None
            told = [e.detail["sha256"] for e in await here.store.ledger.events() if e.what == "transcript"]
            assert hashlib.sha256(body[1].encode()).hexdigest() in told


async def test_a_customer_who_writes_the_word_gets_their_copy_and_the_team_types_an_order(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        case = await resolved(here)
        await here.says("Transcript, please!")
        await here.settled()
        assert here.texts[-1].startswith(f"**Transcript of case {case.id}** (your copy")
        (room,) = await here.store.staff.rooms(case.id)
        asked = Message("p1", room, Author("staff-1", "Ann"), "transcript", here.clock.now(), is_staff_place=True,
                        mentions_us=True)  # fmt: skip
        await here.reception.receive(asked)
        await here.settled()
        assert any("(whole, for the team)" in card for card in here.cards)
        assert STAFF.key != room.key


async def test_words_after_the_end_open_the_case_again_and_after_the_close_a_linked_one(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("How can I help?"))) as here:
        case = await resolved(here)
        await here.presses("confirm", f"yes:{case.id}", by="u1")
        current = await here.store.cases.get(case.id)
        assert current is not None
        closing = await here.caseworker.act(current, _close())
        assert isinstance(closing, Case)
        await here.says("Now the other one broke")
        await here.settled()
        linked = await here.store.cases.find(THREAD)
        assert linked is not None
        assert (linked.linked, linked.is_with_ai) == (case.id, True)
        assert [
            line.text for line in await here.store.cases.lines(linked.id, limit=9) if line.speaker == "person"
        ] == []
        asked = str(here.model.requests[-1].messages)
        assert "other one broke" in asked
        assert "A new one is on its way" not in asked


@pytest.mark.parametrize("text", ["transcript", "Transcript please!", "send me the transcript"])
def test_the_wish_is_understood(text: str) -> None:
    assert wants_transcript(text)
    assert not wants_transcript(f"{text} of the call with Ben")


def test_code_in_a_transcript_does_not_end_its_fence() -> None:
    lines = [Line("customer", "Ada", "```\ncode\n````", datetime(2026, 3, 2, tzinfo=UTC))]
    copy = copy_of(Case("C-1", THREAD, "", "u1", "ai", 1, "open", lines[0].at), lines, "staff", alias=ALIAS)
    assert copy.post.text.count("`````") == 2


@pytest.mark.parametrize("hides", [True, False])
def test_the_teams_transcript_tells_of_pictures_no_account_where_these_are_hidden(*, hides: bool) -> None:
    found = ("label: pay to DE89 3704 0044 0532 0130 00",)
    lines = [Line("customer", "Ada", "look", datetime(2026, 3, 2, tzinfo=UTC), findings=found)]
    case = Case("C-1", THREAD, "", "u1", "ai", 1, "open", lines[0].at)
    copy = copy_of(case, lines, "staff", alias=ALIAS, hides_private=hides)
    assert "picture: label" in copy.body
    assert ("DE89" in copy.body) is not hides
