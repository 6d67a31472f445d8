"""What reaches the desk, and what does not."""

import asyncio
from typing import Any

import pytest

from tests.adapters.slack.rig import Rig, open_rig
from tests.servers.slack import BOT_USER, PUBLIC_CHANNEL, TEAM


def _event(rig: Rig, **fields: Any) -> dict[str, Any]:
    stamp = rig.sim.new_ts()
    return {"type": "message", "channel": PUBLIC_CHANNEL, "user": rig.user, "text": "hello", "ts": stamp, **fields}


async def _settled(rig: Rig) -> None:
    """Everything sent before has been dealt with: a direct message comes after it."""
    said = rig.sim.say(rig.user, "the end")
    while not any(message.id == said["ts"] for message in rig.desk.messages):
        await rig.desk.until(messages=len(rig.desk.messages) + 1)


async def test_a_mention_reaches_the_desk_once_with_the_mention_removed() -> None:
    async with open_rig(listens=True) as rig:
        said = rig.sim.say(rig.user, "where is #88291?", channel=PUBLIC_CHANNEL, mention=True)
        await rig.desk.until(deliveries=2)
        [message] = rig.desk.messages
        assert message.text == "where is #88291?"
        assert (message.id, message.thread.root) == (said["ts"], said["ts"])
        assert message.thread.key == f"slack:{TEAM}:{PUBLIC_CHANNEL}:{said['ts']}"
        assert message.author.id == rig.user
        assert not message.is_private


async def test_each_direct_message_begins_its_own_thread_and_replies_stay_in_it() -> None:
    async with open_rig(listens=True) as rig:
        first = rig.sim.say(rig.user, "one")
        await rig.desk.until(messages=1)
        rig.sim.say(rig.user, "more", thread_ts=first["ts"])
        await rig.desk.until(messages=2)
        rig.sim.say(rig.user, "two")
        await rig.desk.until(messages=3)
        roots = [message.thread.root for message in rig.desk.messages]
        assert roots[0] == roots[1] == first["ts"] != roots[2]
        assert all(message.is_private for message in rig.desk.messages)


async def test_direct_messages_can_be_switched_off() -> None:
    async with open_rig(listens=True, direct_messages=False) as rig:
        rig.sim.say(rig.user, "psst")
        rig.sim.say(rig.user, "hello", channel=PUBLIC_CHANNEL, mention=True)
        await rig.desk.until(deliveries=2)
        assert [message.text for message in rig.desk.messages] == ["hello"]


async def test_a_thread_of_ours_needs_no_new_mention_and_others_are_left_alone() -> None:
    async with open_rig(listens=True) as rig:
        other = rig.sim.say(rig.user, "lunch?", channel=PUBLIC_CHANNEL)
        rig.sim.say(rig.user, "pizza", channel=PUBLIC_CHANNEL, thread_ts=other["ts"])
        ours = rig.sim.say(rig.user, "help", channel=PUBLIC_CHANNEL, mention=True)
        await rig.desk.until(deliveries=2)
        rig.sim.say(rig.user, "and this?", channel=PUBLIC_CHANNEL, thread_ts=ours["ts"])
        await rig.desk.until(messages=2)
        assert [message.text for message in rig.desk.messages] == ["help", "and this?"]


async def test_in_a_support_channel_every_message_is_answered_in_a_thread() -> None:
    async with open_rig(listens=True, support_channels=(PUBLIC_CHANNEL,)) as rig:
        said = rig.sim.say(rig.user, "my parcel has not come", channel=PUBLIC_CHANNEL)
        await rig.desk.until(messages=1)
        assert rig.desk.messages[0].thread.root == said["ts"]


@pytest.mark.parametrize(
    "fields",
    [
        {"bot_id": "B0OTHER"},
        {"user": BOT_USER},
        {"user": "USLACKBOT"},
        {"subtype": "message_changed", "hidden": True},
        {"subtype": "message_deleted", "hidden": True},
        {"subtype": "channel_join"},
        {"subtype": "bot_message"},
    ],
)
async def test_bots_edits_and_our_own_words_are_ignored(fields: dict[str, Any]) -> None:
    async with open_rig(listens=True, support_channels=(PUBLIC_CHANNEL,)) as rig:
        rig.sim.emit(_event(rig, **fields))
        await _settled(rig)
        assert [message.text for message in rig.desk.messages] == ["the end"]


async def test_the_echo_of_our_own_posts_is_no_message() -> None:
    async with open_rig(listens=True) as rig:
        rig.sim.say(rig.user, "hello")
        await rig.desk.until(messages=1)
        await rig.chat.api.call("chat.postMessage", channel=rig.dm, text=f"<@{BOT_USER}> hello")
        await _settled(rig)
        assert [message.text for message in rig.desk.messages] == ["hello", "the end"]


async def test_a_picture_without_words_reaches_the_desk() -> None:
    async with open_rig(listens=True) as rig:
        file = rig.sim.add_file("box.png", "image/png", b"png", rig.user)
        rig.sim.say(rig.user, "", files=[file])
        await rig.desk.until(messages=1)
        [attachment] = rig.desk.messages[0].attachments
        assert (attachment.name, attachment.media_type, attachment.size_bytes) == ("box.png", "image/png", 3)
        assert await rig.chat.download(attachment, limit_bytes=100) == b"png"


async def test_a_mention_that_lacks_its_files_gets_them_from_the_post_itself() -> None:
    async with open_rig(listens=True) as rig:
        file = rig.sim.add_file("box.png", "image/png", b"png", rig.user)
        stamp = rig.sim.new_ts()
        text = f"<@{BOT_USER}> look"
        rig.sim.store(PUBLIC_CHANNEL, {"type": "message", "user": rig.user, "ts": stamp, "text": text, "files": [file]})
        rig.sim.emit(_event(rig, type="app_mention", ts=stamp, text=text))
        await rig.desk.until(messages=1)
        assert [each.id for each in rig.desk.messages[0].attachments] == [file["id"]]


async def test_a_mention_whose_twin_brings_the_files_costs_no_call() -> None:
    async with open_rig(listens=True) as rig:
        file = rig.sim.add_file("box.png", "image/png", b"png", rig.user)
        said = _event(rig, text=f"<@{BOT_USER}> look")
        rig.sim.emit({**said, "type": "app_mention"})
        rig.sim.emit({**said, "subtype": "file_share", "files": [file]})
        await rig.desk.until(deliveries=2)
        assert len(rig.desk.messages) == 1
        assert len(rig.desk.messages[0].attachments) == 1
        assert rig.calls("conversations.") == []


async def test_an_event_that_cannot_be_saved_is_not_acknowledged_and_comes_again() -> None:
    async with open_rig(listens=True) as rig:
        rig.desk.failures = 1
        rig.sim.config.ack_timeout_s = 0.05
        rig.sim.say(rig.user, "keep this")
        await rig.desk.until(messages=1)
        assert rig.sim.counts.retries >= 1
        assert [message.text for message in rig.desk.messages] == ["keep this"]


async def test_what_people_write_becomes_markdown() -> None:
    async with open_rig(listens=True) as rig:
        text = (
            f"<@{BOT_USER}> ask <@{rig.user}> or <@U0NOBODY> in <#C1|orders>: "
            "<https://shop.example/a?b=1&amp;c=2|this page>, <https://shop.example>, "
            "<mailto:a@b.c|a@b.c> &lt;3 &amp;amp;"
        )
        rig.sim.say(rig.user, text)
        await rig.desk.until(messages=1)
        assert rig.desk.messages[0].text == (
            "ask @user1 or @U0NOBODY in #orders: "
            "[this page](https://shop.example/a?b=1&c=2), https://shop.example, a@b.c <3 &amp;"
        )
        assert rig.desk.messages[0].author.name == "user1"


async def test_events_go_on_after_slack_asks_for_a_new_connection() -> None:
    async with open_rig(listens=True) as rig:
        await rig.sim.disconnect()
        rig.sim.say(rig.user, "still there?")
        await rig.desk.until(messages=1)
        async with asyncio.timeout(10):
            await rig.sim.connected.wait()
        assert rig.app.is_connected
