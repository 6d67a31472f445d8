"""Looks whether Slack gives us all we need, and names each thing that is missing with its fix."""

from typing import Any, cast

from adapters.slack.api import SlackApi
from adapters.slack.errors import Refused
from adapters.slack.listening import COMMANDS
from adapters.slack.manifest import bot_events, bot_scopes
from adapters.slack.settings import SlackSettings
from core.checking import Check
from core.errors import DeliveryError

_REINSTALL = "under OAuth & Permissions, then reinstall the app to the workspace."


async def examine(settings: SlackSettings, *, config_token: str = "") -> list[Check]:
    """All checks. With an app configuration token, events and commands are looked at as well."""
    if problems := settings.problems():
        return [Check(f"Slack setting {each.split()[0]}", each) for each in problems]
    async with SlackApi(settings) as api:
        checks = await _token(api)
        if all(each.is_fine for each in checks):
            checks += await _scopes(api)
            checks += await _places(api)
        if settings.way_in == "socket":
            checks += await _socket(api)
        return checks + await _subscriptions(api, config_token)


async def _token(api: SlackApi) -> list[Check]:
    what = "Slack bot token"
    try:
        await api.call("auth.test")
    except Refused as refusal:
        return [Check(what, f"Slack does not accept SLACK_BOT_TOKEN ({refusal.code}): copy it anew from Install App.")]
    except DeliveryError as error:
        return [Check(what, f"{error}. Check the network and SLACK_API_URL ({api.settings.api_url}).")]
    return [Check(what)]


async def _scopes(api: SlackApi) -> list[Check]:
    granted = await api.scopes()
    return [
        Check(f"Slack scope {each}", "" if each in granted else f"Add the bot scope {each} {_REINSTALL}")
        for each in bot_scopes(api.settings)
    ]


async def _socket(api: SlackApi) -> list[Check]:
    what = "Slack app-level token"
    try:
        await api.open_socket_url()
    except Refused as refusal:
        fix = "make one with the scope connections:write under Basic Information, and switch Socket Mode on."
        return [Check(what, f"Slack does not accept SLACK_APP_TOKEN ({refusal.code}): {fix}")]
    except DeliveryError as error:
        return [Check(what, f"{error}. Check the network.")]
    return [Check(what)]


async def _places(api: SlackApi) -> list[Check]:
    settings = api.settings
    checks: list[Check] = []
    if not settings.staff_channel:
        fix = "Set [slack] staff_channel to the id of a channel, so that people can approve and take over."
        checks.append(Check("Slack staff channel", fix))
    for channel in settings.places:
        if channel:
            checks.append(await _place(api, channel))
    return checks


async def _place(api: SlackApi, channel: str) -> Check:
    what = f"Slack channel {channel}"
    try:
        answer = await api.read("conversations.info", channel=channel)
    except Refused as refusal:
        if refusal.code == "missing_scope":
            return Check(what)  # named already, as a scope
        return Check(what, f"Slack does not know it for this app ({refusal.code}): check the id, and invite the app.")
    except DeliveryError as error:
        return Check(what, str(error))
    if answer.get("channel", {}).get("is_member") is False:
        return Check(what, "The app is not in it: type `/invite @` and its name there.")
    return Check(what)


async def _subscriptions(api: SlackApi, config_token: str) -> list[Check]:
    """What only the app's manifest tells."""
    what = "Slack event subscriptions"
    if not config_token:
        return [Check(f"{what} (not looked at: set SLACK_CONFIG_TOKEN to an app configuration token)")]
    try:
        manifest = await api.manifest(config_token)
    except DeliveryError as error:
        return [Check(what, f"{error}. Make a new app configuration token at api.slack.com/apps.")]
    features, settings = _part(manifest, "features"), _part(manifest, "settings")
    events = set(_part(settings, "event_subscriptions").get("bot_events", ()))
    commands = {str(each.get("command")) for each in features.get("slash_commands", ())}
    paste = "or paste the output of `firstline slack manifest`."
    checks = [
        Check(f"Slack event {each}", "" if each in events else f"Subscribe to the bot event {each}, {paste}")
        for each in bot_events(api.settings)
    ]
    checks += [
        Check(f"Slack command {each}", "" if each in commands else f"Add the slash command {each}, {paste}")
        for each in COMMANDS
    ]
    is_on = bool(_part(settings, "interactivity").get("is_enabled"))
    return [*checks, Check("Slack interactivity", "" if is_on else f"Switch Interactivity on, {paste}")]


def _part(data: dict[str, Any], name: str) -> dict[str, Any]:
    found = data.get(name)
    return cast(dict[str, Any], found) if isinstance(found, dict) else {}
