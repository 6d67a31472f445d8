"""Customers edit, take back, stop and ask again, at any moment of the answer."""

import asyncio
from pathlib import Path

import pytest

from core import phrases
from core.modelling import TextPiece
from core.settings import AgentSettings
from tests.core.rig import THREAD, rig
from tests.fakes.model import ScriptedModel, calls, says


async def test_an_edit_in_mid_answer_begins_it_anew_in_the_same_message(tmp_path: Path) -> None:
    model = ScriptedModel([TextPiece("Bonn is ")], says("Paris is in France."), holds=True)
    async with rig(tmp_path, model) as here:
        await here.says("Where is Bonn?")
        await here.chat.until(lambda: "Bonn is " in here.texts)
        assert await here.reception.edit(here.message(1, "Where is Paris?"))
        model.release()
        await here.settled()
        assert here.texts == ["Paris is in France."]
        assert "Where is Paris?" in model.requests[1].messages[-1].text
        assert "Bonn" not in model.requests[1].messages[-1].text


async def test_an_edit_after_the_answer_is_noted_and_answered_by_nobody(tmp_path: Path) -> None:
    model = ScriptedModel(says("Bonn is in Germany."), says("As you wrote."))
    async with rig(tmp_path, model) as here:
        await here.says("Where is Bonn?")
        await here.settled()
        assert await here.reception.edit(here.message(1, "Where is Paris?"))
        assert not await here.reception.edit(here.message(1, "Where is Paris?"))
        assert not await here.reception.edit(here.message(99, "Never seen"))
        await here.settled()
        assert here.texts == ["Bonn is in Germany."]
        await here.says("And?")
        await here.settled()
        assert any("edited an earlier message) Where is Paris?" in each.text for each in model.requests[1].messages)


async def test_a_message_taken_back_in_mid_answer_ends_it_with_a_fixed_line(tmp_path: Path) -> None:
    model = ScriptedModel([TextPiece("Your secret ")], holds=True)
    async with rig(tmp_path, model) as here:
        await here.says("My secret is 42")
        await here.chat.until(lambda: "Your secret " in here.texts)
        assert await here.reception.delete(THREAD, "1")
        await here.settled()
        assert here.texts == [phrases.WITHDRAWN]
        assert await here.store.inbox.waiting() == []


async def test_one_of_two_messages_taken_back_leaves_the_other_to_be_answered(tmp_path: Path) -> None:
    model = ScriptedModel([TextPiece("One ")], says("Three."), holds=True)
    async with rig(tmp_path, model) as here:
        await here.says("1")
        await here.chat.until(lambda: "One " in here.texts)
        await here.says("2 is wrong")
        await here.says("3 is right")
        assert await here.reception.delete(THREAD, "2")
        model.release()
        await here.settled()
        assert here.texts == ["One", "Three."]
        assert "2 is wrong" not in model.requests[1].messages[-1].text


async def test_what_was_taken_back_after_the_answer_is_struck_from_the_transcript(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("Noted."))) as here:
        await here.says("My card is 4111")
        await here.settled()
        assert await here.reception.delete(THREAD, "1")
        assert not await here.reception.delete(THREAD, "1")
        case = await here.store.cases.find(THREAD)
        assert case is not None
        assert not any("4111" in line.text for line in await here.store.cases.lines(case.id, limit=9))


async def test_people_who_have_the_case_hear_of_edits_and_deletions(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        await here.says("I want to talk to a human, please")
        await here.settled()
        await here.reception.edit(here.message(1, "It is about order 7"))
        await here.reception.delete(THREAD, "1")
        await here.settled()
        assert any("edited an earlier message: It is about order 7" in card for card in here.cards)
        assert any("deleted an earlier message" in card for card in here.cards)


async def test_a_burst_of_three_lines_gets_one_answer(tmp_path: Path) -> None:
    model = ScriptedModel([], [], says("All three."), holds=True)
    async with rig(tmp_path, model) as here:
        for number, words in enumerate(("hello", "my order", "is late"), 1):
            await here.says(words)
            async with asyncio.timeout(5):
                while len(model.requests) < number:  # noqa: ASYNC110 - the model's own loop, no event to wait for
                    await asyncio.sleep(0)
        model.release()
        await here.settled()
        assert here.texts == ["All three."]
        assert "hello\nmy order\nis late" in model.requests[-1].messages[-1].text


async def test_the_word_stop_ends_the_answer_and_is_no_question(tmp_path: Path) -> None:
    model = ScriptedModel([TextPiece("Once upon ")], holds=True)
    async with rig(tmp_path, model) as here:
        await here.says("Tell me a story")
        await here.chat.until(lambda: "Once upon " in here.texts)
        await here.says("Stop!")
        await here.settled()
        assert here.texts == [f"Once upon \n\n{phrases.STOPPED}"]
        await here.says("stop")
        await here.settled()
        assert here.texts[1:] == [phrases.NOTHING_TO_STOP]


async def test_only_whoever_asked_and_staff_can_stop_an_answer(tmp_path: Path) -> None:
    model = ScriptedModel([TextPiece("Once upon ")], holds=True)
    async with rig(tmp_path, model) as here:
        await here.says("Tell me a story")
        await here.chat.until(lambda: "Once upon " in here.texts)
        assert not here.runner.may_stop(THREAD, "u2")
        assert here.runner.may_stop(THREAD, "u1")
        await here.presses("stop", "1", by="u1")
        assert here.texts == [f"Once upon \n\n{phrases.STOPPED}"]


async def test_asking_again_replaces_the_answer_in_its_place_once(tmp_path: Path) -> None:
    model = ScriptedModel(says("A poor answer."), says("A better answer."), says("Thanks."))
    async with rig(tmp_path, model) as here:
        await here.says("Why?")
        await here.settled()
        turn_id = next(each.value for each in here.chat.closed[0].post.buttons if each.action == "again")
        assert await here.presses("again", turn_id, by="u2") == phrases.NOT_FOUND
        assert await here.presses("again", turn_id, by="u1") == phrases.AGAIN
        assert here.texts == ["A better answer."]
        assert await here.presses("again", turn_id, by="u1") == phrases.AGAIN_ALREADY
        assert "again" not in [each.action for each in here.chat.closed[-1].post.buttons]
        assert model.requests[0].messages[-1].text == model.requests[1].messages[-1].text
        await here.says("Thank you")
        await here.settled()
        said = [each.text for each in model.requests[2].messages]
        assert "A better answer." in said
        assert "A poor answer." not in said


async def test_an_old_answer_is_not_written_again(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("One."), says("Two."))) as here:
        await here.says("1")
        await here.settled()
        turn_id = next(each.value for each in here.chat.closed[0].post.buttons if each.action == "again")
        here.clock.move(seconds=5)
        await here.says("2")
        await here.settled()
        assert await here.presses("again", turn_id, by="u1") == phrases.AGAIN_LATE
        assert await here.presses("again", "T-0", by="u1") == phrases.NOT_FOUND


async def test_writing_again_pays_nothing_a_second_time(tmp_path: Path) -> None:
    refund = calls("initiate_refund", '{"order_id": "88291", "reason": "damaged"}')
    async with rig(tmp_path, ScriptedModel(refund, says("Started."), refund, says("It was started."))) as here:
        await here.says("refund order 88291 please")
        await here.settled()
        turn_id = next(each.value for each in here.chat.closed[0].post.buttons if each.action == "again")
        await here.presses("again", turn_id, by="u1")
        assert len(here.paid) == 1


async def test_a_turn_that_takes_too_long_names_what_it_waited_for(tmp_path: Path) -> None:
    model = ScriptedModel([TextPiece("Let me ")], holds=True)
    async with rig(tmp_path, model, agent=AgentSettings(turn_limit_s=0.5)) as here:
        await here.says("Where is it?")
        await here.settled()
        assert "waiting for: the language model" in here.texts[0]
        assert phrases.TIMED_OUT in here.texts[0]


@pytest.mark.parametrize("text", ["stop", "STOP!", " please stop. "])
async def test_stopping_before_anything_ran_is_said(tmp_path: Path, text: str) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        await here.says(text)
        await here.settled()
        assert here.texts == [phrases.NOTHING_TO_STOP]
