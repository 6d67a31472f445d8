"""Settings, tokens, and a network that is not there yet."""

import asyncio
import logging

import pytest
from pydantic import SecretStr, ValidationError

from adapters.discord.invite import PERMISSIONS, invite_url
from adapters.discord.settings import DiscordSettings
from core.errors import SettingsError
from tests.adapters.discord.rig import open_rig
from tests.servers.discord import Config


async def test_a_token_that_discord_refuses_is_named_with_its_fix() -> None:
    async with open_rig(token=SecretStr("wrong")) as rig:
        with pytest.raises(SettingsError, match="DISCORD_TOKEN") as error:
            await rig.app.run()
        assert len(error.value.problems) == 1
        assert "wrong" not in str(error.value)


async def test_an_intent_that_is_not_switched_on_is_named_with_its_fix() -> None:
    async with open_rig(config=Config(refused_intents=1 << 15)) as rig:
        with pytest.raises(ExceptionGroup) as error:
            await rig.app.run()
        [problem] = error.value.exceptions
        assert isinstance(problem, SettingsError)
        assert "Message Content Intent" in str(problem)


@pytest.mark.parametrize("code", [4004, 4013])
async def test_a_connection_that_discord_ends_for_good_ends_the_bot(code: int) -> None:
    async with open_rig() as rig, asyncio.timeout(10):
        running = asyncio.ensure_future(rig.app.run())
        await rig.sim.ready.wait()
        await rig.sim.disconnect(code)
        with pytest.raises(ExceptionGroup) as error:
            await running
        assert isinstance(error.value.exceptions[0], SettingsError)
        assert not rig.app.is_connected


class _FirstLine(logging.Handler):
    """Keeps what is logged and tells when there is something."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []
        self.came = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
        self.came.set()


async def test_without_a_network_there_is_one_clear_line_and_the_bot_keeps_trying() -> None:
    handler = _FirstLine()
    logging.getLogger("adapters.discord").addHandler(handler)
    try:
        async with open_rig(api_url="http://127.0.0.1:9/api/v10") as rig, asyncio.TaskGroup() as group:
            running = group.create_task(rig.app.run())
            async with asyncio.timeout(5):
                await handler.came.wait()
            assert not rig.app.is_connected
            running.cancel()
    finally:
        logging.getLogger("adapters.discord").removeHandler(handler)
    [line] = handler.lines
    assert "Discord cannot be reached at http://127.0.0.1:9/api/v10" in line
    assert "DISCORD_API_URL" in line


def test_everything_that_is_missing_is_named_at_once() -> None:
    wrong = DiscordSettings(api_url="discord.com", gateway_url="https://x", staff_channel="#staff")
    assert [line.split()[0] for line in wrong.problems()] == [
        "DISCORD_TOKEN",
        "DISCORD_API_URL",
        "DISCORD_GATEWAY_URL",
        "[discord]",
    ]
    assert DiscordSettings(token=SecretStr("t"), support_channels=("123",)).problems() == []


def test_an_unknown_setting_is_an_error() -> None:
    with pytest.raises(ValidationError, match="colour"):
        DiscordSettings.model_validate({"colour": "red"})


def test_the_token_is_not_in_what_is_printed() -> None:
    assert "secret-token" not in repr(DiscordSettings(token=SecretStr("secret-token")))


def test_the_invitation_asks_for_nothing_that_is_not_used() -> None:
    assert not PERMISSIONS.administrator
    assert not PERMISSIONS.mention_everyone
    assert not PERMISSIONS.manage_messages
    assert f"permissions={PERMISSIONS.value}" in invite_url("1000000000000000001")
