"""Questions about an account are answered where only the one who asked reads along; voice messages in one line."""

from adapters.discord.messages import NO_VOICE
from tests.adapters.discord.rig import open_rig
from tests.servers.discord import CHANNEL, PRIVATE_THREAD


async def test_a_question_that_names_an_order_is_answered_in_a_private_thread_with_a_public_pointer() -> None:
    async with open_rig(listens=True) as rig:
        said = await rig.sim.say(rig.user, "where is order #88291?", channel=CHANNEL, mention=True)
        await rig.desk.until(messages=1)
        thread = rig.desk.messages[0].thread
        assert thread.root == ""
        assert rig.sim.channels[thread.channel]["type"] == PRIVATE_THREAD
        assert "88291" not in rig.sim.channels[thread.channel]["name"]
        [pointer] = rig.bodies(CHANNEL)
        assert f"<#{thread.channel}>" in pointer
        assert rig.message(f"{CHANNEL}/{list(rig.sim.messages[CHANNEL])[-1]}")["message_reference"][
            "message_id"
        ] == str(said["id"])
        await rig.sim.say(rig.user, "are you there?", channel=thread.channel)
        await rig.desk.until(messages=2)
        assert rig.desk.messages[1].thread == thread


async def test_support_that_names_an_order_is_answered_in_private_too() -> None:
    async with open_rig(listens=True) as rig:
        await rig.sim.command(rig.user, "support", {"question": "refund 8829145 please"}, channel=CHANNEL)
        await rig.desk.until(messages=1)
        thread = rig.desk.messages[0].thread
        assert rig.sim.channels[thread.channel]["type"] == PRIVATE_THREAD
        await rig.sim.changes.until(lambda: any(thread.channel in each for each in rig.bodies(CHANNEL)))


async def test_private_threads_can_be_switched_off_and_a_refusal_falls_back_to_a_public_one() -> None:
    async with open_rig(listens=True) as rig:
        rig.sim.script("POST /channels/{channel}/threads", 403)
        said = await rig.sim.say(rig.user, "where is order #88291?", channel=CHANNEL, mention=True)
        await rig.desk.until(messages=1)
        assert rig.desk.messages[0].thread.channel == said["id"]
    async with open_rig(listens=True, private_threads=False) as rig:
        said = await rig.sim.say(rig.user, "where is order #88291?", channel=CHANNEL, mention=True)
        await rig.desk.until(messages=1)
        assert rig.desk.messages[0].thread.channel == said["id"]


async def test_a_voice_message_is_answered_in_one_line() -> None:
    async with open_rig(listens=True) as rig:
        file = rig.sim.add_file("voice-message.ogg", "audio/ogg", b"sound")
        await rig.sim.say(rig.user, "", attachments=[file], flags=1 << 13)
        await rig.sim.changes.until(lambda: rig.bodies(rig.dm) == [NO_VOICE])
        assert rig.desk.messages == []
