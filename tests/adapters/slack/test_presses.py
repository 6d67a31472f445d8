"""Buttons and slash commands."""

from typing import Any

from core.reply import Button, Post
from tests.adapters.slack.rig import Rig, open_rig
from tests.servers.slack import PUBLIC_CHANNEL, TEAM, SlackSim


async def _press(rig: Rig, button: Button, *, channel: str, post: Post | None = None) -> dict[str, Any]:
    shown = await rig.answer([], post or Post("Well?", buttons=(button,)), channel=channel)
    message = rig.message(shown)
    action = {"action_id": f"firstline:{button.action}", "value": button.value}
    await rig.sim.action(rig.user, action, message, channel)
    return message


async def test_a_press_reaches_the_desk_and_its_line_the_presser_alone() -> None:
    async with open_rig(listens=True) as rig:
        rig.desk.line = "Passed on as case C-1."
        message = await _press(rig, Button("escalate", "C-1", "Talk to a person"), channel=PUBLIC_CHANNEL)
        await rig.desk.until(presses=1)
        [press] = rig.desk.presses
        assert (press.action, press.value, press.presser_id) == ("escalate", "C-1", rig.user)
        assert press.thread.root == message["thread_ts"]
        assert not press.is_staff_place
        assert rig.sim.counts.acks >= 1
        [told] = await _ephemeral(rig)
        assert told["user"] == rig.user
        assert told["args"]["blocks"][0]["text"] == "Passed on as case C-1."


async def _ephemeral(rig: Rig) -> list[dict[str, Any]]:
    """What was said to one person alone, once the listener has ended."""
    rig.sim.say(rig.user, "anything")
    await rig.desk.until(messages=1)
    return rig.sim.ephemeral


async def test_a_press_in_the_staff_channel_is_made_by_staff() -> None:
    async with open_rig(listens=True) as rig:
        await _press(rig, Button("approve", "A-1", "Approve", "good"), channel="C0STAFF01")
        await rig.desk.until(presses=1)
        assert rig.desk.presses[0].is_staff_place


async def test_two_presses_of_one_button_have_two_keys() -> None:
    async with open_rig(listens=True) as rig:
        for _ in range(2):
            await _press(rig, Button("deny", "A-1", "Deny"), channel="C0STAFF01")
        await rig.desk.until(presses=2)
        assert len({press.key for press in rig.desk.presses}) == 2


async def test_thumbs_are_feedback() -> None:
    async with open_rig(listens=True) as rig:
        await _press(rig, Button("feedback", "good:t1", "Helpful"), channel=PUBLIC_CHANNEL)
        await rig.desk.until(presses=1)
        assert (rig.desk.presses[0].action, rig.desk.presses[0].value) == ("feedback", "good:t1")


async def test_a_press_that_cannot_be_saved_is_answered_all_the_same() -> None:
    async with open_rig(listens=True) as rig:
        rig.desk.failures = 1
        await _press(rig, Button("escalate", "C-1", "Talk to a person"), channel=PUBLIC_CHANNEL)
        [told] = await _ephemeral(rig)
        assert "try again" in told["args"]["blocks"][0]["text"]


async def test_support_opens_a_thread_that_quotes_the_question() -> None:
    async with open_rig(listens=True) as rig:
        await rig.sim.command(rig.user, "/support", "where is <!channel> #88291?", PUBLIC_CHANNEL)
        await rig.desk.until(messages=1)
        [message] = rig.desk.messages
        root = rig.sim.messages[PUBLIC_CHANNEL][message.id]
        assert message.thread.root == message.id
        assert message.author.id == rig.user
        assert root["blocks"][1]["text"] == "> where is \\<!channe\u2060l\\> #88291?"


async def test_support_in_a_channel_closed_to_us_goes_on_in_direct_messages() -> None:
    async with open_rig(listens=True) as rig:
        payload = {
            "command": "/support",
            "text": "help",
            "user_id": rig.user,
            "channel_id": "C0SECRET1",
            "team_id": TEAM,
            "trigger_id": "1.2",
        }
        answer = await rig.sim.deliver("slash_commands", payload)
        await rig.desk.until(messages=1)
        assert rig.desk.messages[0].thread.channel == rig.dm
        assert "direct messages" in answer["text"]


async def test_support_without_a_question_asks_for_one_where_no_form_can_be_opened() -> None:
    async with open_rig(listens=True) as rig:
        rig.sim.config.failures["views.open"] = "expired_trigger_id"
        answer = await rig.sim.command(rig.user, "/support", "  ")
        assert answer["response_type"] == "ephemeral"
        assert "What can I help you with" in answer["text"]
        assert rig.desk.messages == []


async def test_escalate_asks_for_a_person_with_the_reason() -> None:
    async with open_rig(listens=True) as rig:
        rig.desk.line = "Passed on as case C-1."
        answer = await rig.sim.command(rig.user, "/escalate", "nobody answers")
        [press] = rig.desk.presses
        assert (press.action, press.value, press.text) == ("escalate", "", "nobody answers")
        assert press.thread.tenant == TEAM
        assert answer["text"] == "Passed on as case C-1."


async def test_status_is_for_the_one_who_asks() -> None:
    async with open_rig(listens=True) as rig:
        answer = await rig.sim.command(rig.user, "/status")
        assert answer["response_type"] == "ephemeral"
        assert answer["blocks"][0]["text"] == "**user1** has no open case."


async def test_a_press_that_needs_words_opens_a_form_and_comes_with_them() -> None:
    async with open_rig(listens=True) as rig:
        rig.desk.line = "Thank you, our team reads this."
        await _press(rig, Button("comment", "4:C-1", "Add a comment"), channel=PUBLIC_CHANNEL)
        [view] = rig.sim.views.values()
        assert view["title"]["text"] == "Your comment"
        assert rig.desk.presses == []
        await rig.sim.submit(rig.user, view["id"], {"words": {"value": {"value": "Quick and kind."}}})
        [press] = rig.desk.presses
        assert (press.action, press.value, press.text) == ("comment", "4:C-1", "Quick and kind.")
        assert press.thread.channel == PUBLIC_CHANNEL
        [told] = await _ephemeral(rig)
        assert told["args"]["blocks"][0]["text"] == "Thank you, our team reads this."


async def test_a_form_opens_with_what_the_desk_suggests() -> None:
    async with open_rig(listens=True) as rig:
        rig.desk.begins_with = "It comes within three days."
        await _press(rig, Button("edit_send", "C-1", "Edit & send"), channel="C0STAFF01")
        [view] = rig.sim.views.values()
        assert view["blocks"][0]["element"]["initial_value"] == "It comes within three days."
        await rig.sim.submit(rig.user, view["id"], {"words": {"value": {"value": "It comes tomorrow."}}})
        assert (rig.desk.presses[0].action, rig.desk.presses[0].text) == ("edit_send", "It comes tomorrow.")
        assert rig.desk.presses[0].is_staff_place


async def test_words_that_cannot_be_saved_stay_in_the_form() -> None:
    async with open_rig(listens=True) as rig:
        await _press(rig, Button("comment", "4:C-1", "Add a comment"), channel=PUBLIC_CHANNEL)
        [view] = rig.sim.views.values()
        rig.desk.failures = 1
        answer = await rig.sim.submit(rig.user, view["id"], {"words": {"value": {"value": "Quick."}}})
        assert answer["response_action"] == "errors"
        assert "try again" in answer["errors"]["words"]


async def test_a_press_of_staff_tells_the_user_groups_that_matter() -> None:
    def grouped(sim: SlackSim) -> None:
        sim.usergroups["S0LEADS"] = [sim.user(1)]
        sim.usergroups["S0OTHER"] = [sim.user(1)]

    async with open_rig(listens=True, prepare=grouped, groups=("S0LEADS", "S0GONE", "U0PERSON")) as rig:
        for channel in ("C0STAFF01", PUBLIC_CHANNEL, "C0STAFF01"):
            await _press(rig, Button("claim", "C-1", "Claim"), channel=channel)
        assert [press.presser_groups for press in rig.desk.presses] == [("S0LEADS",), (), ("S0LEADS",)]
        assert len(rig.calls("usergroups.users.list")) == 2, "kept for a while, refused ones too"
