"""Private threads: where a question names an account's data, the answer is not for everybody in the channel."""

import logging
import re
from collections import OrderedDict
from typing import cast

from adapters.discord.api import DiscordApi, Json
from adapters.discord.rendering import body_of
from adapters.discord.settings import PLATFORM
from adapters.discord.threads import thread_name
from core.conversation import Thread
from core.errors import DeliveryError

log = logging.getLogger(__name__)

_PRIVATE_THREAD = 12
_ARCHIVE_MIN = 1440
_REMEMBERED = 5_000
_ACCOUNT = re.compile(r"#\s?\d{4,}|\b\d{6,}\b|[\w.+-]+@[\w-]+\.\w+")
"""An order or customer number, or a mail address."""


def names_an_account(text: str) -> bool:
    """It says something that should not be discussed in public."""
    return _ACCOUNT.search(text) is not None


def stub(thread: Thread) -> str:
    """What everybody in the channel sees."""
    return f"I answer this in private, because it is about an account: <#{thread.channel}>"


class PrivateThreads:
    """Opens them, once for each message."""

    def __init__(self, api: DiscordApi) -> None:
        self._api = api
        self._opened: OrderedDict[str, Thread] = OrderedDict()

    async def open(self, tenant: str, channel: str, *, person: str, message: str) -> Thread | None:
        """A thread that only this person, the bot and moderators read; None where Discord does not let us."""
        if known := self._opened.get(message):
            return known
        body = {"type": _PRIVATE_THREAD, "name": thread_name(""), "invitable": False}
        body["auto_archive_duration"] = _ARCHIVE_MIN
        try:
            made = await self._api.call(
                "POST", f"/channels/{channel}/threads", bucket=f"threads {channel}", what="private thread", body=body
            )
            thread = Thread(tenant, PLATFORM, str(cast(Json, made)["id"]))
            path = f"/channels/{thread.channel}/thread-members/{person}"
            await self._api.call("PUT", path, bucket=f"members {thread.channel}", what="private thread")
        except DeliveryError as error:
            log.warning("no private thread; allow Create Private Threads", extra={"place": channel, "why": str(error)})
            return None
        self._opened[message] = thread
        while len(self._opened) > _REMEMBERED:
            self._opened.popitem(last=False)
        return thread

    async def point_to(self, thread: Thread, channel: str, message: str) -> None:
        """Tell the one who asked in public where the answer is."""
        reply = {"message_id": message, "fail_if_not_exists": False}
        body = {**body_of(stub(thread)), "message_reference": reply, "nonce": message, "enforce_nonce": True}
        try:
            path = f"/channels/{channel}/messages"
            await self._api.call("POST", path, bucket=f"posts {channel}", what="pointer", body=body)
        except DeliveryError as error:
            log.warning("nobody is told of a private thread", extra={"place": channel, "why": str(error)})
