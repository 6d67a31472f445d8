"""Buttons and slash commands."""

from typing import Any

from core import phrases
from core.conversation import Thread
from core.platform import Listed
from core.reply import Button, Post, TextDelta
from tests.adapters.discord.rig import Rig, open_rig
from tests.servers.discord import CHANNEL, GUILD, STAFF_CHANNEL, DiscordSim, Interaction

CALLBACK = "POST /interactions/{id}/{token}/callback"
RESPONSE = "PATCH /webhooks/{app}/{token}/messages/{message}"


async def _press(rig: Rig, button: Button, *, channel: str) -> Interaction:
    thread = (await rig.asked(channel=channel)).thread if channel == rig.dm else None
    row = rig.delivery(Post("Well?", buttons=(button,)), thread=thread or _place(channel))
    message = rig.message(await rig.chat.deliver(row))
    [components] = message["components"]
    return await rig.sim.press(rig.user, message, components["components"][0]["custom_id"])


def _place(channel: str) -> Thread:
    return Thread(GUILD, "discord", channel)


async def test_a_press_reaches_the_desk_and_its_line_the_presser_alone() -> None:
    async with open_rig(listens=True) as rig:
        rig.desk.line = "Passed on as case C-1."
        pressed = await _press(rig, Button("escalate", "C-1", "Talk to a person"), channel=rig.dm)
        await rig.desk.until(presses=1)
        [press] = rig.desk.presses
        assert (press.action, press.value, press.presser_id) == ("escalate", "C-1", rig.user)
        assert press.thread.key == f"discord:dm:{rig.dm}:"
        assert not press.is_staff_place
        assert pressed.response == {"type": 6}
        line = await rig.sim.changes.until(lambda: _told(rig))
        assert (line["content"], line["flags"]) == ("Passed on as case C-1.", 64)


def _told(rig: Rig) -> dict[str, Any] | None:
    return next((body for route, body in rig.calls("POST") if "/webhooks/" in route), None)


async def test_a_press_in_the_staff_channel_is_made_by_staff() -> None:
    async with open_rig(listens=True) as rig:
        await _press(rig, Button("approve", "A-1", "Approve", "good"), channel=STAFF_CHANNEL)
        await rig.desk.until(presses=1)
        assert rig.desk.presses[0].is_staff_place


async def test_two_presses_of_one_button_have_two_keys() -> None:
    async with open_rig(listens=True) as rig:
        for _ in range(2):
            await _press(rig, Button("deny", "A-1", "Deny"), channel=STAFF_CHANNEL)
        await rig.desk.until(presses=2)
        assert len({press.key for press in rig.desk.presses}) == 2


async def test_a_value_may_have_colons() -> None:
    async with open_rig(listens=True) as rig:
        await _press(rig, Button("feedback", "good:t1", "Helpful"), channel=rig.dm)
        await rig.desk.until(presses=1)
        assert (rig.desk.presses[0].action, rig.desk.presses[0].value) == ("feedback", "good:t1")


async def test_buttons_of_others_are_left_alone() -> None:
    async with open_rig(listens=True) as rig:
        message = rig.message(await rig.chat.deliver(rig.delivery(Post("Well?"), thread=_place(STAFF_CHANNEL))))
        rig.sim.config.interaction_timeout_s = 0.05
        assert (await rig.sim.press(rig.user, message, "poll:yes")).response is None
        assert rig.desk.presses == []


async def test_a_press_that_cannot_be_saved_is_answered_all_the_same() -> None:
    async with open_rig(listens=True) as rig:
        rig.desk.failures = 1
        await _press(rig, Button("escalate", "C-1", "Talk to a person"), channel=STAFF_CHANNEL)
        line = await rig.sim.changes.until(lambda: _told(rig))
        assert "try again" in line["content"]


async def test_a_press_that_another_process_took_is_left_to_it() -> None:
    async with open_rig(listens=True) as rig:
        rig.sim.script(CALLBACK, ("code", 400, 40060))
        rig.sim.config.interaction_timeout_s = 0.05
        await _press(rig, Button("deny", "A-1", "Deny"), channel=STAFF_CHANNEL)
        await _press(rig, Button("approve", "A-1", "Approve"), channel=STAFF_CHANNEL)
        await rig.desk.until(presses=1)
        assert [press.action for press in rig.desk.presses] == ["approve"]


async def test_support_is_answered_in_its_own_response() -> None:
    async with open_rig(listens=True) as rig:
        asked = await rig.sim.command(rig.user, "support", {"question": "where is it?"}, channel=CHANNEL)
        assert asked.response == {"type": 5}
        await rig.desk.until(messages=1)
        [message] = rig.desk.messages
        assert message.text == "where is it?"
        assert message.thread.key == f"discord:{GUILD}:{asked.original}:{CHANNEL}"
        row = rig.delivery(Post("Here it is."), answers=message)
        stream = await rig.chat.open_reply(row)
        await stream.show(TextDelta("Here"))
        assert await stream.close(row) == f"{CHANNEL}/{asked.original}"
        assert rig.bodies(CHANNEL) == ["Here it is."]
        assert rig.sim.counts.calls[RESPONSE] == 2


async def test_the_answer_to_support_comes_after_its_token_has_expired_too() -> None:
    async with open_rig(listens=True) as rig:
        asked = await rig.sim.command(rig.user, "support", {"question": "where is it?"}, channel=CHANNEL)
        await rig.desk.until(messages=1)
        row = rig.delivery(Post("Here it is."), answers=rig.desk.messages[0])
        stream = await rig.chat.open_reply(row)
        rig.clock.at += 14 * 60
        await stream.show(TextDelta("Here"))
        assert await stream.close(row) == f"{CHANNEL}/{asked.original}"
        assert rig.bodies(CHANNEL) == ["Here it is."]
        assert rig.sim.counts.calls[RESPONSE] == 0


async def test_a_token_that_discord_has_forgotten_does_not_change_the_answer() -> None:
    async with open_rig(listens=True) as rig:
        await rig.sim.command(rig.user, "support", {"question": "where is it?"}, channel=CHANNEL)
        await rig.desk.until(messages=1)
        row = rig.delivery(Post("Here it is."), answers=rig.desk.messages[0])
        stream = await rig.chat.open_reply(row)
        rig.sim.script(RESPONSE, 404)
        await stream.close(row)
        assert rig.bodies(CHANNEL) == ["Here it is."]


async def test_support_that_came_too_late_for_a_response_is_answered_by_a_message() -> None:
    async with open_rig(listens=True) as rig:
        rig.sim.script(CALLBACK, 404)
        rig.sim.config.interaction_timeout_s = 0.05
        await rig.sim.command(rig.user, "support", {"question": "where is it?"}, channel=CHANNEL)
        await rig.desk.until(messages=1)
        row = rig.delivery(Post("Here it is."), answers=rig.desk.messages[0])
        stream = await rig.chat.open_reply(row)
        await stream.close(row)
        assert rig.bodies(CHANNEL) == ["Here it is."]


async def test_what_follows_on_support_is_said_in_a_thread_below_it() -> None:
    async with open_rig(listens=True) as rig:
        asked = await rig.sim.command(rig.user, "support", {"question": "where is it?"}, channel=CHANNEL)
        await rig.desk.until(messages=1)
        thread = rig.desk.messages[0].thread
        await rig.chat.deliver(rig.delivery(Post("A person will look."), thread=thread))
        assert asked.original
        assert rig.bodies(asked.original) == ["A person will look."]
        await rig.sim.say(rig.user, "thanks", channel=asked.original)
        await rig.desk.until(messages=2)
        assert rig.desk.messages[1].thread == thread


async def test_support_takes_a_picture_along() -> None:
    async with open_rig(listens=True) as rig:
        file = rig.sim.add_file("cup.png", "image/png", b"a cup")
        options = {"question": "look", "image": file}
        await rig.sim.command(rig.user, "support", options)
        await rig.desk.until(messages=1)
        [attachment] = rig.desk.messages[0].attachments
        assert attachment.name == "cup.png"
        assert await rig.chat.download(attachment, limit_bytes=100) == b"a cup"


async def test_escalate_asks_for_a_person_with_the_reason() -> None:
    async with open_rig(listens=True) as rig:
        rig.desk.line = "Passed on as case C-1."
        asked = await rig.sim.command(rig.user, "escalate", {"reason": "nobody answers"}, channel=CHANNEL)
        await rig.desk.until(presses=1)
        [press] = rig.desk.presses
        assert (press.action, press.value, press.text) == ("escalate", "", "nobody answers")
        assert press.thread.tenant == GUILD
        assert asked.response == {"type": 5, "data": {"flags": 64}}
        await rig.sim.changes.until(lambda: rig.bodies(CHANNEL) == ["Passed on as case C-1."])


async def test_status_is_for_the_one_who_asks() -> None:
    async with open_rig(listens=True) as rig:
        asked = await rig.sim.command(rig.user, "status", channel=CHANNEL)
        assert asked.response == {"type": 5, "data": {"flags": 64}}
        await rig.sim.changes.until(lambda: rig.bodies(CHANNEL) == ["**User1** has no open case."])


async def test_the_commands_are_told_to_discord_for_servers_and_direct_messages() -> None:
    async with open_rig(listens=True) as rig:
        known = {each["name"]: each for each in rig.sim.commands.values()}
        assert {"support", "escalate", "status"} <= set(known)
        assert known["support"]["contexts"] == [0, 1]
        assert known["support"]["integration_types"] == [0]
        assert [each["name"] for each in known["support"]["options"]] == ["question", "image"]


async def test_with_staff_roles_only_their_members_are_staff() -> None:
    def hire(sim: DiscordSim) -> None:
        sim.roles[sim.user(9)] = ["77"]

    async with open_rig(listens=True, staff_roles=("77",), prepare=hire) as rig:
        await _press(rig, Button("approve", "A-1", "Approve"), channel=STAFF_CHANNEL)
        await rig.desk.until(presses=1)
        rig.sim.roles[rig.user] = ["77"]
        await _press(rig, Button("approve", "A-1", "Approve"), channel=CHANNEL)
        await rig.desk.until(presses=2)
        assert [press.is_staff_place for press in rig.desk.presses] == [False, True]


async def test_a_message_can_be_asked_about_from_its_menu() -> None:
    async with open_rig(listens=True) as rig:
        said = await rig.sim.say(rig.user, "What does error 17 mean?", channel=CHANNEL)
        await rig.sim.menu(rig.user, "Ask Firstline", said)
        await rig.desk.until(messages=1)
        assert rig.desk.messages[0].text == "What does error 17 mean?"
        await rig.sim.menu(rig.user, "Escalate", said)
        await rig.desk.until(presses=1)
        assert rig.desk.presses[0].text == "What does error 17 mean?"


async def test_a_press_that_needs_words_opens_a_form_and_comes_with_them() -> None:
    async with open_rig(listens=True) as rig:
        rig.desk.line = "Thank you, our team reads this."
        pressed = await _press(rig, Button("comment", "4:C-1", "Add a comment"), channel=rig.dm)
        form = await rig.sim.changes.until(lambda: pressed.response)
        assert (form["type"], form["data"]["title"]) == (9, "Your comment")
        assert rig.desk.presses == []
        await rig.sim.submit(rig.user, form["data"]["custom_id"], {"words": "Quick and kind."}, rig.dm)
        await rig.desk.until(presses=1)
        [press] = rig.desk.presses
        assert (press.action, press.value, press.text) == ("comment", "4:C-1", "Quick and kind.")
        line = await rig.sim.changes.until(lambda: _told(rig))
        assert (line["content"], line["flags"]) == ("Thank you, our team reads this.", 64)


async def test_a_form_opens_with_what_the_desk_suggests() -> None:
    async with open_rig(listens=True) as rig:
        rig.desk.begins_with = "It comes within three days."
        pressed = await _press(rig, Button("edit_send", "C-1", "Edit & send"), channel=STAFF_CHANNEL)
        assert pressed.response is not None
        field = pressed.response["data"]["components"][0]["component"]
        assert (field["value"], field["required"]) == ("It comes within three days.", True)


async def test_a_press_tells_the_roles_of_whoever_pressed() -> None:
    def hire(sim: DiscordSim) -> None:
        sim.roles[sim.user(1)] = ["77"]

    async with open_rig(listens=True, prepare=hire) as rig:
        await _press(rig, Button("claim", "C-1", "Claim"), channel=STAFF_CHANNEL)
        await rig.desk.until(presses=1)
        assert "77" in rig.desk.presses[0].presser_groups


async def test_staff_deal_with_a_case_by_its_id_and_nobody_else_sees_the_desk() -> None:
    async with open_rig(listens=True) as rig:
        rig.desk.queued = [Listed("C-1", "C-1", "**C-1** waits", is_free=True)]
        await rig.sim.command(rig.user, "case", {"do": "list"}, channel=CHANNEL)
        await rig.sim.changes.until(lambda: rig.bodies(CHANNEL) == [phrases.NOT_ALLOWED])
        await rig.sim.command(rig.user, "case", {"do": "list"}, channel=STAFF_CHANNEL)
        await rig.sim.changes.until(lambda: rig.bodies(STAFF_CHANNEL) == ["**C-1** waits"])
        await rig.sim.command(rig.user, "case", {"do": "return", "case": "c-1", "text": "why"}, channel=STAFF_CHANNEL)
        await rig.desk.until(presses=1)
        [press] = rig.desk.presses
        assert (press.action, press.value, press.text, press.is_staff_place) == ("hand_back", "C-1", "why", True)
