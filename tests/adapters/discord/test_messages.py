"""What people write, as messages of the core."""

import pytest

from tests.adapters.discord.rig import Rig, open_rig
from tests.servers.discord import BOT_ROLE, BOT_USER, CHANNEL, FORUM, GUILD, OWNER, STAFF_CHANNEL, DiscordSim


async def _settled(rig: Rig) -> None:
    """Events come in order: once a later message is there, the earlier ones have been dealt with."""
    before = len(rig.desk.messages)
    await rig.sim.say(rig.sim.user(99), "that is all")
    await rig.desk.until(messages=before + 1)
    rig.desk.messages.pop()


async def test_a_direct_message_is_always_for_us() -> None:
    async with open_rig(listens=True) as rig:
        said = await rig.sim.say(rig.user, "  Where is my order?  ")
        await rig.desk.until(messages=1)
        [message] = rig.desk.messages
        assert (message.id, message.text, message.author.name) == (said["id"], "Where is my order?", "User1")
        assert message.thread.key == f"discord:dm:{rig.dm}:"
        assert message.is_private


async def test_a_mention_in_a_channel_begins_a_thread_on_that_message() -> None:
    async with open_rig(listens=True) as rig:
        said = await rig.sim.say(rig.user, "where is it?", channel=CHANNEL, mention=True)
        await rig.desk.until(messages=1)
        [message] = rig.desk.messages
        assert message.text == "where is it?"
        assert message.thread.key == f"discord:{GUILD}:{said['id']}:{CHANNEL}"
        assert not message.is_private


async def test_a_mention_of_our_role_is_a_mention() -> None:
    async with open_rig(listens=True) as rig:
        await rig.sim.say(rig.user, f"<@&{BOT_ROLE}> hello", channel=CHANNEL)
        await rig.desk.until(messages=1)
        assert rig.desk.messages[0].text == "hello"


async def test_other_talk_in_a_channel_is_not_for_us() -> None:
    async with open_rig(listens=True) as rig:
        await rig.sim.say(rig.user, "lunch?", channel=CHANNEL)
        await rig.sim.say(rig.user, "@everyone lunch!", channel=CHANNEL)
        await _settled(rig)
        assert rig.desk.messages == []


async def test_our_own_messages_and_those_of_bots_and_webhooks_are_ignored() -> None:
    async with open_rig(listens=True) as rig:
        await rig.sim.say(BOT_USER, "I said that", channel=CHANNEL, mention=True)
        bot = rig.sim.user(7)
        rig.sim.users[bot]["bot"] = True
        await rig.sim.say(bot, "beep", channel=CHANNEL, mention=True)
        await rig.sim.say(rig.user, "by webhook", channel=CHANNEL, mention=True, webhook_id="42")
        await rig.sim.say(rig.user, "pinned something", channel=CHANNEL, mention=True, type=6)
        await _settled(rig)
        assert rig.desk.messages == []


async def test_every_message_of_a_support_channel_is_for_us() -> None:
    async with open_rig(listens=True, support_channels=(CHANNEL,)) as rig:
        said = await rig.sim.say(rig.user, "My parcel has not come", channel=CHANNEL)
        await rig.desk.until(messages=1)
        assert rig.desk.messages[0].thread.channel == said["id"]


async def test_what_follows_in_our_thread_needs_no_mention() -> None:
    async with open_rig(listens=True) as rig:
        said = await rig.sim.say(rig.user, "where is it?", channel=CHANNEL, mention=True)
        await rig.desk.until(messages=1)
        await rig.sim.open_thread(said["id"], CHANNEL)
        await rig.sim.say(rig.user, "are you there?", channel=said["id"])
        await rig.desk.until(messages=2)
        assert rig.desk.messages[1].thread == rig.desk.messages[0].thread


async def test_a_thread_of_others_is_not_ours_until_we_are_mentioned_in_it() -> None:
    async with open_rig(listens=True) as rig:
        root = await rig.sim.say(rig.user, "lunch?", channel=CHANNEL)
        await rig.sim.open_thread(root["id"], CHANNEL)
        await rig.sim.say(rig.user, "pizza", channel=root["id"])
        await _settled(rig)
        assert rig.desk.messages == []
        await rig.sim.say(rig.user, "can you help?", channel=root["id"], mention=True)
        await rig.desk.until(messages=1)
        assert rig.desk.messages[0].thread.channel == root["id"]


async def test_a_reply_to_our_answer_goes_on_with_that_conversation() -> None:
    async with open_rig(listens=True) as rig:
        first = await rig.sim.say(rig.user, "where is it?", channel=CHANNEL, mention=True)
        await rig.desk.until(messages=1)
        await rig.sim.say(rig.user, "and now?", channel=CHANNEL, reply_to=first["id"])
        await rig.desk.until(messages=2)
        assert rig.desk.messages[1].thread == rig.desk.messages[0].thread


async def test_a_forum_post_is_read_with_its_title() -> None:
    async with open_rig(listens=True, support_channels=(FORUM,)) as rig:
        post = await rig.sim.post(rig.user, "Refund?", "The cup arrived broken.")
        await rig.desk.until(messages=1)
        [message] = rig.desk.messages
        assert message.text == "Refund?\n\nThe cup arrived broken."
        assert message.thread.key == f"discord:{GUILD}:{post['id']}:"
        await rig.sim.say(rig.user, "It was a gift.", channel=post["id"])
        await rig.desk.until(messages=2)
        assert rig.desk.messages[1].text == "It was a gift."
        assert rig.desk.messages[1].thread == message.thread


async def test_a_forum_that_is_not_ours_is_left_alone() -> None:
    async with open_rig(listens=True) as rig:
        await rig.sim.post(rig.user, "Lunch?", "Pizza.")
        await _settled(rig)
        assert rig.desk.messages == []


async def test_a_thread_the_library_has_not_heard_of_is_asked_for() -> None:
    async with open_rig(listens=True) as rig:
        root = await rig.sim.say(rig.user, "old talk", channel=CHANNEL)
        await rig.sim.open_thread(root["id"], CHANNEL, announce=False)
        await rig.sim.say(rig.user, "can you help?", channel=root["id"], mention=True)
        await rig.desk.until(messages=1)
        assert rig.desk.messages[0].thread.key == f"discord:{GUILD}:{root['id']}:{CHANNEL}"


async def test_mentions_and_emoji_are_written_as_people_read_them() -> None:
    async with open_rig(listens=True) as rig:
        text = f"<@{OWNER}> in <#{STAFF_CHANNEL}> said <:ok:123> </support:5> <@&{GUILD}> 1 < 2"
        await rig.sim.say(rig.user, text)
        await rig.desk.until(messages=1)
        assert rig.desk.messages[0].text == f"@Owner in #{STAFF_CHANNEL} said :ok: /support @{GUILD} 1 < 2"


async def test_files_are_kept_with_the_way_back_to_them() -> None:
    async with open_rig(listens=True) as rig:
        file = rig.sim.add_file("cup.png", "image/png", b"not looked at here")
        await rig.sim.say(rig.user, "", attachments=[file])
        await rig.desk.until(messages=1)
        [attachment] = rig.desk.messages[0].attachments
        assert (attachment.name, attachment.media_type, attachment.size_bytes) == ("cup.png", "image/png", 18)
        assert attachment.source.endswith(file["url"])


async def test_an_event_that_comes_twice_is_one_message() -> None:
    async with open_rig(listens=True) as rig:
        said = await rig.sim.say(rig.user, "hello")
        await rig.sim.dispatch_message("MESSAGE_CREATE", said)
        await rig.desk.until(deliveries=2)
        assert len(rig.desk.messages) == 1


async def test_a_message_that_cannot_be_saved_is_tried_again() -> None:
    async with open_rig(listens=True) as rig:
        rig.desk.failures = 1
        await rig.sim.say(rig.user, "hello")
        await rig.desk.until(messages=1)


@pytest.mark.parametrize("code", [4000, 0])
async def test_what_came_while_the_connection_was_away_is_replayed(code: int) -> None:
    async with open_rig(listens=True) as rig:
        await rig.sim.say(rig.user, "first")
        await rig.desk.until(messages=1)
        await rig.sim.disconnect(code)
        await rig.sim.say(rig.user, "in the gap")
        await rig.desk.until(messages=2)
        assert rig.sim.counts.resumes == 1


async def test_an_event_that_the_library_cannot_read_does_not_end_the_bot() -> None:
    async with open_rig(listens=True) as rig:
        await rig.sim.dispatch("MESSAGE_CREATE", {"nonsense": True})
        await rig.sim.changes.until(lambda: rig.sim.counts.identifies == 2)
        await rig.sim.say(rig.user, "still there?")
        await rig.desk.until(messages=1)


async def test_a_gateway_that_refuses_the_first_connection_is_tried_again() -> None:
    def refuse(sim: DiscordSim) -> None:
        sim.config.refused_connections = 1

    async with open_rig(listens=True, prepare=refuse) as rig:
        await rig.sim.say(rig.user, "hello")
        await rig.desk.until(messages=1)


async def test_what_somebody_changes_or_takes_back_is_passed_on() -> None:
    async with open_rig(listens=True) as rig:
        said = await rig.sim.say(rig.user, "where is it")
        await rig.desk.until(messages=1)
        await rig.sim.change(said, "where is order #88291?")
        await rig.sim.take_back(said)
        await _settled(rig)
        [edit], [deleted] = rig.desk.edits, rig.desk.deletes[:1]
        assert (edit.id, edit.text) == (said["id"], "where is order #88291?")
        assert (deleted[0].channel, deleted[1]) == (rig.dm, said["id"])


async def test_a_bot_with_several_connections_hears_servers_and_direct_messages() -> None:
    async with open_rig(listens=True, shards=2) as rig:
        await rig.sim.changes.until(lambda: rig.sim.counts.identifies == 2, timeout_s=20)
        await rig.sim.say(rig.user, "in private")
        await rig.sim.say(rig.user, "in public", channel=CHANNEL, mention=True)
        await rig.desk.until(messages=2)
