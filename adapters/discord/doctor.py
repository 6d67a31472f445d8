"""Looks whether Discord gives us all we need, and names each thing that is missing with its fix."""

from collections.abc import Iterable
from typing import Any, cast

import discord

from adapters.discord.api import DiscordApi, Json
from adapters.discord.commands import COMMANDS
from adapters.discord.errors import Refused
from adapters.discord.invite import PERMISSIONS, invite_url
from adapters.discord.settings import DiscordSettings
from core.checking import Check
from core.errors import DeliveryError

_CONTENT = 1 << 18 | 1 << 19
"""Message Content Intent: granted, or switched on for an app in few servers."""
_ADMINISTRATOR = 1 << 3
_TEXT, _FORUM, _MEDIA = 0, 15, 16


async def examine(settings: DiscordSettings) -> list[Check]:
    """All checks."""
    if problems := settings.problems():
        return [Check(f"Discord setting {each.split()[0]}", each) for each in problems]
    async with DiscordApi(settings) as api:
        checks = [await _token(api)]
        if not checks[0].is_fine:
            return checks
        try:
            return checks + await _Examination(api).all()
        except DeliveryError as error:
            return [*checks, Check("Discord", f"{error}. Check the network and DISCORD_API_URL.")]


async def _token(api: DiscordApi) -> Check:
    what = "Discord token"
    try:
        await _get(api, "/users/@me")
    except Refused:
        return Check(what, "Discord does not accept DISCORD_TOKEN: copy it from your application, Bot, Reset Token.")
    except DeliveryError as error:
        return Check(what, f"{error}. Check the network and DISCORD_API_URL ({api.settings.api_url}).")
    return Check(what)


class _Examination:
    """With a token that works."""

    def __init__(self, api: DiscordApi) -> None:
        self._api = api
        self._servers: dict[str, Json] = {}
        self._roles: dict[str, set[str]] = {}
        self._own = ""
        self._invite = ""

    async def all(self) -> list[Check]:
        """Application, commands, servers, channels."""
        about = cast(Json, await _get(self._api, "/applications/@me"))
        self._own = str(cast(Json, await _get(self._api, "/users/@me"))["id"])
        self._invite = invite_url(str(about["id"]))
        checks = [_intent(about), _endpoint(about), *await self._commands(str(about["id"]))]
        found = cast(list[Json], await _get(self._api, "/users/@me/guilds"))
        self._servers = {str(each["id"]): each for each in found}
        if not self._servers:
            checks.append(Check("Discord server", f"The bot is in none: open {self._invite}"))
        checks += [self._server(each) for each in self._servers.values()]
        settings = self._api.settings
        if not settings.staff_channel:
            fix = "Set [discord] staff_channel to the id of a channel, so that people can approve and take over."
            checks.append(Check("Discord staff channel", fix))
        return checks + [await self._channel(each) for each in settings.places]

    async def _commands(self, application: str) -> list[Check]:
        known = {
            str(each["name"])
            for each in cast(list[Json], await _get(self._api, f"/applications/{application}/commands"))
        }
        fix = "Start the bot once: it registers its commands. If that fails, invite it anew: " + self._invite
        return [Check(f"Discord command {each}", "" if each in known else fix) for each in COMMANDS]

    def _server(self, server: Json) -> Check:
        missing = _missing(int(server["permissions"]))
        fix = f"Missing: {missing}. Invite the bot anew, its role is brought up to date: {self._invite}"
        return Check(f"Discord server {server['name']}", fix if missing else "")

    async def _channel(self, channel: str) -> Check:
        what = f"Discord channel {channel}"
        try:
            found = cast(Json, await _get(self._api, f"/channels/{channel}"))
        except Refused:
            return Check(what, "The bot cannot see it: check the id, and allow it View Channel there.")
        if found["type"] not in (_TEXT, _FORUM, _MEDIA):
            return Check(what, "It is no text channel and no forum: name another one.")
        server = self._servers.get(str(found.get("guild_id")))
        if server is None:
            return Check(what, f"The bot is not in its server: open {self._invite}")
        missing = _missing(await self._allowed(server, found))
        return Check(what, f"Missing in this channel: {missing}. Allow them in its settings." if missing else "")

    async def _allowed(self, server: Json, channel: Json) -> int:
        """What we may do there: the server's permissions, changed by the channel's overwrites."""
        allowed, guild = int(server["permissions"]), str(server["id"])
        if allowed & _ADMINISTRATOR:
            return discord.Permissions.all().value
        if guild not in self._roles:
            member = cast(Json, await _get(self._api, f"/guilds/{guild}/members/{self._own}"))
            self._roles[guild] = {str(each) for each in member["roles"]}
        rules = {str(each["id"]): each for each in cast(list[dict[str, Any]], channel["permission_overwrites"])}
        ours = [rules[each] for each in self._roles[guild] if each in rules]
        for group in ([rules[guild]] if guild in rules else [], ours, [rules[self._own]] if self._own in rules else []):
            allowed = allowed & ~_joined(group, "deny") | _joined(group, "allow")
        return allowed


def _joined(rules: Iterable[Json], kind: str) -> int:
    together = 0
    for each in rules:
        together |= int(each[kind])
    return together


def _intent(about: Json) -> Check:
    fix = "Switch it on at discord.com/developers, your application, Bot, Privileged Gateway Intents."
    return Check("Discord Message Content Intent", "" if int(about.get("flags") or 0) & _CONTENT else fix)


def _endpoint(about: Json) -> Check:
    fix = "Remove the Interactions Endpoint URL under General Information: commands and presses go there instead."
    return Check("Discord interactions come by the gateway", fix if about.get("interactions_endpoint_url") else "")


def _missing(allowed: int) -> str:
    """Names of permissions that we use and lack."""
    if allowed & _ADMINISTRATOR:
        return ""
    lacking = discord.Permissions(PERMISSIONS.value & ~allowed)
    return ", ".join(name.replace("_", " ").title() for name, is_set in lacking if is_set)


async def _get(api: DiscordApi, path: str) -> Any:
    return await api.call("GET", path, bucket=f"doctor {path}", what=f"question {path}")
