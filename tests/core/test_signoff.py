"""Answers that a person looks at first: held, sent once, changed or discarded; and what nobody decides about."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from core import phrases
from core.case import Case
from core.errors import SettingsError
from core.reply import Button, Press
from core.routing import Route, Router
from core.signoff import Held
from core.tables import Row
from tests.core.rig import STAFF, THREAD, Rig, rig
from tests.core.test_staffroom import typed
from tests.fakes.model import ScriptedModel, calls, says

CHECKED = (Row[Route](name="careful", then=Route(send="draft")),)
ANSWER = "Parcels arrive within three working days [1]."
ASKED = "When does my parcel arrive?"


def drafted(here: Rig) -> dict[str, Button]:
    """The buttons of the newest card in the staff place."""
    card = next(post for post in reversed(here.chat.messages.values()) if post.kind == "card")
    return {each.action: each for each in card.buttons}


async def case_of(here: Rig) -> Case:
    case = await here.store.cases.find(THREAD)
    assert case is not None
    return case


async def waiting(here: Rig) -> Sequence[Held]:
    return await here.store.held.of_case(await case_of(here))


async def test_a_draft_is_written_and_not_shown_until_a_person_sends_it_once(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says(ANSWER)), rows=CHECKED) as here:
        await here.says(ASKED)
        await here.settled()
        assert here.texts == [phrases.DRAFTED]
        assert "arrive within three working days" not in here.chat.replies[0].events.__repr__()
        assert f"> {ANSWER}" in here.cards[0]
        assert "**Wants:** When does my parcel arrive?" in here.cards[0]
        send = drafted(here)["send_held"]
        assert (await case_of(here)).is_with_ai
        assert await here.presses("send_held", send.value) == "Sent to the customer."
        assert await here.presses("send_held", send.value, by="staff-2") == "That draft is not waiting any more."
        assert here.texts == [phrases.DRAFTED, ANSWER]
        post = here.chat.messages["m3"]
        assert (post.footer, len(post.citations)) == ("Looked at by Staff-1 before it was sent", 1)
        assert (await case_of(here)).is_with_ai
        assert "the reply was sent** by Staff-1" in here.cards[0]
        assert not drafted(here)


async def test_changed_words_go_out_as_they_were_typed_and_stand_in_the_transcript(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says(ANSWER)), rows=CHECKED) as here:
        await here.says(ASKED)
        await here.settled()
        turn_id = drafted(here)["edit_held"].value
        form = await here.reception.form(Press("f", "edit_held", turn_id, "staff-1", "Sam", STAFF, True))
        assert form is not None
        assert form.begins_with == ANSWER
        customers = await here.reception.form(Press("f", "edit_held", turn_id, "u1", "Ada", THREAD))
        assert customers is not None
        assert not customers.begins_with, "nobody else reads a draft"
        await here.presses("edit_held", turn_id, text="Within three days, Ada.")
        assert here.texts[-1] == "Within three days, Ada."
        lines = await here.store.cases.lines((await case_of(here)).id, limit=9)
        assert [(each.speaker, each.text) for each in lines][-1] == ("person", "Within three days, Ada.")
        assert "changed and sent** by Staff-1" in here.cards[0]


async def test_a_discarded_draft_is_never_sent(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says(ANSWER)), rows=CHECKED) as here:
        await here.says(ASKED)
        await here.settled()
        turn_id = drafted(here)["discard_held"].value
        assert (await here.presses("discard_held", turn_id)).startswith("Discarded.")
        assert "not waiting" in await here.presses("send_held", turn_id)
        assert here.texts == [phrases.DRAFTED]


async def test_customers_decide_nothing_about_drafts(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says(ANSWER)), rows=CHECKED) as here:
        await here.says(ASKED)
        await here.settled()
        assert await here.presses("send_held", drafted(here)["send_held"].value, by="u1") == phrases.NOT_ALLOWED
        assert len(await waiting(here)) == 1


async def test_each_message_gets_its_draft_and_the_customer_one_whole_line(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says(ANSWER), says("Nothing to pay [1].")), rows=CHECKED) as here:
        for words in (ASKED, "And does it cost anything?"):
            await here.says(words)
            await here.settled()
        assert here.texts == [phrases.DRAFTED, phrases.DRAFTED_MORE]
        case = await case_of(here)
        (room,) = await here.store.staff.rooms(case.id)
        await typed(here, room, "send draft", mention=True)
        await typed(here, room, "discard", mention=True)
        assert here.texts[2:] == [ANSWER]
        assert not await waiting(here)


async def test_a_draft_outlives_the_process(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says(ANSWER)), rows=CHECKED) as here:
        await here.says(ASKED)
        await here.settled()
        chat, turn_id = here.chat, drafted(here)["send_held"].value
    async with rig(tmp_path, ScriptedModel(), rows=CHECKED, chat=chat) as here:
        assert await here.presses("send_held", turn_id) == "Sent to the customer."
        assert here.texts == [phrases.DRAFTED, ANSWER]


async def test_what_nobody_decides_about_calls_the_team_and_then_is_theirs_with_the_draft_to_send(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path, ScriptedModel(says(ANSWER)), rows=CHECKED) as here:
        await here.says(ASKED)
        await here.settled()
        turn_id = drafted(here)["send_held"].value
        here.clock.move(minutes=11)
        await here.alarm.ring()
        await here.settled()
        assert any("waits for 11 minutes" in text for text in here.cards)
        assert here.texts == [phrases.DRAFTED]
        here.clock.move(minutes=50)
        await here.alarm.ring()
        await here.settled()
        case = await case_of(here)
        assert case.owner == "queue:3"
        assert "not waiting" in await here.presses("send_held", turn_id)
        assert any("**Suggested reply:**\n> Parcels arrive within three working days.\n" in text for text in here.cards)
        assert await here.presses("send_draft", case.id) == "→ customer"
        assert sum("three working days." in text for text in here.texts) == 1


async def test_a_case_that_somebody_claims_takes_its_draft_along_as_the_suggested_reply(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says(ANSWER)), rows=CHECKED) as here:
        await here.says(ASKED)
        await here.settled()
        case = await case_of(here)
        await here.presses("claim", case.id)
        assert not await waiting(here)
        assert await here.presses("send_draft", case.id) == "→ customer"
        assert here.texts[-1] == "Parcels arrive within three working days."
        assert {"release", "resolve"} <= set(drafted(here)), "the card is the packet now"


async def test_a_message_that_is_taken_back_takes_its_draft_along(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says(ANSWER)), rows=CHECKED) as here:
        await here.says(ASKED)
        await here.settled()
        send = drafted(here)["send_held"].value
        await here.reception.delete(THREAD, "1")
        assert not await waiting(here)
        assert "not waiting" in await here.presses("send_held", send)


async def test_a_wish_for_a_person_leaves_nothing_that_the_bot_would_still_send(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says(ANSWER)), rows=CHECKED) as here:
        await here.says(ASKED)
        await here.settled()
        turn_id = drafted(here)["send_held"].value
        await here.presses("escalate", by="u1")
        assert "not waiting" in await here.presses("send_held", turn_id)
        assert not any(ANSWER in text for text in here.texts)


async def test_a_draft_only_looks_things_up_and_goes_through_the_same_checks(tmp_path: Path) -> None:
    model = ScriptedModel(
        calls("initiate_refund", '{"order_id": "88291", "reason": "broken"}'), says("I have refunded order #88291.")
    )
    async with rig(tmp_path, model, rows=CHECKED) as here:
        await here.says("I want a refund for order 88291, it is broken")
        await here.settled()
        assert not here.paid
        assert "initiate_refund" not in {each.name for each in model.requests[0].tools}
        assert "I have refunded" not in str((await waiting(here))[0].post)


async def test_what_people_decided_is_told_at_once_and_the_answer_still_waits(tmp_path: Path) -> None:
    model = ScriptedModel(says("Hello! What can I do?"))
    async with rig(tmp_path, model, rows=CHECKED) as here:
        await here.says("hello there, a question")
        await here.settled()
        assert here.texts == [phrases.DRAFTED]
        assert [each.post.text for each in await waiting(here)] == ["Hello! What can I do?"]


def test_a_row_that_goes_to_people_cannot_ask_for_a_draft() -> None:
    with pytest.raises(ValueError, match="has no answer to draft"):
        Route(to_people=True, send="draft")
    assert isinstance(Router(CHECKED), Router)
    with pytest.raises(SettingsError):
        Router((Row[Route](when={"urgency": "high"}, then=Route(send="draft")),))
