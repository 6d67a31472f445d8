"""Whether we may write where we are asked, looked at before any work is done.

Whoever runs the server is told once for each place; whoever asked is told in private, once.
"""

import logging
from typing import cast

import discord

from adapters.discord.api import Json
from adapters.discord.chat import DiscordChat
from adapters.discord.places import DIRECT
from adapters.discord.settings import PLATFORM
from core.conversation import Thread
from core.errors import DeliveryError

log = logging.getLogger(__name__)

_CANNOT_WRITE = (
    "I was asked in <#{channel}>, where I may not write. Allow my role **{missing}** in that channel's settings; "
    "until then I answer nobody there."
)
_TO_THE_PERSON = "I may not write in that channel. Please write to me here, or ask in another one."
_MOST = 5_000


class Allowed:
    """One per process."""

    def __init__(self, chat: DiscordChat) -> None:
        self._chat = chat
        self._told: set[int] = set()
        """Channels and people; each hears of it once."""

    async def may_answer(self, message: discord.Message) -> bool:
        """We can write there; if not, those whom it concerns are told."""
        guild, channel = message.guild, message.channel
        if guild is None or not isinstance(channel, discord.Thread | discord.abc.GuildChannel):
            return True
        missing = _missing(channel, guild.me)
        if not missing:
            self._told.discard(channel.id)
            return True
        await self._tell_admin(channel.id, str(guild.id), missing)
        await self._tell_person(message)
        return False

    async def _tell_admin(self, channel: int, guild: str, missing: str) -> None:
        if not self._is_first(channel):
            return
        log.error("I was asked in a channel where I may not write: allow %s there.", missing, extra={"place": channel})
        if staff := self._chat.settings.staff_channel:
            line = _CANNOT_WRITE.format(channel=channel, missing=missing)
            await self._chat.say(Thread(guild, PLATFORM, staff), line, str(channel))

    async def _tell_person(self, message: discord.Message) -> None:
        if not (self._chat.settings.direct_messages and self._is_first(message.author.id)):
            return
        body = {"recipient_id": str(message.author.id)}
        try:
            opened = await self._chat.api.call(
                "POST", "/users/@me/channels", bucket="direct", what="direct message", body=body
            )
        except DeliveryError as error:
            log.info("no direct message", extra={"why": str(error)})
            return
        place = Thread(DIRECT, PLATFORM, str(cast(Json, opened)["id"]))
        await self._chat.say(place, _TO_THE_PERSON, str(message.id))

    def _is_first(self, about: int) -> bool:
        if about in self._told:
            return False
        if len(self._told) >= _MOST:
            self._told.clear()
        self._told.add(about)
        return True


def _missing(channel: discord.Thread | discord.abc.GuildChannel, me: discord.Member) -> str:
    """The permissions without which no answer can stand there."""
    allowed = channel.permissions_for(me)
    needed = {
        "View Channel": allowed.view_channel,
        **(
            {"Send Messages in Threads": allowed.send_messages_in_threads}
            if isinstance(channel, discord.Thread)
            else {"Send Messages": allowed.send_messages}
        ),
    }
    return ", ".join(name for name, is_there in needed.items() if not is_there)
