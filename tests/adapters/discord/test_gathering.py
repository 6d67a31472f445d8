"""Pictures that a message is about without carrying them: earlier in its thread, answered, or linked."""

from typing import Any

import pytest

from core.conversation import Attachment
from core.errors import AttachmentError
from tests.adapters.discord.rig import Rig, open_rig
from tests.servers.discord import CHANNEL

_PICTURE = b"a picture of a box"


def _picture(rig: Rig, name: str = "box.png") -> dict[str, Any]:
    return rig.sim.add_file(name, "image/png", _PICTURE)


async def _heard(rig: Rig, n: int = 1) -> tuple[Attachment, ...]:
    await rig.desk.until(messages=n)
    return rig.desk.messages[n - 1].attachments


async def test_who_is_called_into_a_thread_sees_the_pictures_that_stand_there_and_whose_they_are() -> None:
    async with open_rig(listens=True) as rig:
        customer, colleague = rig.user, rig.sim.user(2)
        root = await rig.sim.say(customer, "it came like this", channel=CHANNEL, attachments=[_picture(rig)])
        thread = await rig.sim.open_thread(root["id"], CHANNEL)
        await rig.sim.say(customer, "", channel=thread["id"], attachments=[_picture(rig, "label.png")])
        await rig.sim.say(colleague, "can you help?", channel=thread["id"], mention=True)
        files = await _heard(rig)
        [told] = rig.desk.messages[0].before
        assert (told.text, told.author_id) == ("it came like this", customer)
        assert [(each.name, each.author_id) for each in files] == [("box.png", customer), ("label.png", customer)]
        assert await rig.chat.download(files[0], limit_bytes=100) == _PICTURE


async def test_a_mention_that_answers_a_picture_brings_it_along() -> None:
    async with open_rig(listens=True) as rig:
        posted = await rig.sim.say(rig.sim.user(2), "", channel=CHANNEL, attachments=[_picture(rig)])
        await rig.sim.say(rig.user, "what does this say?", channel=CHANNEL, mention=True, reply_to=posted["id"])
        [box] = await _heard(rig)
        assert (box.name, box.author_id) == ("box.png", rig.sim.user(2))


async def test_in_a_thread_of_ours_nothing_is_read_back() -> None:
    async with open_rig(listens=True) as rig:
        root = await rig.sim.say(rig.user, "look", channel=CHANNEL, mention=True, attachments=[_picture(rig)])
        await _heard(rig)
        thread = await rig.sim.open_thread(root["id"], CHANNEL)
        await rig.sim.say(rig.user, "and now?", channel=thread["id"], mention=True)
        assert await _heard(rig, 2) == ()


async def test_a_link_to_a_file_is_opened_by_its_own_signature() -> None:
    async with open_rig(listens=True) as rig:
        file = _picture(rig)
        await rig.sim.say(rig.user, f"see {file['url']}?ex=66&hm=ab")
        [linked] = await _heard(rig)
        assert (linked.id, linked.name) == (file["id"], "box.png")
        assert await rig.chat.download(linked, limit_bytes=100) == _PICTURE


async def test_a_link_that_has_run_out_is_not_renewed_with_our_rights() -> None:
    async with open_rig(listens=True) as rig:
        file = _picture(rig)
        rig.sim.files.clear()
        await rig.sim.say(rig.user, f"see <{file['url']}>")
        [linked] = await _heard(rig)
        with pytest.raises(AttachmentError, match="run out"):
            await rig.chat.download(linked, limit_bytes=100)


@pytest.mark.parametrize("host", ["evil.example", "cdn.discordapp.com.evil.example", "127.0.0.1"])
async def test_links_to_other_hosts_are_no_files(host: str) -> None:
    async with open_rig(listens=True) as rig:
        await rig.sim.say(rig.user, f"see https://{host}/attachments/1/2/box.png")
        assert await _heard(rig) == ()


async def test_asking_about_a_message_brings_its_pictures_in_its_authors_name() -> None:
    async with open_rig(listens=True) as rig:
        posted = await rig.sim.say(rig.sim.user(2), "odd", channel=CHANNEL, attachments=[_picture(rig)])
        await rig.sim.menu(rig.user, "Ask Firstline", posted)
        [box] = await _heard(rig)
        assert (box.author_id, rig.desk.messages[0].author.id) == (rig.sim.user(2), rig.user)
        assert await rig.chat.download(box, limit_bytes=100) == _PICTURE
