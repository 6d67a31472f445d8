"""Payloads of the shapes that Discord's reference pages show, with all their fields and nulls, through the gateway.

The stand-in sends what we thought of; these are what Discord says it sends. Values are our own.
"""

from typing import Any

from core.conversation import Message, Thread
from core.reply import Button, Post
from tests.adapters.discord.rig import Rig, open_rig
from tests.servers.discord import BOT_USER, CHANNEL, GUILD

Json = dict[str, Any]
MEMBER: Json = {
    "nick": None,
    "avatar": None,
    "banner": None,
    "roles": [],
    "joined_at": "2024-05-01T10:00:00.000000+00:00",
    "premium_since": None,
    "deaf": False,
    "mute": False,
    "flags": 0,
    "pending": False,
    "permissions": "2147483647",
    "communication_disabled_until": None,
    "avatar_decoration_data": None,
}


def user(id: str, **more: Any) -> Json:
    """A user object."""
    return {
        "id": id,
        "username": "ann",
        "discriminator": "0",
        "global_name": "Ann",
        "avatar": None,
        "avatar_decoration_data": {"sku_id": "1144058844004233369", "asset": "a_fed43ab12698df65902ba06727e20c0e"},
        "collectibles": None,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
        "banner": None,
        "accent_color": None,
        **more,
    }


def message(id: str, channel: str, author: str, text: str, **more: Any) -> Json:
    """A message object, as MESSAGE_CREATE carries it."""
    return {
        "id": id,
        "channel_id": channel,
        "author": user(author),
        "content": text,
        "timestamp": "2026-03-02T09:00:00.299000+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "mention_channels": [],
        "attachments": [],
        "embeds": [],
        "reactions": [
            {
                "count": 1,
                "count_details": {"burst": 0, "normal": 1},
                "me": False,
                "me_burst": False,
                "emoji": {"id": None, "name": "\N{FIRE}"},
                "burst_colors": [],
            }
        ],
        "nonce": "1180000000000000000",
        "pinned": False,
        "type": 0,
        "flags": 0,
        "components": [],
        "sticker_items": [],
        "position": 0,
        **more,
    }


async def _heard(rig: Rig) -> Message:
    await rig.desk.until(messages=1)
    return rig.desk.messages[0]


async def test_a_direct_message_with_every_field() -> None:
    async with open_rig(listens=True) as rig:
        posted = message(rig.sim.new_id(), rig.dm, rig.user, "Where is my parcel?", channel_type=1)
        await rig.sim.dispatch("MESSAGE_CREATE", posted, private=True)
        heard = await _heard(rig)
        assert (heard.id, heard.text, heard.author.name, heard.is_private) == (
            posted["id"],
            "Where is my parcel?",
            "Ann",
            True,
        )


async def test_a_reply_in_a_server_with_the_message_that_it_answers() -> None:
    async with open_rig(listens=True) as rig:
        first = message(rig.sim.new_id(), CHANNEL, rig.sim.user(2), "Mine came today.", guild_id=GUILD)
        bot = user(BOT_USER, username="firstline", global_name=None, bot=True)
        answer = message(
            rig.sim.new_id(),
            CHANNEL,
            rig.user,
            f"<@{BOT_USER}> and mine?",
            type=19,
            guild_id=GUILD,
            channel_type=0,
            member=MEMBER,
            mentions=[{**bot, "member": MEMBER}],
            message_reference={"type": 0, "channel_id": CHANNEL, "message_id": first["id"], "guild_id": GUILD},
            referenced_message=first,
        )
        await rig.sim.dispatch("MESSAGE_CREATE", answer)
        heard = await _heard(rig)
        assert (heard.text, heard.mentions_us, heard.thread.tenant) == ("and mine?", True, GUILD)


async def test_a_forwarded_message_with_its_snapshot_and_picture() -> None:
    picture: Json = {
        "id": "1180000000000000001",
        "filename": "box.png",
        "title": "box",
        "description": None,
        "content_type": "image/png",
        "original_content_type": "image/png",
        "size": 3,
        "url": "https://cdn.discordapp.com/attachments/1/1180000000000000001/box.png?ex=66&is=65&hm=ab&",
        "proxy_url": "https://media.discordapp.net/attachments/1/1180000000000000001/box.png?ex=66&is=65&hm=ab&",
        "height": 20,
        "width": 20,
        "placeholder": "YJwIFYI=",
        "placeholder_version": 1,
        "flags": 0,
    }
    snapshot: Json = {
        "type": 0,
        "content": "The box is torn.",
        "embeds": [],
        "attachments": [picture],
        "timestamp": "2026-03-01T09:00:00.299000+00:00",
        "edited_timestamp": None,
        "flags": 0,
        "mentions": [],
        "mention_roles": [],
        "sticker_items": [],
        "components": [],
    }
    async with open_rig(listens=True) as rig:
        forwarded = message(
            rig.sim.new_id(),
            rig.dm,
            rig.user,
            "",
            channel_type=1,
            flags=1 << 14,
            message_reference={"type": 1, "channel_id": "1", "message_id": "2", "guild_id": GUILD},
            message_snapshots=[{"message": snapshot}],
        )
        await rig.sim.dispatch("MESSAGE_CREATE", forwarded, private=True)
        heard = await _heard(rig)
        assert heard.text == "> The box is torn."
        assert [(each.name, each.media_type, each.size_bytes) for each in heard.attachments] == [
            ("box.png", "image/png", 3)
        ]


async def test_an_edit_and_a_deletion_as_they_are_told() -> None:
    async with open_rig(listens=True) as rig:
        posted = message(rig.sim.new_id(), rig.dm, rig.user, "Where is order 1?", channel_type=1)
        await rig.sim.dispatch("MESSAGE_CREATE", posted, private=True)
        await _heard(rig)
        changed = {**posted, "content": "Where is order 2?", "edited_timestamp": "2026-03-02T09:01:00.000000+00:00"}
        await rig.sim.dispatch("MESSAGE_UPDATE", changed, private=True)
        await rig.desk.until(messages=1, changes=1)
        assert rig.desk.edits[0].text == "Where is order 2?"
        gone = {"id": posted["id"], "channel_id": rig.dm}
        await rig.sim.dispatch("MESSAGE_DELETE", gone, private=True)
        await rig.desk.until(changes=2)
        assert rig.desk.deletes[0][1] == posted["id"]


async def test_a_slash_command_with_every_field() -> None:
    async with open_rig(listens=True) as rig:
        given: Json = {
            "locale": "de",
            "guild_locale": "en-US",
            "guild_id": GUILD,
            "member": {**MEMBER, "user": user(rig.user)},
            "guild": {"id": GUILD, "locale": "en-US", "features": ["COMMUNITY"]},
            "entitlement_sku_ids": [],
            "authorizing_integration_owners": {"0": GUILD, "1": rig.user},
            "context": 0,
        }
        options = [{"type": 3, "name": "question", "value": "Where is my parcel?"}]
        data: Json = {
            "id": rig.sim.new_id(),
            "name": "support",
            "type": 1,
            "resolved": {},
            "options": options,
            "guild_id": GUILD,
        }
        called = await rig.sim.interact(rig.user, 2, data, CHANNEL, **given)
        heard = await _heard(rig)
        assert (heard.text, heard.author.name) == ("Where is my parcel?", "Ann")
        assert called.response is not None


async def test_a_button_with_the_whole_message_that_it_stands_on() -> None:
    async with open_rig(listens=True) as rig:
        button = Button("escalate", "C-1", "Talk to a person")
        ref = await rig.chat.deliver(
            rig.delivery(Post("Yes.", buttons=(button,)), thread=Thread("dm", "discord", rig.dm))
        )
        shown = rig.message(ref)
        custom_id = shown["components"][0]["components"][0]["custom_id"]
        whole = {
            **message(shown["id"], rig.dm, BOT_USER, shown["content"]),
            "application_id": "1",
            "components": [
                {"type": 1, "id": 1, "components": [{**each, "id": n} for n, each in enumerate(row["components"], 2)]}
                for row in shown["components"]
            ],
        }
        data: Json = {"id": 2, "custom_id": custom_id, "component_type": 2}
        more: Json = {"message": whole, "locale": "en-GB", "context": 1}
        await rig.sim.interact(rig.user, 3, data, rig.dm, **more)
        await rig.desk.until(presses=1)
        assert (rig.desk.presses[0].action, rig.desk.presses[0].value) == ("escalate", "C-1")
        assert rig.desk.presses[0].presser_id == rig.user
