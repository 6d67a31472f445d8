"""Fetching what people uploaded."""

from dataclasses import replace

import pytest

from core.conversation import Attachment
from core.errors import AttachmentError
from tests.adapters.discord.rig import Rig, open_rig

_CONTENT = b"a picture of a cup"


async def _uploaded(rig: Rig) -> Attachment:
    file = rig.sim.add_file("cup.png", "image/png", _CONTENT)
    await rig.sim.say(rig.user, "", attachments=[file])
    await rig.desk.until(messages=1)
    return rig.desk.messages[0].attachments[0]


async def test_a_file_comes_as_discord_keeps_it() -> None:
    async with open_rig(listens=True) as rig:
        assert await rig.chat.download(await _uploaded(rig), limit_bytes=100) == _CONTENT


async def test_a_link_that_has_expired_is_asked_for_anew() -> None:
    async with open_rig(listens=True) as rig:
        attachment = await _uploaded(rig)
        place, _, link = attachment.source.partition(" ")
        expired = link.replace("/attachments/", "/attachments/0") + "?ex=1"
        old = replace(attachment, source=f"{place} {expired.replace(attachment.id, '1')}")
        assert await rig.chat.download(old, limit_bytes=100) == _CONTENT


async def test_a_file_that_is_gone_is_asked_for_again_in_words() -> None:
    async with open_rig(listens=True) as rig:
        attachment = await _uploaded(rig)
        rig.sim.files.clear()
        rig.sim.messages[rig.dm].clear()
        with pytest.raises(AttachmentError, match="upload it again"):
            await rig.chat.download(attachment, limit_bytes=100)


async def test_a_file_that_is_too_large_is_not_fetched_whatever_its_size_is_said_to_be() -> None:
    async with open_rig(listens=True) as rig:
        attachment = await _uploaded(rig)
        for size in (attachment.size_bytes, 0):
            with pytest.raises(AttachmentError, match="larger than"):
                await rig.chat.download(replace(attachment, size_bytes=size), limit_bytes=5)
