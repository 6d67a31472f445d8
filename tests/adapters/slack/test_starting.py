"""Settings, tokens, and a network that is not there yet."""

import asyncio
import logging
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from adapters.slack.settings import SlackSettings
from core.errors import SettingsError
from tests.adapters.slack.rig import open_rig


@pytest.mark.parametrize(
    ("wrong", "names"),
    [
        ({"bot_token": SecretStr("xoxb-wrong")}, "SLACK_BOT_TOKEN"),
        ({"app_token": SecretStr("xapp-wrong")}, "SLACK_APP_TOKEN"),
    ],
)
async def test_a_token_that_slack_refuses_is_named_with_its_fix(wrong: dict[str, Any], names: str) -> None:
    async with open_rig(**wrong) as rig:
        with pytest.raises(SettingsError, match=names) as error:
            await rig.app.run()
        assert len(error.value.problems) == 1
        assert "wrong" not in str(error.value)


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
    logging.getLogger("adapters.slack").addHandler(handler)
    try:
        async with open_rig(api_url="http://127.0.0.1:9/api/") as rig, asyncio.TaskGroup() as group:
            running = group.create_task(rig.app.run())
            async with asyncio.timeout(5):
                await handler.came.wait()
            assert not rig.app.is_connected
            running.cancel()
    finally:
        logging.getLogger("adapters.slack").removeHandler(handler)
    [line] = handler.lines
    assert "Slack cannot be reached at http://127.0.0.1:9/api/" in line
    assert "SLACK_API_URL" in line


def test_everything_that_is_missing_is_named_at_once() -> None:
    assert [line.split()[0] for line in SlackSettings().problems()] == ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]
    socket = SlackSettings(mode="socket", bot_token=SecretStr("abc"), app_token=SecretStr("abc"))
    assert [line.split()[0] for line in socket.problems()] == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]
    assert SlackSettings(mode="socket").problems()[1].startswith("SLACK_APP_TOKEN")
    assert SlackSettings(api_url="slack.com").problems()[-1].startswith("SLACK_API_URL")


def test_an_app_token_means_socket_mode() -> None:
    assert SlackSettings(app_token=SecretStr("xapp-1")).way_in == "socket"
    assert SlackSettings().way_in == "http"


def test_an_unknown_setting_is_an_error() -> None:
    with pytest.raises(ValidationError, match="colour"):
        SlackSettings.model_validate({"colour": "red"})


def test_tokens_are_not_in_what_is_printed() -> None:
    assert "xoxb-secret" not in repr(SlackSettings(bot_token=SecretStr("xoxb-secret")))
