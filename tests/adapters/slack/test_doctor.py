"""Whatever is missing is named, with its fix."""

from collections.abc import Mapping
from typing import Any, cast

import pytest
from pydantic import SecretStr

from adapters.slack.doctor import examine
from adapters.slack.listening import COMMANDS
from adapters.slack.manifest import BOT_EVENTS, BOT_SCOPES, manifest
from adapters.slack.settings import SlackSettings
from tests.adapters.slack.rig import settings_for
from tests.servers.slack import CONFIG_TOKEN, Config, SlackSim, serve

_MANIFEST = cast(dict[str, Any], manifest(SlackSettings(), name="Firstline"))


def _sim() -> SlackSim:
    sim = SlackSim(Config(scopes=",".join(BOT_SCOPES), manifest=_MANIFEST))
    sim.channels["C0STAFF01"] = {"id": "C0STAFF01", "name": "staff", "is_member": True}
    return sim


async def _missing(sim: SlackSim, **more: Any) -> dict[str, str]:
    async with serve(sim) as url:
        checks = await examine(settings_for(url, **more), config_token=CONFIG_TOKEN)
    return {each.what: each.fix for each in checks if not each.is_fine}


async def test_where_all_is_there_nothing_is_missing() -> None:
    assert await _missing(_sim()) == {}


@pytest.mark.parametrize("scope", BOT_SCOPES)
async def test_each_missing_scope_is_named(scope: str) -> None:
    sim = _sim()
    sim.config.scopes = ",".join(each for each in BOT_SCOPES if each != scope)
    missing = await _missing(sim)
    assert list(missing) == [f"Slack scope {scope}"]
    assert scope in missing[f"Slack scope {scope}"]


async def test_a_scope_that_a_setting_needs_is_named() -> None:
    assert list(await _missing(_sim(), reads_mail=True)) == ["Slack scope users:read.email"]


@pytest.mark.parametrize("event", BOT_EVENTS)
async def test_each_missing_event_is_named(event: str) -> None:
    sim = _sim()
    kept = [each for each in BOT_EVENTS if each != event]
    sim.config.manifest = _changed("settings", "event_subscriptions", {"bot_events": kept})
    assert list(await _missing(sim)) == [f"Slack event {event}"]


@pytest.mark.parametrize("command", COMMANDS)
async def test_each_missing_command_is_named(command: str) -> None:
    sim = _sim()
    kept = [{"command": each} for each in COMMANDS if each != command]
    sim.config.manifest = _changed("features", "slash_commands", kept)
    assert list(await _missing(sim)) == [f"Slack command {command}"]


def _changed(part: str, key: str, value: object) -> dict[str, Any]:
    return _MANIFEST | {part: {**cast(Mapping[str, Any], _MANIFEST[part]), key: value}}


async def test_missing_interactivity_is_named() -> None:
    sim = _sim()
    sim.config.manifest = _changed("settings", "interactivity", {"is_enabled": False})
    assert list(await _missing(sim)) == ["Slack interactivity"]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"bot_token": SecretStr("xoxb-wrong")}, "Slack bot token"),
        ({"app_token": SecretStr("xapp-wrong")}, "Slack app-level token"),
        ({"bot_token": SecretStr("")}, "Slack setting SLACK_BOT_TOKEN"),
        ({"app_token": SecretStr(""), "mode": "socket"}, "Slack setting SLACK_APP_TOKEN"),
        ({"signing_secret": SecretStr(""), "mode": "http"}, "Slack setting SLACK_SIGNING_SECRET"),
        ({"staff_channel": ""}, "Slack staff channel"),
        ({"support_channels": ("C0NOWHERE",)}, "Slack channel C0NOWHERE"),
    ],
)
async def test_each_wrong_setting_is_named(settings: dict[str, Any], named: str) -> None:
    assert named in await _missing(_sim(), **settings)


async def test_a_channel_that_we_are_not_in_is_named() -> None:
    sim = _sim()
    sim.channels["C0STAFF01"]["is_member"] = False
    assert list(await _missing(sim)) == ["Slack channel C0STAFF01"]
