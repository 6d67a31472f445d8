"""What was said while we were away: read back from where each channel was left, and handed in, oldest first.

A resumed session replays its gap by itself; this is for a new one. A mention in a channel that is no support
channel cannot be read back, nor can a stranger's first direct message.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import discord

from adapters.discord.errors import Gone, translated
from adapters.discord.places import DIRECT
from adapters.discord.settings import PLATFORM, DiscordSettings
from core.conversation import Thread
from core.errors import DeliveryError, StoreError
from core.ports import Cursors

log = logging.getLogger(__name__)

_MOST_THREADS = 200
_MOST_CHANNELS = 500
_MOST_MESSAGES = 1_000
"""Of one channel, the oldest first; a hundred a request."""

HandIn = Callable[[discord.Message], Awaitable[None]]


class CatchUp:
    """Knows where every channel was left."""

    def __init__(
        self, client: discord.Client, settings: DiscordSettings, cursors: Cursors | None, hand_in: HandIn
    ) -> None:
        self._client = client
        self._settings = settings
        self._cursors = cursors
        self._hand_in = hand_in
        self._due = asyncio.Event()

    async def mark(self) -> None:
        """Note where each channel stands, before anything new comes in."""
        if self._cursors is None:
            return
        try:
            for tenant in await self._tenants():
                await self._cursors.behind(PLATFORM, tenant)
        except StoreError as error:
            log.warning("where channels stand is not noted", extra={"why": str(error)})

    async def nothing_missed(self) -> None:
        """The session was resumed: Discord has sent what came meanwhile."""
        if self._cursors is None:
            return
        for tenant in await self._tenants():
            for each in await self._cursors.behind(PLATFORM, tenant):
                await self._cursors.caught_up(each.place)

    async def passed(self, message: discord.Message) -> None:
        """A message of a support channel was dealt with: its thread has a place of its own."""
        if self._cursors is not None and message.guild and str(message.channel.id) in self._settings.support_channels:
            place = Thread(str(message.guild.id), PLATFORM, str(message.channel.id))
            await self._cursors.move(place, str(message.id))

    def begin(self) -> None:
        """A new session has begun: read back."""
        self._due.set()

    async def run(self) -> None:
        """Read back whenever a session has begun; cancel to stop."""
        while True:
            await self._due.wait()
            self._due.clear()
            if self._cursors is None:
                continue
            try:
                await self._read_back(self._cursors)
            except (StoreError, DeliveryError) as error:
                log.warning("not everything that was missed is read back", extra={"why": str(error)})

    async def _read_back(self, cursors: Cursors) -> None:
        left = await self._left(cursors)
        missed: list[discord.Message] = []
        for place, position in list(left.items())[:_MOST_CHANNELS]:
            missed += await self._since(place.channel, position)
        for message in sorted(missed, key=lambda each: each.id):
            await self._hand_in(message)
        for place in left:
            await cursors.caught_up(place)
        log.info("read back", extra={"channels": len(left), "messages": len(missed)})

    async def _left(self, cursors: Cursors) -> dict[Thread, str]:
        """Places and the message after which each goes on."""
        left: dict[Thread, str] = {}
        heard: dict[str, int] = {}
        for tenant in await self._tenants():
            threads = await cursors.open_threads(PLATFORM, tenant, limit=_MOST_THREADS)
            behind = await cursors.behind(PLATFORM, tenant)
            heard[tenant] = max((int(each.position) for each in behind if each.position.isdecimal()), default=0)
            for each in [*behind, *threads]:
                if each.position.isdecimal():
                    left.setdefault(Thread(tenant, PLATFORM, each.place.channel), each.position)
        for guild in self._client.guilds:
            if after := heard.get(str(guild.id)):
                # First: of very many channels only so many are read.
                left = {**dict.fromkeys(await self._begun(guild, after), str(after)), **left}
        await self._begin_support_channels(cursors, left)
        return left

    async def _begun(self, guild: discord.Guild, after: int) -> list[Thread]:
        """Threads and forum posts of support channels with something in them that is newer than all we heard there."""
        try:
            with translated("active threads"):
                threads = await guild.active_threads()
        except DeliveryError as error:
            log.warning("threads that began are not read back", extra={"server": guild.id, "why": str(error)})
            return []
        fresh = [
            each
            for each in threads
            if str(each.parent_id) in self._settings.support_channels and (each.last_message_id or each.id) > after
        ]
        newest = sorted(fresh, key=lambda each: each.id, reverse=True)[:_MOST_THREADS]
        return [Thread(str(guild.id), PLATFORM, str(each.id)) for each in newest]

    async def _begin_support_channels(self, cursors: Cursors, left: dict[Thread, str]) -> None:
        """A support channel that is new to us is read from now on."""
        for each in self._settings.support_channels:
            channel = self._client.get_channel(int(each))
            if not isinstance(channel, discord.TextChannel) or channel.last_message_id is None:
                continue
            place = Thread(str(channel.guild.id), PLATFORM, each)
            if place not in left:
                await cursors.move(place, str(channel.last_message_id))

    async def _since(self, channel_id: str, position: str) -> list[discord.Message]:
        try:
            with translated("history"):
                channel = self._client.get_channel(int(channel_id)) or await self._client.fetch_channel(int(channel_id))
                if not isinstance(channel, discord.abc.Messageable):
                    return []
                after = discord.Object(int(position))
                found = [each async for each in channel.history(after=after, limit=_MOST_MESSAGES, oldest_first=True)]
        except Gone:
            # A thread that was never begun, or was deleted.
            return []
        except DeliveryError as error:
            log.warning("a channel is not read back", extra={"place": channel_id, "why": str(error)})
            return []
        if len(found) == _MOST_MESSAGES:
            log.warning("more was missed than is read back", extra={"place": channel_id, "read": len(found)})
        return found

    async def _tenants(self) -> list[str]:
        known = [str(each.id) for each in self._client.guilds]
        if not known:
            try:
                with translated("list of servers"):
                    known = [str(each.id) async for each in self._client.fetch_guilds(limit=200, with_counts=False)]
            except DeliveryError as error:
                log.info("servers are not listed", extra={"why": str(error)})
        return [DIRECT, *known]
