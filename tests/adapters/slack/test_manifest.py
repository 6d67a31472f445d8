"""The app manifest."""

import json
from typing import Any, cast

from pydantic import SecretStr

from adapters.slack.listening import COMMANDS
from adapters.slack.manifest import manifest
from adapters.slack.settings import SlackSettings


def _made(settings: SlackSettings, **more: str) -> dict[str, Any]:
    return cast(dict[str, Any], json.loads(json.dumps(manifest(settings, name="Firstline", **more))))


def test_every_command_that_is_listened_to_is_in_the_manifest() -> None:
    made = _made(SlackSettings())
    assert [each["command"] for each in made["features"]["slash_commands"]] == list(COMMANDS)


def test_socket_mode_needs_no_address() -> None:
    made = _made(SlackSettings(app_token=SecretStr("xapp-1")))
    assert made["settings"]["socket_mode_enabled"]
    assert "url" not in json.dumps(made)


def test_by_http_every_request_comes_to_one_address() -> None:
    made = _made(SlackSettings(), public_url="https://bot.example/")
    address = "https://bot.example/slack/events"
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["settings"]["interactivity"]["request_url"] == address
    assert {each["url"] for each in made["features"]["slash_commands"]} == {address}


def test_scopes_that_only_some_settings_need_are_asked_for_only_then() -> None:
    plain = set(_made(SlackSettings())["oauth_config"]["scopes"]["bot"])
    assert not plain & {"users:read.email", "usergroups:read"}
    more = set(_made(SlackSettings(reads_mail=True, groups=("S1",)))["oauth_config"]["scopes"]["bot"])
    assert more - plain == {"users:read.email", "usergroups:read"}
