"""Pictures that a message is about without carrying them: earlier in its thread, passed on, or linked."""

import pytest

from core.conversation import Attachment
from core.errors import AttachmentError
from tests.adapters.slack.rig import Rig, open_rig
from tests.servers.slack import PUBLIC_CHANNEL

_PICTURE = b"a picture of a box"


def _picture(rig: Rig, name: str = "box.png", *, of: str = "") -> dict[str, object]:
    return rig.sim.add_file(name, "image/png", _PICTURE, of or rig.user)


async def _heard(rig: Rig, n: int = 1) -> tuple[Attachment, ...]:
    await rig.desk.until(messages=n)
    return rig.desk.messages[n - 1].attachments


async def test_who_is_called_into_a_thread_sees_the_pictures_that_stand_there_and_whose_they_are() -> None:
    async with open_rig(listens=True) as rig:
        customer, colleague = rig.user, rig.sim.user(2)
        root = rig.sim.say(customer, "it came like this", channel=PUBLIC_CHANNEL, files=[_picture(rig)])
        notes = rig.sim.add_file("notes.txt", "text/plain", b"notes", customer)
        rig.sim.say(customer, "", channel=PUBLIC_CHANNEL, thread_ts=root["ts"], files=[notes])
        rig.sim.say(colleague, "can you help?", channel=PUBLIC_CHANNEL, thread_ts=root["ts"], mention=True)
        [box] = await _heard(rig)
        assert (box.name, box.author_id) == ("box.png", customer)
        message = rig.desk.messages[0]
        assert message.author.id == colleague
        assert [(each.text, each.author_id) for each in message.before] == [("it came like this", customer)]
        assert await rig.chat.download(box, limit_bytes=100) == _PICTURE


async def test_a_mention_in_a_thread_of_ours_reads_nothing_back() -> None:
    async with open_rig(listens=True) as rig:
        root = rig.sim.say(rig.user, "help", channel=PUBLIC_CHANNEL, mention=True, files=[_picture(rig)])
        await _heard(rig)
        rig.sim.say(rig.user, "and now?", channel=PUBLIC_CHANNEL, thread_ts=root["ts"], mention=True)
        assert await _heard(rig, 2) == ()
        assert rig.calls("conversations.") == []


async def test_a_thread_that_cannot_be_read_leaves_a_message_without_its_pictures() -> None:
    async with open_rig(listens=True) as rig:
        root = rig.sim.say(rig.user, "look", channel=PUBLIC_CHANNEL, files=[_picture(rig)])
        rig.sim.config.failures["conversations.replies"] = "missing_scope"
        rig.sim.say(rig.user, "help", channel=PUBLIC_CHANNEL, thread_ts=root["ts"], mention=True)
        assert await _heard(rig) == ()


async def test_a_message_that_is_passed_on_brings_its_words_and_pictures() -> None:
    async with open_rig(listens=True) as rig:
        first = rig.sim.say(rig.sim.user(2), "the box is torn", channel=PUBLIC_CHANNEL, files=[_picture(rig)])
        rig.sim.say(rig.user, "can I send this back?", shared=first)
        [box] = await _heard(rig)
        assert box.name == "box.png"
        assert rig.desk.messages[0].text == "can I send this back?\n\n> the box is torn"


async def test_a_link_to_a_file_of_ones_own_is_opened() -> None:
    async with open_rig(listens=True) as rig:
        file = _picture(rig)
        rig.sim.say(rig.user, f"see <{file['url_private']}|box.png>")
        [linked] = await _heard(rig)
        assert (linked.id, linked.name) == (file["id"], "box.png")
        assert await rig.chat.download(linked, limit_bytes=100) == _PICTURE


async def test_a_permalink_to_what_was_shared_in_this_channel_is_opened() -> None:
    async with open_rig(listens=True) as rig:
        file = _picture(rig, of=rig.sim.user(2))
        rig.sim.say(rig.sim.user(2), "mine", channel=PUBLIC_CHANNEL, files=[file])
        link = f"https://acme.slack.com/files/{rig.sim.user(2)}/{file['id']}/box.png"
        rig.sim.say(rig.user, f"is <{link}> normal?", channel=PUBLIC_CHANNEL, mention=True)
        [linked] = await _heard(rig)
        assert await rig.chat.download(linked, limit_bytes=100) == _PICTURE


async def test_a_link_to_a_file_that_its_poster_may_not_see_is_not_opened() -> None:
    async with open_rig(listens=True) as rig:
        file = _picture(rig, of=rig.sim.user(2))
        rig.sim.say(rig.sim.user(2), "between us", channel=rig.sim.dm(rig.sim.user(2)), files=[file])
        await _heard(rig)
        rig.sim.say(rig.user, f"see <{file['url_private']}>")
        [linked] = await _heard(rig, 2)
        with pytest.raises(AttachmentError, match="shared here"):
            await rig.chat.download(linked, limit_bytes=100)


@pytest.mark.parametrize("link", ["https://evil.example/files/U0AAAA/F0AAAAAA/x.png", "https://slack.com/about", ""])
async def test_other_links_are_no_files(link: str) -> None:
    async with open_rig(listens=True) as rig:
        rig.sim.say(rig.user, f"see <{link}> here")
        assert await _heard(rig) == ()


async def test_an_edited_post_keeps_its_pictures() -> None:
    async with open_rig(listens=True) as rig:
        said = rig.sim.say(rig.user, "my box", files=[_picture(rig)])
        await _heard(rig)
        rig.sim.echo(rig.dm, said | {"text": "my blue box"}, "message_changed", said)
        await rig.desk.until(changes=1)
        assert rig.desk.edits[0].attachments == rig.desk.messages[0].attachments
