"""The packet's buttons: a suggested reply that is sent once, cases given away and put off."""

from pathlib import Path

import pytest
from pydantic import JsonValue

from core import phrases
from core.case import Case
from core.conversation import Author, Thread
from core.desksettings import DeskSettings, PersonSettings, TeamSettings
from core.reply import Button, Press
from core.tools import ToolContext, ToolResult, tool
from tests.core.rig import STAFF, THREAD, Rig, rig
from tests.core.test_staffroom import escalated, room_texts, typed
from tests.fakes.model import ScriptedModel, calls, says

REFUND = '{"order_id": "88291", "reason": "broken"}'
KIM = Author("staff-2", "Kim")
DESK = DeskSettings(
    teams=(TeamSettings(tier=3, people=(PersonSettings(id=KIM.id, name=KIM.name),), leads=("lead-1",)),), assign=False
)


async def with_words(here: Rig) -> tuple[Case, Thread]:
    """A case in which the customer has said something the passages know about."""
    await here.says("When does a parcel arrive? Let me talk to a person.")
    await here.settled()
    case = await here.store.cases.find(THREAD)
    assert case is not None
    (room,) = await here.store.staff.rooms(case.id)
    return case, room


async def now(here: Rig, case: Case) -> Case:
    found = await here.store.cases.get(case.id)
    assert found is not None
    return found


def buttons(here: Rig) -> dict[str, Button]:
    """The newest packet's."""
    card = next(post for post in reversed(here.chat.messages.values()) if post.kind == "card")
    return {each.action: each for each in card.buttons}


async def test_the_card_of_a_first_turn_knows_whose_case_it_is(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        await with_words(here)
        assert "**Customer:** cust-1 on memory" in here.cards[0]


async def test_what_is_missing_is_shown_as_missing(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        await with_words(here)
        assert "**Suggested reply:**\n(missing)" in here.cards[0]
        assert "send_draft" not in buttons(here)
        assert {"claim", "edit_send", "note", "hand_back", "resolve", "reassign", "snooze"} <= set(buttons(here))


async def test_a_passage_is_suggested_where_there_is_no_model_and_crosses_once(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        case, _ = await with_words(here)
        assert await here.slowly.ring() == 1
        assert await here.slowly.ring() == 0, "once a hand-over"
        await here.settled()
        assert "> Parcels arrive within three working days." in here.cards[0]
        assert await here.presses("send_draft", case.id) == "→ customer"
        assert "no suggested reply" in await here.presses("send_draft", case.id)
        assert sum("Parcels arrive within three" in text for text in here.texts) == 1
        assert (await now(here, case)).owner == "human:staff-1"
        assert "send_draft" not in buttons(here)


async def test_what_is_on_record_about_the_customer_is_for_the_team_alone(tmp_path: Path) -> None:
    @tool(title="Looking up your record", shows=("name",))
    async def find_customer(context: ToolContext) -> ToolResult:
        """The customer's own record."""
        assert context.principal.customer_id == "cust-1"
        data: dict[str, JsonValue] = {"name": "Ada", "standing": "watched", "notes": ["2026-11-02: rings twice"]}
        return ToolResult("You are Ada.", data)

    advice = ScriptedModel(*[says("Wants it.\nNothing done."), says("NONE")] * 2)
    model = ScriptedModel(calls("find_customer", "{}"), says("You are Ada."))
    async with rig(tmp_path, model, advice=advice, more_tools=[find_customer]) as here:
        case, _ = await with_words(here)
        await here.slowly.ring()
        await here.settled()
        assert "**On record:**\n- standing: watched\n- 2026-11-02: rings twice" in here.cards[0]
        await here.presses("hand_back", case.id)
        await here.says("Who am I?")
        await here.settled()
        await here.presses("escalate", by="u1")
        await here.slowly.ring()
        await here.settled()
        lines = await here.store.cases.lines(case.id, limit=99)
        assert sum("rings twice" in line.text for line in lines) == 2, "looked up at each hand-over"
        assert "rings twice" not in str(model.requests) + str(advice.requests)
        assert not any("rings twice" in text for text in here.texts)


async def test_records_that_do_not_answer_are_left_out_of_the_packet(tmp_path: Path) -> None:
    @tool(title="Looking up your record")
    async def find_customer(context: ToolContext) -> ToolResult:
        """The customer's own record."""
        raise ConnectionError("away")

    async with rig(tmp_path, ScriptedModel(), more_tools=[find_customer]) as here:
        await with_words(here)
        await here.slowly.ring()
        await here.settled()
        assert "On record" not in here.cards[0]
        assert "> Parcels arrive within three working days." in here.cards[0]


async def test_a_model_drafts_and_sums_up_in_two_lines_and_its_draft_can_be_changed_first(tmp_path: Path) -> None:
    advice = ScriptedModel(says("Wants the parcel.\nNothing was looked up.\nMore."), says("Within three days."))
    async with rig(tmp_path, ScriptedModel(), advice=advice) as here:
        case, _ = await with_words(here)
        await here.slowly.ring()
        await here.settled()
        assert "**Summary:** Wants the parcel.\nNothing was looked up.\n**Wants:**" in here.cards[0]
        press = Press("f", "edit_send", case.id, "staff-1", "Sam", STAFF, True)
        form = await here.reception.form(press)
        assert form is not None
        assert form.begins_with == "Within three days."
        outside = await here.reception.form(Press("f", "edit_send", case.id, "u1", "Ada", THREAD))
        assert outside is not None
        assert not outside.begins_with, "a draft is for the team alone"
        await here.presses("edit_send", case.id, text="It comes tomorrow.")
        assert here.texts[-1] == "It comes tomorrow."
    assert not advice.scripts


async def test_a_model_that_knows_nothing_suggests_nothing(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(), advice=ScriptedModel(says("Two.\nLines."), says("NONE"))) as here:
        await with_words(here)
        await here.slowly.ring()
        await here.settled()
        assert "**Suggested reply:**\n(missing)" in here.cards[0]


async def test_a_draft_is_no_memory_of_the_bot(tmp_path: Path) -> None:
    model = ScriptedModel(says("Yes, it is here."))
    async with rig(tmp_path, model) as here:
        case, _ = await with_words(here)
        await here.slowly.ring()
        await here.presses("hand_back", case.id)
        await here.says("And now?")
        await here.settled()
        assert not any("Our help pages say about this" in each.text for each in model.requests[-1].messages)


async def test_a_case_is_passed_to_a_person_by_name_or_to_a_tier(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(), desk=DESK) as here:
        case, room = await escalated(here)
        await here.presses("claim", case.id)
        await typed(here, room, "reassign @Kim", mention=True)
        assert (await now(here, case)).owner == "human:staff-2"
        assert f"Case {case.id} is with Kim now." in room_texts(here, room)
        assert "was passed to Kim by Sam" in "\n".join(room_texts(here, room))
        assert "I know: Kim" in await here.presses("reassign", case.id, text="Nobody")
        await here.presses("reassign", case.id, text="tier 2")
        after = await now(here, case)
        assert (after.owner, after.tier) == ("queue:2", 2)


@pytest.mark.parametrize(("until", "hours"), [("2h", 2), ("3d", 72)])
async def test_a_case_that_is_put_off_comes_back_to_whoever_had_it(tmp_path: Path, until: str, hours: int) -> None:
    async with rig(tmp_path, ScriptedModel(), desk=DESK) as here:
        case, room = await escalated(here)
        await here.presses("claim", case.id)
        assert "Put off until" in await here.presses("snooze", case.id, text=until)
        assert (await now(here, case)).phase == "scheduled"
        here.clock.move(hours=hours, minutes=-1)
        await here.alarm.ring()
        assert (await now(here, case)).phase == "scheduled"
        here.clock.move(minutes=2)
        await here.alarm.ring()
        await here.settled()
        after = await now(here, case)
        assert (after.owner, after.phase) == ("human:staff-1", "active")
        assert f"Case {case.id} was put off until now." in room_texts(here, room)


async def test_the_customers_words_end_a_snooze_and_its_timer_says_nothing_then(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        case, room = await escalated(here)
        await typed(here, room, "snooze 1h", mention=True)
        await here.says("Hello?")
        await here.settled()
        assert (await now(here, case)).phase == "active"
        here.clock.move(hours=2)
        await here.alarm.ring()
        await here.settled()
        assert f"Case {case.id} was put off until now." not in room_texts(here, room)


@pytest.mark.parametrize("text", ["", "later", "25:99", "2020-01-01 10:00", "900d"])
async def test_a_moment_that_cannot_be_is_refused_in_words(tmp_path: Path, text: str) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        case, _ = await escalated(here)
        answer = await here.presses("snooze", case.id, text=text)
        assert "did not understand" in answer or "has to be between" in answer


async def test_the_packet_offers_the_approval_that_waits_until_it_is_given(tmp_path: Path) -> None:
    model = ScriptedModel(calls("initiate_refund", REFUND), says("A colleague looks at it."))
    async with rig(tmp_path, model, limit="50") as here:
        await here.says("I want a refund for order 88291, it is broken")
        await here.settled()
        case = await here.store.cases.find(THREAD)
        assert case is not None
        await here.presses("escalate", by="u1")
        button = buttons(here)["approve_as"]
        assert button.label == "Approve 129.00 EUR…"
        assert await here.presses("approve_as", button.value, text="lots") == phrases.NO_AMOUNT
        assert (await here.presses("approve_as", button.value)).startswith("Approved")
        await here.settled()
        assert len(here.paid) == 1
        assert "approve_as" not in buttons(here)


async def test_the_answer_that_was_held_back_is_suggested_with_what_a_person_has_to_check(tmp_path: Path) -> None:
    model = ScriptedModel(says("Parcels arrive within three working days [1]. You may return it within 45 days."))
    async with rig(tmp_path, model) as here:
        await here.says("When does a parcel arrive, and until when may I return it?")
        await here.settled()
        assert "45 days" not in here.texts[-1]
        await here.presses("escalate", by="u1", text="I need to know for sure")
        case = await here.store.cases.find(THREAD)
        assert case is not None
        assert await here.slowly.ring() == 1
        await here.settled()
        card = next(each for each in here.cards if "Suggested reply" in each)
        assert "> Parcels arrive within three working days. You may return it within 45 days." in card
        assert "**Check before it is sent, no source says so:**\n- You may return it within 45 days." in card
        await here.presses("send_draft", case.id)
        assert here.texts[-1] == "Parcels arrive within three working days. You may return it within 45 days."
