"""A turn from its message to its delivered reply, over a real database."""

import asyncio
from pathlib import Path

import pytest

from core import phrases
from core.conversation import Attachment, Author
from core.errors import DeliveryError, ModelCut, ModelError
from core.modelling import TextPiece
from core.reply import FindingMade, ToolFinished, ToolStarted
from core.settings import AgentSettings, BudgetSettings
from tests.core.rig import STAFF, THREAD, rig
from tests.fakes.chat import MemoryChat
from tests.fakes.model import ScriptedModel, calls, says


async def test_a_question_is_answered_from_a_passage_with_its_source(tmp_path: Path) -> None:
    model = ScriptedModel(says("Parcels arrive within three working days [1]."))
    async with rig(tmp_path, model) as here:
        await here.says("When does it arrive?")
        await here.settled()
        assert here.texts == ["Parcels arrive within three working days [1]."]
        (reply,) = here.chat.closed
        assert [each.source for each in reply.post.citations] == ["delivery.md"]
        assert "Demo shop" in reply.post.footer
        assert [button.action for button in reply.post.buttons] == ["feedback", "feedback", "again", "escalate"]


async def test_the_same_event_delivered_again_is_answered_once(tmp_path: Path) -> None:
    model = ScriptedModel(says("Hello."))
    async with rig(tmp_path, model) as here:
        assert await here.says("Hi", keys=("ev1",))
        here.count = 0
        assert not await here.says("Hi", keys=("ev2",))
        assert not await here.says("Hi", keys=("ev1",))
        await here.settled()
        assert here.texts == ["Hello."]


async def test_a_tool_is_called_and_its_result_goes_back_to_the_model(tmp_path: Path) -> None:
    model = ScriptedModel(calls("get_order_status", '{"order_id": "88291"}'), says("It was delivered on Monday."))
    async with rig(tmp_path, model) as here:
        await here.says("Where is my order #88291?")
        await here.settled()
        assert here.texts == ["It was delivered on Monday."]
        (first, second) = here.model.requests
        assert "delivered on Monday" in second.messages[-1].text
        assert [type(event) for event in here.chat.replies[0].events[:2]] == [ToolStarted, ToolFinished]
        assert first.messages[0] == second.messages[0]


async def test_an_invented_order_is_refused_and_the_model_is_told(tmp_path: Path) -> None:
    model = ScriptedModel(calls("get_order_status", '{"order_id": "12345"}'), says("Which order is it?"))
    async with rig(tmp_path, model) as here:
        await here.says("Where is my order?")
        await here.settled()
        assert here.texts == ["Which order is it?"]
        assert "never named order_id" in here.model.requests[1].messages[-1].text


async def test_broken_arguments_are_explained_so_that_the_model_can_correct_itself(tmp_path: Path) -> None:
    model = ScriptedModel(
        calls("get_order_status", '{"order": 88291}'),
        calls("get_order_status", "not json"),
        calls("get_order_status", '{"order_id": "88291"}'),
        says("Delivered."),
    )
    async with rig(tmp_path, model) as here:
        await here.says("Where is 88291?")
        await here.settled()
        assert here.texts == ["Delivered."]


async def test_a_refund_nobody_asked_for_is_never_started(tmp_path: Path) -> None:
    model = ScriptedModel(
        calls("initiate_refund", '{"order_id": "88291", "reason": "unhappy"}'), says("It was delivered on Monday.")
    )
    async with rig(tmp_path, model) as here:
        await here.says("Where is my order #88291?")
        await here.settled()
        assert here.paid == []


async def test_a_refund_above_the_limit_waits_for_a_person_and_is_paid_once(tmp_path: Path) -> None:
    model = ScriptedModel(
        calls("initiate_refund", '{"order_id": "88291", "reason": "damaged"}'), says("A colleague has to agree first.")
    )
    async with rig(tmp_path, model, limit="50") as here:
        await here.says("I want a refund for order #88291, it is damaged")
        await here.settled()
        assert here.paid == []
        (card,) = [post for post in here.chat.messages.values() if post.kind == "card"]
        approval = card.buttons[0].value
        assert await here.presses("approve", approval, by="u2") == phrases.NOT_ALLOWED
        assert here.paid == []
        assert "Approved" in await here.presses("approve", approval)
        assert len(here.paid) == 1
        assert "A refund for order #88291 was started." in here.texts[-1]
        assert "already" in await here.presses("deny", approval, by="staff-2")
        assert len(here.paid) == 1
        assert any(text.startswith("**Approved") for text in here.cards)


async def test_a_denied_refund_is_said_and_never_paid(tmp_path: Path) -> None:
    model = ScriptedModel(calls("initiate_refund", '{"order_id": "88291", "reason": "x"}'), says("Asked."))
    async with rig(tmp_path, model, limit="50") as here:
        await here.says("refund order 88291 please")
        await here.settled()
        (card,) = [post for post in here.chat.messages.values() if post.kind == "card"]
        await here.presses("deny", card.buttons[0].value)
        assert here.paid == []
        assert "did not approve" in here.texts[-1]


async def test_a_reworded_repeat_pays_once(tmp_path: Path) -> None:
    refund = calls("initiate_refund", '{"order_id": "88291", "reason": "damaged"}')
    again = calls("initiate_refund", '{"order_id": "#88291", "reason": "it is broken"}')
    model = ScriptedModel(refund, says("Done."), again, says("Done already."))
    async with rig(tmp_path, model) as here:
        await here.says("refund 88291")
        await here.settled()
        await here.says("please refund order #88291 now")
        await here.settled()
        assert len(here.paid) == 1


async def test_an_untrue_claim_never_reaches_the_final_text(tmp_path: Path) -> None:
    model = ScriptedModel(says("Good news. I've refunded your order. Bye."))
    async with rig(tmp_path, model) as here:
        await here.says("refund my order 88291")
        await here.settled()
        assert here.texts == [f"Good news. {phrases.CLAIM_WITHDRAWN} Bye."]


async def test_an_answer_that_breaks_off_is_asked_for_again_and_shown_once(tmp_path: Path) -> None:
    model = ScriptedModel([TextPiece("Parcels ar"), ModelCut("cut")], says("Parcels arrive soon."))
    async with rig(tmp_path, model) as here:
        await here.says("When?")
        await here.settled()
        assert here.texts == ["Parcels arrive soon."]


async def test_without_any_answering_model_a_person_gets_the_case(tmp_path: Path) -> None:
    model = ScriptedModel([ModelError("down")])
    async with rig(tmp_path, model) as here:
        await here.says("Hello?")
        await here.settled()
        assert here.texts == [phrases.NO_MODEL]
        assert any("needs a person" in card for card in here.cards)


async def test_asking_for_a_person_hands_over_without_a_model_and_the_bot_stays_silent(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        await here.says("I want to talk to a human, please")
        await here.settled()
        assert here.texts == [phrases.HANDED_OFF]
        await here.says("Are you there?")
        await here.settled()
        assert here.texts == [phrases.HANDED_OFF]
        assert any("Are you there?" in card for card in here.cards)


async def test_a_case_handed_back_is_answered_by_the_bot_again(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("Hello again."))) as here:
        await here.presses("escalate", by="u1", text="I am stuck")
        case = await here.store.cases.find(THREAD)
        assert case is not None
        assert case.owner == "queue:3"
        assert await here.presses("hand_back", case.id, by="u1") == phrases.NOT_ALLOWED
        await here.presses("hand_back", case.id)
        await here.says("Hello?")
        await here.settled()
        assert here.texts[-1] == "Hello again."


async def test_a_person_answers_the_customer_and_owns_the_case(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        await here.presses("escalate", by="u1")
        case = await here.store.cases.find(THREAD)
        assert case is not None
        await here.presses("reply", case.id, text="I am looking into it.")
        assert here.texts[-1] == "I am looking into it."
        owned = await here.store.cases.get(case.id)
        assert owned is not None
        assert owned.owner == "human:staff-1"


async def test_a_platform_that_refuses_live_replies_gets_one_whole_post(tmp_path: Path) -> None:
    chat = MemoryChat()
    chat.refuses_opening = True
    async with rig(tmp_path, ScriptedModel(says("Hello.")), chat=chat) as here:
        await here.says("Hi")
        await here.settled()
        assert here.texts == ["Hello."]


async def test_a_failed_final_write_is_tried_again_on_the_same_message(tmp_path: Path) -> None:
    chat = MemoryChat()
    chat.failures = [DeliveryError("503"), DeliveryError("503")]
    async with rig(tmp_path, ScriptedModel(says("Hello.")), chat=chat) as here:
        await here.says("Hi")
        await here.settled()
        here.clock.move(minutes=1)
        await here.courier.drain()
        here.clock.move(minutes=1)
        await here.courier.drain()
        assert here.texts == ["Hello."]


async def test_the_step_limit_ends_in_a_clear_line_and_a_person(tmp_path: Path) -> None:
    look = calls("get_order_status", '{"order_id": "88291"}')
    agent = AgentSettings(max_steps=2)
    async with rig(tmp_path, ScriptedModel(look, look), agent=agent) as here:
        await here.says("Where is 88291?")
        await here.settled()
        assert here.texts == [phrases.STEP_LIMIT]


async def test_a_spent_budget_goes_to_a_person_without_asking_a_model(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("One.")), budget=BudgetSettings(requests_per_case=1)) as here:
        await here.says("First")
        await here.settled()
        await here.says("Second")
        await here.settled()
        assert here.texts[-1] == phrases.BUDGET


async def test_a_small_models_reply_about_a_tool_is_the_tools_own_summary(tmp_path: Path) -> None:
    model = ScriptedModel(calls("get_order_status", '{"order_id": "88291"}'), is_small=True)
    async with rig(tmp_path, model) as here:
        await here.says("Where is my order #88291?")
        await here.settled()
        assert here.texts == ["Order #88291 was delivered on Monday."]


async def test_a_small_model_that_starts_an_unwanted_refund_only_looks_the_order_up(tmp_path: Path) -> None:
    model = ScriptedModel(calls("initiate_refund", '{"order_id": "88291", "reason": "?"}'), is_small=True)
    async with rig(tmp_path, model) as here:
        await here.says("Where is my order #88291?")
        await here.settled()
        assert here.paid == []
        assert here.texts == ["Order #88291 was delivered on Monday."]


async def test_somebody_who_floods_is_slowed_with_one_notice_and_nothing_is_lost(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("Hi."))) as here:
        await here.says("1")
        await here.settled()
    async with rig(tmp_path, ScriptedModel(says("Both.")), pace=1, chat=MemoryChat()) as here:
        here.count = 1
        await here.says("2")
        await here.says("3")
        await here.says("4")
        await here.settled()
        assert here.texts.count(phrases.PACE) == 1


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_message_is_met_with_a_question(tmp_path: Path, text: str) -> None:
    async def talk() -> list[str]:
        async with rig(tmp_path, ScriptedModel()) as here:
            await here.says(text.strip())
            await here.settled()
            return here.texts

    assert asyncio.run(talk()) == [phrases.NOT_UNDERSTOOD]


def photo(name: str = "parcel.png", *, size_bytes: int = 20) -> Attachment:
    return Attachment(name, name, "image/png", size_bytes, name)


async def test_what_a_picture_shows_reaches_the_model_as_data(tmp_path: Path) -> None:
    chat = MemoryChat()
    chat.files["parcel.png"] = b"picture:a crushed box"
    model = ScriptedModel(says("I am sorry about the box."))
    async with rig(tmp_path, model, chat=chat) as here:
        await here.says("", attachments=(photo(),))
        await here.settled()
        assert here.texts == ["I am sorry about the box."]
        assert "a crushed box" in model.requests[0].messages[-1].text
        assert any(isinstance(event, FindingMade) for event in here.chat.replies[0].events)
        case = await here.store.cases.find(THREAD)
        assert case is not None
        (line, _) = await here.store.cases.lines(case.id, limit=10)
        assert line.findings == ("a crushed box",)


async def test_a_file_that_is_no_picture_is_said_and_the_rest_answered(tmp_path: Path) -> None:
    chat = MemoryChat()
    chat.files["page.png"] = b"<html>"
    async with rig(tmp_path, ScriptedModel(says("What happened?")), chat=chat) as here:
        await here.says("See this", attachments=(photo("page.png"),))
        await here.settled()
        assert here.texts == ["“page.png”: this is not a picture.\n\nWhat happened?"]


async def test_a_picture_alone_that_cannot_be_used_is_no_question_for_a_model(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        await here.says("", attachments=(photo("gone.png"), photo("huge.png", size_bytes=40_000_000)))
        await here.settled()
        assert "gone.png" in here.texts[0]
        assert "larger than 10 MB" in here.texts[0]


async def test_feedback_is_kept_with_the_turn(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("Hi."))) as here:
        await here.says("Hello")
        await here.settled()
        (up, down, *_) = here.chat.closed[0].post.buttons
        assert "noted" in await here.presses("feedback", up.value, by="u1")
        assert "noted" in await here.presses("feedback", down.value, by="u1")
        assert await here.presses("feedback", "good:T-unknown", by="u1") == phrases.NOT_FOUND


async def test_nobody_can_escalate_or_read_somebody_elses_case(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("Hi."))) as here:
        await here.says("Hello")
        await here.settled()
        case = await here.store.cases.find(THREAD)
        assert case is not None
        assert await here.presses("escalate", case.id, by="u2") == phrases.NOT_ALLOWED
        assert await here.presses("reply", case.id, by="u2", text="I am staff") == phrases.NOT_ALLOWED
        assert await here.presses("approve", "A-1", by="u2") == phrases.NOT_ALLOWED
        assert await here.presses("no such thing", by="u2") == phrases.NOT_FOUND


async def test_a_person_who_takes_over_in_mid_answer_cuts_it_with_a_fixed_line(tmp_path: Path) -> None:
    model = ScriptedModel([TextPiece("Your order ")], holds=True)
    async with rig(tmp_path, model) as here:
        await here.says("Where is it?")
        await here.chat.until(lambda: "Your order " in here.texts)
        await here.presses("escalate", by="u1")
        assert here.texts[0] == f"Your order\n\n{phrases.TAKEN_OVER}"
        assert phrases.HANDED_OFF in here.texts


async def test_stopping_keeps_what_was_said_and_says_so(tmp_path: Path) -> None:
    model = ScriptedModel([TextPiece("Once upon ")], holds=True)
    async with rig(tmp_path, model) as here:
        await here.says("Tell me a story")
        await here.chat.until(lambda: "Once upon " in here.texts)
        await here.presses("stop", by="u1")
        assert here.texts == [f"Once upon \n\n{phrases.STOPPED}"]


async def test_messages_that_come_during_a_turn_join_the_next_one(tmp_path: Path) -> None:
    model = ScriptedModel([TextPiece("One ")], says("Two and three."), holds=True)
    async with rig(tmp_path, model) as here:
        await here.says("1")
        await here.chat.until(lambda: "One " in here.texts)
        await here.says("2")
        await here.says("3")
        model.release()
        await here.settled()
        assert here.texts == ["One", "Two and three."]
        assert "2\n3" in model.requests[1].messages[-1].text


async def test_a_turn_cut_off_by_a_crash_ends_in_the_same_message(tmp_path: Path) -> None:
    chat = MemoryChat()
    held = ScriptedModel([TextPiece("Half an ")], holds=True)

    async def crash() -> None:
        async with rig(tmp_path, held, chat=chat) as here:
            await here.says("Where is it?")
            await here.chat.until(lambda: "Half an " in here.texts)
            raise ConnectionAbortedError("killed")

    with pytest.RaisesGroup(ConnectionAbortedError, allow_unwrapped=True, flatten_subgroups=True):
        await crash()
    async with rig(tmp_path, ScriptedModel(says("The whole answer.")), chat=chat) as here:
        assert await here.reception.resume() == 1
        await here.settled()
        assert here.texts == ["The whole answer."]


async def test_an_undeliverable_reply_is_reported_to_staff(tmp_path: Path) -> None:
    chat = MemoryChat()
    chat.failures = [DeliveryError("blocked", is_final=True)]
    async with rig(tmp_path, ScriptedModel(says("Hello.")), chat=chat) as here:
        await here.says("Hi")
        await here.settled()
        assert any("did not reach the customer" in card for card in here.cards)
        case = (await here.store.cases.of_author("t1", "memory", "u1"))[0]
        assert any(case.id in card for card in here.cards if "did not reach the customer" in card)
        lines = await here.store.cases.lines(case.id, limit=9)
        assert any(line.speaker == "system" and "did not reach the customer" in line.text for line in lines)


async def test_status_lists_the_authors_own_open_cases(tmp_path: Path) -> None:
    refund = calls("initiate_refund", '{"order_id": "88291", "reason": "damaged"}')
    async with rig(tmp_path, ScriptedModel(refund, says("Asked.")), limit="50") as here:
        await here.says("refund order 88291")
        await here.settled()
        assert "waits for approval: Refund order #88291" in await here.reception.status(Author("u1", "Ada"), THREAD)
        assert await here.reception.status(Author("u2", "Ben"), THREAD) == phrases.NO_CASE
        assert await here.reception.is_ours(THREAD)
        assert not await here.reception.is_ours(STAFF)
