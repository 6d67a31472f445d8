"""Looks whether Slack gives us all we need, and names each thing that is missing with its fix."""

from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from typing import Any, cast

from pydantic import SecretStr

from adapters.slack.api import SlackApi
from adapters.slack.errors import Refused
from adapters.slack.listening import COMMANDS
from adapters.slack.manifest import SHORTCUTS, bot_events, bot_scopes
from adapters.slack.settings import SlackSettings
from core.checking import Check
from core.errors import DeliveryError
from core.installing import Installation

_SWITCH = {"socket": "Socket Mode", "http": "Socket Mode off and Event Subscriptions"}
_REINSTALL = "under OAuth & Permissions, then reinstall the app to the workspace."


async def examine(
    settings: SlackSettings, *, config_token: str = "", installed: Sequence[Installation] | None = ()
) -> list[Check]:
    """All checks. With an app configuration token, events and commands are looked at as well.

    `installed` are the workspaces that have installed the app; None where that cannot be told now.
    """
    if problems := settings.problems():
        return [Check(f"Slack setting {each.split()[0]}", each) for each in problems]
    checks = _installed(settings, installed)
    async with AsyncExitStack() as stack:
        apis = [await stack.enter_async_context(SlackApi(each)) for each in _workspaces(settings, installed or ())]
        for api, name in zip(apis, _names(settings, installed or ()), strict=True):
            found = await _token(api, name)
            checks += found
            if all(each.is_fine for each in found):
                checks += await _scopes(api, name)
        if apis and all(each.is_fine or "scope" in each.what for each in checks):
            checks += await _places(apis)
        bare = await stack.enter_async_context(SlackApi(settings))
        if settings.way_in == "socket":
            checks += await _socket(bare)
        return checks + await _subscriptions([*apis, bare][0], config_token, is_known=bool(apis))


def _workspaces(settings: SlackSettings, installed: Sequence[Installation]) -> Iterable[SlackSettings]:
    """The settings of each workspace that we have a token of."""
    own = [settings.bot_token] if settings.bot_token.get_secret_value() else []
    tokens = [*own, *(SecretStr(each.token) for each in installed)]
    return [settings.model_copy(update={"bot_token": each}) for each in tokens]


def _names(settings: SlackSettings, installed: Sequence[Installation]) -> list[str]:
    own = [""] if settings.bot_token.get_secret_value() else []
    return [*own, *(f" of {each.name}" for each in installed)]


def _installed(settings: SlackSettings, installed: Sequence[Installation] | None) -> list[Check]:
    what = "Slack workspaces that installed the app"
    if not settings.is_installable:
        return []
    if installed is None:
        return [Check(f"{what} (not looked at: the bot is running and holds its database)")]
    if installed or settings.bot_token.get_secret_value():
        return [Check(f"{what}: {len(installed)}")]
    return [Check(what, "None has yet: run the bot, and open /slack/install at its public address.")]


async def _token(api: SlackApi, name: str) -> list[Check]:
    what = f"Slack bot token{name}"
    fix = "install the app there anew." if name else "copy it anew from Install App."
    whose = "the token of this workspace" if name else "SLACK_BOT_TOKEN"
    try:
        await api.call("auth.test")
    except Refused as refusal:
        return [Check(what, f"Slack does not accept {whose} ({refusal.code}): {fix}")]
    except DeliveryError as error:
        return [Check(what, f"{error}. Check the network and SLACK_API_URL ({api.settings.api_url}).")]
    return [Check(what)]


async def _scopes(api: SlackApi, name: str) -> list[Check]:
    granted = await api.scopes()
    again = "then have the workspace install it anew." if name else _REINSTALL
    return [
        Check(f"Slack scope {each}{name}", "" if each in granted else f"Add the bot scope {each} {again}")
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


async def _places(apis: Sequence[SlackApi]) -> list[Check]:
    settings = apis[0].settings
    checks: list[Check] = []
    if not settings.desks:
        fix = "Set [slack] staff_channel to the id of a channel, so that people can approve and take over."
        checks.append(Check("Slack staff channel", fix))
    for channel in (each for each in settings.places if each):
        found = [await _place(api, channel) for api in apis]
        # A channel is in one of the workspaces: the others do not know it.
        checks.append(next((each for each in found if each.is_fine), found[0]))
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


async def _subscriptions(api: SlackApi, config_token: str, *, is_known: bool) -> list[Check]:
    """What only the app's manifest tells."""
    what = "Slack event subscriptions"
    if not config_token:
        return [Check(f"{what} (not looked at: set SLACK_CONFIG_TOKEN to an app configuration token)")]
    if not is_known:
        return [Check(f"{what} (not looked at: no workspace can be asked which app this is)")]
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
    shortcuts = {str(each.get("callback_id")) for each in features.get("shortcuts", ())}
    checks += [
        Check(f"Slack shortcut {name}", "" if key in shortcuts else f"Add the message shortcut {name} ({key}), {paste}")
        for name, key, _ in SHORTCUTS
    ]
    home = _part(features, "app_home")
    switches = (
        ("interactivity", _part(settings, "interactivity").get("is_enabled"), "Interactivity"),
        ("Home tab", home.get("home_tab_enabled"), "the Home tab under App Home"),
        ("direct messages", _may_write(home), "the Messages tab, with messages from people allowed, under App Home"),
        ("Socket Mode", _fits(api.settings, settings), _SWITCH[api.settings.way_in]),
    )
    return [
        *checks,
        *(Check(f"Slack {what}", "" if is_on else f"Switch {fix} on, {paste}") for what, is_on, fix in switches),
    ]


def _may_write(home: dict[str, Any]) -> bool:
    return bool(home.get("messages_tab_enabled")) and not home.get("messages_tab_read_only_enabled")


def _fits(ours: SlackSettings, theirs: dict[str, Any]) -> bool:
    return bool(theirs.get("socket_mode_enabled")) is (ours.way_in == "socket")


def _part(data: dict[str, Any], name: str) -> dict[str, Any]:
    found = data.get(name)
    return cast(dict[str, Any], found) if isinstance(found, dict) else {}
