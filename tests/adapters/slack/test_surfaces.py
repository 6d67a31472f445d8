"""Slack's other surfaces: the app's Home, assistant threads, forms, shortcuts, edits, other bots."""

from typing import Any

from tests.adapters.slack.rig import Rig, open_rig
from tests.servers.slack import BOT_USER, PUBLIC_CHANNEL, TEAM


async def _settled(rig: Rig, text: str = "the end") -> None:
    """Events come in order, so after this one all are in."""
    rig.sim.say(rig.user, text)
    await rig.desk.until(messages=len(rig.desk.messages) + 1)


async def test_an_edit_reaches_the_desk_as_the_message_reads_now() -> None:
    async with open_rig(listens=True) as rig:
        said = rig.sim.say(rig.user, "where is #88219?")
        await rig.desk.until(messages=1)
        now = said | {"text": "where is <https://a.example|#88291>?", "edited": {"user": rig.user, "ts": "1.1"}}
        event = {"type": "message", "subtype": "message_changed", "hidden": True, "channel": rig.dm, "ts": "9.9"}
        rig.sim.emit(event | {"channel_type": "im", "message": now, "previous_message": said})
        await rig.desk.until(changes=1)
        [edited] = rig.desk.edits
        assert (edited.id, edited.text, edited.is_private) == (
            said["ts"],
            "where is [#88291](https://a.example)?",
            True,
        )


async def test_a_deletion_reaches_the_desk_and_our_own_edits_do_not() -> None:
    async with open_rig(listens=True) as rig:
        said = rig.sim.say(rig.user, "never mind")
        await rig.desk.until(messages=1)
        event = {"type": "message", "hidden": True, "channel": rig.dm, "channel_type": "im", "ts": "9.9"}
        ours = {"user": BOT_USER, "bot_id": "B0BENCH01", "ts": "8.8", "text": "new"}
        rig.sim.emit(event | {"subtype": "message_changed", "message": ours, "previous_message": ours})
        rig.sim.emit(event | {"subtype": "message_deleted", "deleted_ts": said["ts"], "previous_message": said})
        await rig.desk.until(changes=1)
        assert [(place.channel, stamp) for place, stamp in rig.desk.deletes] == [(rig.dm, said["ts"])]
        assert rig.desk.edits == []


async def test_a_new_assistant_thread_gets_prompts_and_a_title() -> None:
    async with open_rig(listens=True) as rig:
        stamp = rig.sim.open_assistant_thread(rig.user)
        where = (rig.dm, stamp)
        greeted = await rig.sim.changes.until(
            lambda: rig.sim.assistant.get(where, {}).get("title") and rig.sim.assistant[where]
        )
        assert len(greeted["prompts"]) == 3
        assert greeted["title"] == "Support"


async def test_in_the_agent_view_opening_the_messages_brings_prompts_without_a_thread() -> None:
    async with open_rig(listens=True) as rig:
        rig.sim.emit({"type": "app_home_opened", "user": rig.user, "channel": rig.dm, "tab": "messages"})
        greeted = await rig.sim.changes.until(lambda: rig.sim.assistant.get((rig.dm, "-")))
        assert len(greeted["prompts"]) == 3


async def test_a_conversation_is_called_after_its_first_question_in_both_views() -> None:
    async with open_rig(listens=True) as rig:
        said = rig.sim.say(rig.user, "Where  is my\norder #88291?")
        rig.sim.say(rig.user, "It is late", thread_ts=said["ts"])
        stamp = rig.sim.open_assistant_thread(rig.user)
        await rig.sim.changes.until(lambda: rig.sim.assistant.get((rig.dm, stamp), {}).get("title") == "Support")
        for text in ("x" * 200, "and more"):
            rig.sim.say(rig.user, text, thread_ts=stamp)
        titles = rig.sim.assistant
        await rig.sim.changes.until(lambda: titles.get((rig.dm, stamp), {}).get("title") == "x" * 79 + "…")
        assert titles[rig.dm, said["ts"]]["title"] == "Where is my order #88291?"


async def test_where_titles_are_not_offered_they_are_not_asked_for_again() -> None:
    async with open_rig(listens=True) as rig:
        rig.sim.config.failures["agents.sessions.setStatus"] = "unknown_method"
        for n in range(3):
            rig.sim.say(rig.user, f"question {n}")
            await rig.sim.changes.until(lambda: rig.calls("agents."))
        await rig.desk.until(messages=3)
        assert len(rig.calls("agents.")) == 1


async def test_the_home_tab_shows_a_person_their_own_cases() -> None:
    async with open_rig(listens=True) as rig:
        rig.sim.emit({"type": "app_home_opened", "user": rig.user, "channel": rig.dm, "tab": "home", "event_ts": "1.0"})
        shown = str(await rig.sim.changes.until(lambda: rig.sim.homes.get(rig.user)))
        assert "has no open case" in shown
        assert "firstline:ask" in shown


async def test_support_without_words_opens_a_form_whose_words_become_a_message() -> None:
    async with open_rig(listens=True) as rig:
        await rig.sim.command(rig.user, "/support", "", PUBLIC_CHANNEL)
        [view_id] = rig.sim.views
        picture = rig.sim.add_file("cup.png", "image/png", b"a cup", rig.user)
        values: dict[str, Any] = {
            "detail": {"value": {"type": "plain_text_input", "value": "The cup arrived broken"}},
            "order": {"value": {"type": "plain_text_input", "value": "#88291"}},
            "call": {"value": {"type": "plain_text_input", "value": None}},
            "files": {"value": {"type": "file_input", "files": [picture]}},
        }
        await rig.sim.submit(rig.user, view_id, values)
        await rig.desk.until(messages=1)
        [message] = rig.desk.messages
        assert message.text == "The cup arrived broken\nOrder #88291"
        assert message.thread.channel == rig.dm
        assert message.is_private
        assert await rig.chat.download(message.attachments[0], limit_bytes=100) == b"a cup"


async def test_a_form_without_words_stays_open_and_says_why() -> None:
    async with open_rig(listens=True) as rig:
        await rig.sim.command(rig.user, "/support")
        [view_id] = rig.sim.views
        answer = await rig.sim.submit(rig.user, view_id, {"detail": {"value": {"value": "hm"}}})
        assert answer["response_action"] == "errors"
        assert "detail" in answer["errors"]


async def test_a_shortcut_answers_a_message_and_another_gets_people() -> None:
    async with open_rig(listens=True) as rig:
        picture = rig.sim.add_file("error.png", "image/png", b"an error", "U0SOMEBODY")
        said = rig.sim.say("U0SOMEBODY", "the export fails", channel=PUBLIC_CHANNEL, files=[picture])
        await rig.sim.shortcut(rig.user, "firstline_ask", said)
        await rig.desk.until(messages=1)
        assert rig.desk.messages[0].text == "> the export fails"
        assert rig.desk.messages[0].author.id == rig.user
        await rig.sim.shortcut(rig.user, "firstline_ask", said)
        told = await rig.sim.changes.until(lambda: rig.sim.ephemeral[1:])
        assert "already" in told[0]["args"]["blocks"][0]["text"]
        assert [(each.id, each.author_id) for each in rig.desk.messages[0].attachments] == [
            (picture["id"], "U0SOMEBODY")
        ]
        await rig.sim.shortcut(rig.user, "firstline_escalate", said)
        await rig.desk.until(presses=1)
        assert (rig.desk.presses[0].action, rig.desk.presses[0].thread.root) == ("escalate", said["ts"])


async def test_escalate_works_in_a_thread_by_mention() -> None:
    async with open_rig(listens=True) as rig:
        root = rig.sim.say(rig.user, "my order is late", channel=PUBLIC_CHANNEL, mention=True)
        await rig.desk.until(messages=1)
        rig.sim.say(rig.user, "escalate", channel=PUBLIC_CHANNEL, thread_ts=root["ts"], mention=True)
        await rig.desk.until(presses=1)
        assert rig.desk.presses[0].thread.key == f"slack:{TEAM}:{PUBLIC_CHANNEL}:{root['ts']}"
        assert len(rig.desk.messages) == 1


async def test_who_calls_somebody_else_in_our_thread_is_not_answered() -> None:
    async with open_rig(listens=True) as rig:
        root = rig.sim.say(rig.user, "help", channel=PUBLIC_CHANNEL, mention=True)
        await rig.desk.until(messages=1)
        rig.sim.say(rig.user, "<@U0COLLEAGUE> could you look?", channel=PUBLIC_CHANNEL, thread_ts=root["ts"])
        await _settled(rig)
        assert [message.text for message in rig.desk.messages] == ["help", "the end"]


async def test_a_channel_can_be_told_to_wait_for_a_mention() -> None:
    async with open_rig(listens=True, support_channels=(PUBLIC_CHANNEL,), mention_channels=(PUBLIC_CHANNEL,)) as rig:
        rig.sim.say(rig.user, "just talking", channel=PUBLIC_CHANNEL)
        rig.sim.say(rig.user, "a question", channel=PUBLIC_CHANNEL, mention=True)
        await rig.desk.until(messages=1)
        await _settled(rig)
        assert [message.text for message in rig.desk.messages] == ["a question", "the end"]


async def test_a_bot_that_is_named_is_taken_in_and_marked() -> None:
    async with open_rig(listens=True, support_channels=(PUBLIC_CHANNEL,), known_bots=("B0FRIEND",)) as rig:
        event = {"type": "message", "channel": PUBLIC_CHANNEL, "channel_type": "channel", "subtype": "bot_message"}
        for n, bot in enumerate(("B0STRANGER", "B0FRIEND")):
            rig.sim.emit(event | {"bot_id": bot, "text": f"from {bot}", "ts": f"12.{n}", "event_ts": f"12.{n}"})
        await rig.desk.until(messages=1)
        await _settled(rig)
        assert [(each.text, each.author.is_bot) for each in rig.desk.messages] == [
            ("from B0FRIEND", True),
            ("the end", False),
        ]
