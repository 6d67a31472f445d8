"""The client library's connection to the gateway, held up through whatever it does not survive by itself."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord
import stamina
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.api import DiscordApi
from adapters.discord.settings import DiscordSettings
from core.errors import SettingsError

log = logging.getLogger(__name__)

_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 30.0
_WELL_S = 60.0
"""A connection that stood this long begins the waits anew."""

_INTENT = (
    "Discord refuses the Message Content Intent: switch it on at discord.com/developers, your application, "
    "Bot, Privileged Gateway Intents."
)
_TOKEN = "Discord does not accept DISCORD_TOKEN: copy it from your application, Bot, Reset Token."
_FATAL = {
    4004: _TOKEN,
    4010: "Discord refuses the shard: set [discord] shards to 0, so that Discord says how many are needed.",
    4011: "The bot is in too many servers for one connection: set [discord] shards to 0.",
    4012: "Discord no longer speaks this version of its gateway: update Firstline.",
    4013: "Discord refuses the intents: update Firstline.",
    4014: _INTENT,
}


def point_at(settings: DiscordSettings) -> None:
    """Point the library at an address: it keeps these for the whole process."""
    Route.BASE = settings.api_url.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway_url)


def quiet_library() -> None:
    """It reports each lost connection with a traceback; one line a change is ours to write."""
    logging.getLogger("discord").setLevel(logging.ERROR)
    for name in ("discord.client", "discord.gateway"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def lean_client(settings: DiscordSettings) -> discord.Client:
    """A client that keeps no messages and no members, and that can ping nobody."""
    point_at(settings)
    quiet_library()
    intents = discord.Intents.none()
    intents.guilds = intents.guild_messages = intents.dm_messages = intents.message_content = True
    intents.guild_reactions = intents.dm_reactions = True
    options: dict[str, Any] = {
        "max_messages": None,
        "chunk_guilds_at_startup": False,
        "member_cache_flags": discord.MemberCacheFlags.none(),
        "allowed_mentions": discord.AllowedMentions.none(),
        "max_ratelimit_timeout": 30.0,
        "guild_ready_timeout": 0.5,
    }
    if settings.shards == 1:
        return discord.Client(intents=intents, **options)
    return discord.AutoShardedClient(intents=intents, shard_count=settings.shards or None, **options)


class Connection:
    """Keeps one client connected."""

    def __init__(
        self,
        client: discord.Client,
        api: DiscordApi,
        *,
        lost: Callable[[], Awaitable[None]],
        resumed: Callable[[], Awaitable[None]],
    ) -> None:
        self._client = client
        self._api = api
        self._lost = lost
        self._resumed = resumed
        self.is_up = False
        """Events can reach us now."""
        client.event(self.on_connect)
        client.event(self.on_resumed)
        client.event(self.on_disconnect)
        client.event(self.on_error)

    async def on_connect(self) -> None:
        """The gateway has taken us."""
        self._up()

    async def on_resumed(self) -> None:
        """The gateway has taken us again, and has sent what came meanwhile."""
        self._up()
        await self._resumed()

    async def on_disconnect(self) -> None:
        """The library has lost the connection and will try again by itself."""
        if self.is_up:
            log.warning("the connection to Discord is lost; reconnecting")
            self.is_up = False
            await self._lost()

    async def on_error(self, event: str, *arguments: object) -> None:
        """A handler failed: the next event is dealt with all the same."""
        log.exception("an event was not dealt with", extra={"event": event})

    async def log_in(self) -> None:
        """Log in as soon as Discord can be reached. Raises `SettingsError` on a bad token."""
        retry = stamina.AsyncRetryingCaller(
            attempts=None, timeout=None, wait_initial=_FIRST_WAIT_S, wait_max=_LONGEST_WAIT_S
        )
        await retry(self._is_worth_waiting, self._reach)
        try:
            await retry(self._is_worth_waiting, self._client.login, self._api.settings.token.get_secret_value())
        except discord.LoginFailure as error:
            raise SettingsError([_TOKEN]) from error

    async def hold(self) -> None:
        """Stay connected for ever; cancel to stop. Raises `SettingsError` when Discord refuses us for good."""
        wait_s = _FIRST_WAIT_S
        while True:
            began = self._api.pace.now()
            await self._connect()
            wait_s = _FIRST_WAIT_S if self._api.pace.now() - began > _WELL_S else min(wait_s * 2, _LONGEST_WAIT_S)
            await asyncio.sleep(wait_s)

    async def close(self) -> None:
        """End the connection."""
        self.is_up = False
        await self._client.close()

    async def _connect(self) -> None:
        """One life of the library's connection: an event it cannot read ends it, and so does a first refusal."""
        try:
            await self._client.connect()
        except discord.PrivilegedIntentsRequired as error:
            raise SettingsError([_INTENT]) from error
        except discord.ConnectionClosed as error:
            if error.code in _FATAL:
                raise SettingsError([_FATAL[error.code]]) from error
            log.warning("the gateway closed the connection", extra={"code": error.code})
        except Exception as error:  # noqa: BLE001 - an event can make the library raise anything; the bot outlives it
            # A refused first connection comes as the AttributeError that it leads to.
            cause = (isinstance(error, AttributeError) and error.__context__) or error
            log.error(
                "the connection to Discord broke; connecting anew. If this lasts, check DISCORD_GATEWAY_URL.",
                extra={"why": type(cause).__name__},
            )
        self.is_up = False
        await self._hang_up()
        await self._lost()

    async def _hang_up(self) -> None:
        """The library leaves its socket and heartbeat behind when an event breaks it."""
        # Typed as always there; before the first connection it is None.
        socket: DiscordWebSocket | None = getattr(self._client, "ws", None)
        if socket is not None and socket.open:
            await socket.close(code=4000)

    async def _reach(self) -> None:
        async with self._api.session.get(self._api.settings.api_url.rstrip("/") + "/gateway") as answer:
            if answer.status >= 500:
                answer.raise_for_status()

    def _up(self) -> None:
        if not self.is_up:
            log.info("connected to Discord")
        self.is_up = True

    def _is_worth_waiting(self, error: Exception) -> bool:
        if isinstance(error, discord.LoginFailure):
            return False
        if not isinstance(error, discord.HTTPException | aiohttp.ClientError | TimeoutError | OSError):
            return False
        log.error(
            "Discord cannot be reached at %s: %s. Check the network and DISCORD_API_URL; trying again.",
            self._api.settings.api_url,
            type(error).__name__,
        )
        return True
