"""Forms with files, offers while typing, the solved mark of forum posts, and places we may not write in."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.invite import PERMISSIONS
from adapters.discord.markup import as_discord
from adapters.discord.shortcodes import with_emoji
from core.conversation import Thread
from core.platform import Listed
from core.reply import Button, Post
from tests.adapters.discord.rig import open_rig
from tests.servers.discord import CHANNEL, FORUM, GUILD, STAFF_CHANNEL, DiscordSim

_TAGS = [{"id": "501", "name": "billing", "emoji_name": None}, {"id": "502", "name": "Solved", "emoji_name": None}]
_SEND = str(1 << 11)


def _with_tags(sim: DiscordSim) -> None:
    sim.channels[FORUM]["available_tags"] = _TAGS


def _closed(sim: DiscordSim) -> None:
    sim.channels[CHANNEL]["permission_overwrites"] = [{"id": GUILD, "type": 0, "allow": "0", "deny": _SEND}]
    sim.config.permissions = str(PERMISSIONS.value)


async def test_support_without_words_opens_a_form_that_takes_files() -> None:
    async with open_rig(listens=True) as rig:
        asked = await rig.sim.command(rig.user, "support", channel=CHANNEL)
        form: dict[str, Any] = await rig.sim.changes.until(lambda: asked.response)
        assert form["type"] == 9
        kinds = [each["component"]["type"] for each in form["data"]["components"]]
        assert kinds == [4, 19]
        files = [rig.sim.add_file("cup.png", "image/png", b"a cup"), rig.sim.add_file("b.png", "image/png", b"two")]
        sent = await rig.sim.submit_files(
            rig.user, form["data"]["custom_id"], {"words": "It is broken."}, {"files": files}, CHANNEL
        )
        await rig.desk.until(messages=1)
        [message] = rig.desk.messages
        assert sent.response == {"type": 5}
        assert message.text == "It is broken."
        assert message.thread.root == CHANNEL
        assert [each.name for each in message.attachments] == ["cup.png", "b.png"]
        assert await rig.chat.download(message.attachments[1], limit_bytes=100) == b"two"


async def test_status_offers_ones_own_cases_and_shows_the_chosen_one() -> None:
    async with open_rig(listens=True) as rig:
        rig.desk.listed = [Listed("C-1", "C-1, with me", "- **C-1**: with me"), Listed("C-2", "C-2, with us", "- two")]
        offered = await rig.sim.type_into(rig.user, "status", "case", "c-2", CHANNEL)
        assert offered.response == {"type": 8, "data": {"choices": [{"name": "C-2, with us", "value": "C-2"}]}}
        await rig.sim.command(rig.user, "status", {"case": "c-1"}, channel=CHANNEL)
        await rig.sim.changes.until(lambda: rig.bodies(CHANNEL) == ["- **C-1**: with me"])


async def test_a_case_of_somebody_else_cannot_be_looked_up() -> None:
    async with open_rig(listens=True) as rig:
        await rig.sim.command(rig.user, "status", {"case": "C-9"}, channel=CHANNEL)
        [line] = await rig.sim.changes.until(lambda: [each for each in rig.bodies(CHANNEL) if each])
        assert "C-9" not in line


async def test_a_post_whose_case_is_solved_gets_the_forums_tag_and_keeps_its_own() -> None:
    async with open_rig(listens=True, prepare=_with_tags, support_channels=(FORUM,)) as rig:
        post = await rig.sim.post(rig.user, "Charged twice", "why?", applied_tags=["501"])
        await rig.desk.until(messages=1)
        question = Post("Is this solved for you?", kind="notice", marks_solved=True)
        await rig.chat.deliver(rig.delivery(question, thread=rig.desk.messages[0].thread))
        assert rig.sim.channels[post["id"]]["applied_tags"] == ["501", "502"]


async def test_a_case_that_ends_in_silence_is_tagged_though_its_post_is_archived_and_nothing_is_said() -> None:
    async with open_rig(listens=True, prepare=_with_tags, support_channels=(FORUM,)) as rig:
        post = await rig.sim.post(rig.user, "Charged twice", "why?")
        await rig.desk.until(messages=1)
        rig.sim.channels[post["id"]]["thread_metadata"]["archived"] = True
        silent = rig.delivery(Post("", kind="gone", marks_solved=True), thread=rig.desk.messages[0].thread)
        await rig.chat.deliver(silent)
        await rig.chat.deliver(silent)
        assert rig.sim.channels[post["id"]]["applied_tags"] == ["502"]
        assert rig.sim.channels[post["id"]]["thread_metadata"]["archived"]
        assert rig.bodies(post["id"]) == []


async def test_the_tag_goes_when_somebody_writes_again_but_not_for_thanks() -> None:
    async with open_rig(listens=True, prepare=_with_tags, support_channels=(FORUM,)) as rig:
        post = await rig.sim.post(rig.user, "Charged twice", "why?")
        await rig.desk.until(messages=1)
        thread = rig.desk.messages[0].thread
        await rig.chat.deliver(rig.delivery(Post("Solved?", marks_solved=True), thread=thread))
        await rig.sim.say(rig.user, "thanks!", channel=post["id"])
        await rig.desk.until(messages=2)
        assert rig.sim.channels[post["id"]]["applied_tags"] == ["502"]
        await rig.sim.say(rig.user, "No, it happened again.", channel=post["id"])
        await rig.sim.changes.until(lambda: rig.sim.channels[post["id"]]["applied_tags"] == [])


async def test_not_yet_takes_the_tag_off() -> None:
    async with open_rig(listens=True, prepare=_with_tags, support_channels=(FORUM,)) as rig:
        post = await rig.sim.post(rig.user, "Charged twice", "why?")
        await rig.desk.until(messages=1)
        button = Button("confirm", "no:C-1", "Not yet")
        row = rig.delivery(Post("Solved?", buttons=(button,), marks_solved=True), thread=rig.desk.messages[0].thread)
        message = rig.message(await rig.chat.deliver(row))
        assert rig.sim.channels[post["id"]]["applied_tags"] == ["502"]
        await rig.sim.press(rig.user, message, message["components"][0]["components"][0]["custom_id"])
        await rig.sim.changes.until(lambda: rig.sim.channels[post["id"]]["applied_tags"] == [])


async def test_a_forum_without_the_tag_and_a_refusal_keep_nothing_from_being_delivered() -> None:
    async with open_rig(listens=True, support_channels=(FORUM,)) as rig:
        post = await rig.sim.post(rig.user, "Charged twice", "why?")
        await rig.desk.until(messages=1)
        thread = rig.desk.messages[0].thread
        await rig.chat.deliver(rig.delivery(Post("Solved?", marks_solved=True), thread=thread))
        _with_tags(rig.sim)
        rig.sim.script("PATCH /channels/{channel}", ("code", 403, 50013))
        await rig.chat.deliver(rig.delivery(Post("Now?", marks_solved=True), thread=thread))
        assert rig.bodies(post["id"]) == ["Solved?", "Now?"]
        assert rig.sim.channels[post["id"]]["applied_tags"] == []


async def test_where_we_may_not_write_staff_and_the_asker_are_told_once_and_no_work_is_done() -> None:
    async with open_rig(listens=True, prepare=_closed, support_channels=(CHANNEL,)) as rig:
        for text in ("hello?", "anybody?"):
            await rig.sim.say(rig.user, text, channel=CHANNEL)
        await rig.sim.changes.until(lambda: rig.bodies(rig.dm))
        await rig.sim.say(rig.user, "then here", channel=rig.dm)
        await rig.desk.until(messages=1)
        assert [each.text for each in rig.desk.messages] == ["then here"]
        [told] = rig.bodies(STAFF_CHANNEL)
        assert told.startswith(f"I was asked in <#{CHANNEL}>, where I may not write. Allow my role **Send Messages**")
        assert len(rig.bodies(rig.dm)) == 1
        assert rig.bodies(CHANNEL) == []


async def test_an_answer_in_a_post_that_was_archived_meanwhile_opens_it_again() -> None:
    async with open_rig() as rig:
        row = rig.delivery(Post("Here it is."), thread=Thread(GUILD, "discord", CHANNEL))
        rig.sim.script("POST /channels/{channel}/messages", ("code", 400, 160005))
        await rig.chat.deliver(row)
        assert rig.bodies(CHANNEL) == ["Here it is."]


def test_names_of_emoji_are_drawn_and_everything_else_between_colons_stays() -> None:
    assert as_discord("Done :tada: **:white_check_mark:** at 12:30:45, `:tada:`, std::x::y, :logo:") == (
        "Done 🎉 **✅** at 12:30:45, `:tada:`, std::x::y, :logo:"
    )


@given(st.text())
def test_text_without_names_of_emoji_is_not_touched(text: str) -> None:
    plain = text.replace(":", " ")
    assert with_emoji(plain) == plain


async def test_in_a_busy_channel_only_what_asks_the_room_is_answered() -> None:
    async with open_rig(listens=True, busy_channels=(CHANNEL,)) as rig:
        ben = rig.sim.user(2)
        said = await rig.sim.say(rig.user, "How do I export my invoices?", channel=CHANNEL)
        await rig.desk.until(messages=1)
        await rig.sim.say(ben, "User1: look under Billing", channel=CHANNEL)
        await rig.sim.say(rig.user, "nothing there", channel=CHANNEL)
        await rig.sim.say(rig.user, "to Norway", channel=rig.dm)
        await rig.desk.until(messages=2)
        assert [each.text for each in rig.desk.messages] == ["How do I export my invoices?", "to Norway"]
        assert rig.desk.messages[0].thread.channel == said["id"]


async def test_in_a_confident_channel_no_private_thread_is_opened_before_we_are_sure() -> None:
    async with open_rig(listens=True, confident_channels=(CHANNEL,)) as rig:
        await rig.sim.say(rig.user, "Where is order #88291?", channel=CHANNEL)
        await rig.desk.until(messages=1)
        assert rig.desk.messages[0].only_if_sure
        assert [route for route, _ in rig.calls("POST")] == []
        rig.desk.sure = True
        await rig.sim.say(rig.user, "Where is order #88292?", channel=CHANNEL)
        await rig.desk.until(messages=2)
        private = rig.desk.messages[1].thread
        assert rig.sim.channels[private.channel]["type"] == 12
