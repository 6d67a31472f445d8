"""Whatever is missing is named, with its fix."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from pydantic import SecretStr

from adapters.slack.doctor import examine
from adapters.slack.listening import COMMANDS
from adapters.slack.manifest import BOT_EVENTS, BOT_SCOPES, SHORTCUTS, manifest
from adapters.slack.settings import SlackSettings
from core.installing import Installation
from tests.adapters.slack.rig import settings_for
from tests.servers.slack import BOT_TOKEN, CLIENT_ID, CLIENT_SECRET, CONFIG_TOKEN, TEAM, Config, SlackSim, Team, serve

_MANIFEST = cast(dict[str, Any], manifest(SlackSettings(mode="socket"), name="Firstline"))


def _sim() -> SlackSim:
    sim = SlackSim(Config(scopes=",".join(BOT_SCOPES), manifest=_MANIFEST))
    sim.channels["C0STAFF01"] = {"id": "C0STAFF01", "name": "staff", "is_member": True}
    return sim


async def _missing(sim: SlackSim, *, installed: Sequence[Installation] | None = (), **more: Any) -> dict[str, str]:
    async with serve(sim) as url:
        checks = await examine(settings_for(url, **more), config_token=CONFIG_TOKEN, installed=installed)
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


@pytest.mark.parametrize("shortcut", SHORTCUTS)
async def test_each_missing_shortcut_is_named(shortcut: tuple[str, str, str]) -> None:
    sim = _sim()
    kept = [{"callback_id": key} for _, key, _ in SHORTCUTS if key != shortcut[1]]
    sim.config.manifest = _changed("features", "shortcuts", kept)
    assert list(await _missing(sim)) == [f"Slack shortcut {shortcut[0]}"]


@pytest.mark.parametrize(
    ("switch", "value", "named"),
    [
        ("home_tab_enabled", False, "Slack Home tab"),
        ("messages_tab_enabled", False, "Slack direct messages"),
        ("messages_tab_read_only_enabled", True, "Slack direct messages"),
    ],
)
async def test_what_is_switched_off_in_the_app_s_home_is_named(switch: str, value: bool, named: str) -> None:
    sim = _sim()
    features = cast(Mapping[str, Any], _MANIFEST["features"])
    sim.config.manifest = _changed("features", "app_home", {**features["app_home"], switch: value})
    assert list(await _missing(sim)) == [named]


async def test_scopes_that_only_some_settings_need_are_named_where_they_are_set() -> None:
    missing = await _missing(_sim(), groups=("S0LEADS", "U0ANN"), reads_mail=True)
    assert list(missing) == ["Slack scope usergroups:read", "Slack scope users:read.email"]


async def test_channels_of_every_desk_are_looked_at() -> None:
    assert list(await _missing(_sim(), staff_channels=("C0NORTH",))) == ["Slack channel C0NORTH"]


async def test_each_workspace_that_installed_the_app_is_looked_at() -> None:
    sim = _sim()
    other = Team("T0OTHER01", "Other", "U0OTHERBOT", "B0OTHER01", "xoxb-other")
    sim.add_team(other, "C0OTHER001")
    sim.teams[other.token] = other
    rows = [
        Installation("slack", team, name, token, "U1", datetime(2026, 1, 1, tzinfo=UTC))
        for team, name, token in ((TEAM, "Bench", BOT_TOKEN), (other.id, other.name, other.token))
    ]
    several: dict[str, Any] = {
        "bot_token": SecretStr(""),
        "client_id": CLIENT_ID,
        "client_secret": SecretStr(CLIENT_SECRET),
        "support_channels": ("C0OTHER001",),
    }
    sim.config.manifest = cast(
        dict[str, Any], manifest(SlackSettings(mode="socket", client_id=CLIENT_ID), name="Firstline")
    )
    assert await _missing(sim, installed=rows, **several) == {}
    assert await _missing(sim, installed=None, **several) == {}
    gone = replace(rows[1], token="xoxb-gone")
    missing = await _missing(sim, installed=[rows[0], gone], **several)
    assert list(missing) == ["Slack bot token of Other"]
    assert "xoxb-gone" not in str(missing)


async def test_an_app_that_nobody_has_installed_is_said_so() -> None:
    client: dict[str, Any] = {"client_id": CLIENT_ID, "client_secret": SecretStr(CLIENT_SECRET)}
    missing = await _missing(_sim(), bot_token=SecretStr(""), **client)
    assert "/slack/install" in missing["Slack workspaces that installed the app"]


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
