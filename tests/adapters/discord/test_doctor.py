"""What the doctor says of an application, its servers and its channels."""

from typing import Any

from pydantic import SecretStr

from adapters.discord.commands import COMMANDS
from adapters.discord.doctor import examine
from adapters.discord.invite import PERMISSIONS
from tests.adapters.discord.rig import Rig, open_rig
from tests.servers.discord import CHANNEL, FORUM, GUILD, Config


async def _found(rig: Rig, **more: Any) -> dict[str, str]:
    """What is to be mended, by what it is."""
    checks = await examine(rig.chat.settings.model_copy(update=more))
    return {each.what: each.fix for each in checks if not each.is_fine}


async def test_a_bot_that_has_all_is_well() -> None:
    async with open_rig(listens=True, support_channels=(CHANNEL, FORUM)) as rig:
        assert await _found(rig) == {}
        assert {each["name"] for each in rig.sim.commands.values()} == set(COMMANDS)


async def test_a_wrong_token_is_all_that_is_said() -> None:
    async with open_rig() as rig:
        found = await _found(rig, token=SecretStr("wrong"))
        assert list(found) == ["Discord token"]
        assert "DISCORD_TOKEN" in found["Discord token"]


async def test_intent_commands_permissions_and_channels_are_named() -> None:
    lacking = str(PERMISSIONS.value & ~(1 << 11))
    config = Config(app_flags=0, permissions=lacking)
    async with open_rig(config=config, support_channels=("999", CHANNEL), staff_channel="") as rig:
        found = await _found(rig)
        assert "Privileged Gateway Intents" in found["Discord Message Content Intent"]
        assert "Start the bot once" in found["Discord command support"]
        assert "Missing: Send Messages." in found["Discord server Bench"]
        assert "cannot see it" in found["Discord channel 999"]
        assert "[discord] staff_channel" in found["Discord staff channel"]


async def test_what_a_channel_takes_away_is_named() -> None:
    async with open_rig(listens=True, config=Config(permissions=str(PERMISSIONS.value))) as rig:
        rule = {"id": GUILD, "type": 0, "deny": str(1 << 38), "allow": "0"}
        rig.sim.channels[CHANNEL]["permission_overwrites"] = [rule]
        found = await _found(rig, support_channels=(CHANNEL,))
        assert list(found) == [f"Discord channel {CHANNEL}"]
        assert "Send Messages In Threads" in found[f"Discord channel {CHANNEL}"]


async def test_busy_and_confident_channels_are_looked_at_too() -> None:
    async with open_rig(listens=True) as rig:
        found = await _found(rig, busy_channels=("123",), confident_channels=("456", CHANNEL))
        assert list(found) == ["Discord channel 123", "Discord channel 456"]
