"""What came while nobody listened: read back after a downtime, oldest first, and handed in like any event.

A mention in a channel where nothing was ever said to us cannot be read back.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from pydantic import JsonValue, ValidationError

from adapters.slack.answers import ConversationPage, MissedPage, Paged
from adapters.slack.api import SlackApi
from adapters.slack.hands import Hands
from adapters.slack.identity import Own
from adapters.slack.messages import PLATFORM
from adapters.slack.payloads import EventEnvelope, SlackEvent
from adapters.slack.refusing import earlier, moment
from core.errors import BotError, DeliveryError, RateLimited
from core.ports import Cursors

log = logging.getLogger(__name__)

_LOOK_S = 5.0
_SOON_S = 0.25
"""Between looks while there is no connection: whoever was missed has waited long enough."""
_LONGEST_PAUSE_S = 60.0
"""After tries that failed one after another."""
_PAGES = 5
_PAGE = 200
_MOST_THREADS = 100
_MOST_NEW = 50
"""Direct conversations that began while nobody listened, the newest first."""
_A_DAY_S = 86_400.0
"""A conversation may be there for a while before anything is said in it."""
_LONGEST_WAIT_S = 90.0
"""Apps that Slack limits to one reading call a minute wait for it; see its rate limit tiers."""
_TRIES = 4
P = TypeVar("P", bound=Paged)


class CatchingUp:
    """Reads back known channels, direct messages, threads with an open case, and wherever something was refused."""

    def __init__(self, api: SlackApi, cursors: Cursors, hands: Hands, own: Own) -> None:
        self._api = api
        self._cursors = cursors
        self._messages = hands.messages
        self._refusing = hands.refusing
        self._own = own

    async def run(self, is_connected: Callable[[], bool]) -> None:
        """Read back once there is a connection, after each time without one, and once what was refused can be kept;
        cancel to stop.

        Call `mark` before anything can come in.
        """
        was_connected, pause_s = False, _LOOK_S
        while True:
            if is_connected() and (not was_connected or self._refusing.places):
                was_connected = await self._try()
                pause_s = _LOOK_S if was_connected else min(pause_s * 2, _LONGEST_PAUSE_S)
            elif was_connected and not is_connected():
                was_connected = False
                await self.mark()
            await asyncio.sleep(pause_s if is_connected() else _SOON_S)

    async def mark(self) -> None:
        """What comes in live from now on does not hide what was missed before."""
        try:
            await self._cursors.behind(PLATFORM, self._own.team)
        except BotError as error:
            log.warning("position not kept", extra={"why": str(error)})

    async def _try(self) -> bool:
        try:
            await self.read_back()
        except BotError as error:
            log.warning("not read back yet", extra={"why": str(error)})
            return False
        return True

    async def read_back(self) -> int:
        """Hand in everything that was missed; how many posts were looked at."""
        refused = self._refusing.places
        channels = await self._cursors.behind(PLATFORM, self._own.team)
        since = {each.place.channel: each.position for each in channels}
        since = {**await self._begun_meanwhile(since), **since}
        for (channel, _), before in refused.items():
            since[channel] = earlier(before, since.get(channel, before))
        open_threads = await self._cursors.open_threads(PLATFORM, self._own.team, limit=_MOST_THREADS)
        threads = dict.fromkeys((each.place.channel, each.place.root) for each in open_threads)
        threads.update(dict.fromkeys(refused))
        missed: list[SlackEvent] = []
        for channel, position in since.items():
            asked: dict[str, JsonValue] = {"channel": channel, "oldest": position}
            here = await self._missed("conversations.history", asked)
            roots = [root for place, root in threads if place == channel and root]
            roots += [each.ts for each in here if each.thread_ts == each.ts][:_MOST_THREADS]
            missed += here
            for root in dict.fromkeys(roots):
                missed += await self._missed("conversations.replies", {**asked, "ts": root})
        by_stamp = {(each.channel, each.ts): each for each in missed}
        for _, event in sorted(by_stamp.items(), key=lambda item: moment(item[0][1])):
            await self._messages.receive(EventEnvelope(event_id=f"read-back:{event.channel}:{event.ts}", event=event))
        for channel in channels:
            await self._cursors.caught_up(channel.place)
        self._refusing.read_back(refused)
        if by_stamp:
            log.info("read back", extra={"posts": len(by_stamp), "channels": len(since)})
        return len(by_stamp)

    async def _begun_meanwhile(self, known: Mapping[str, str]) -> dict[str, str]:
        """Direct conversations of strangers, with the moment at which we last heard anything at all."""
        if not known:
            return {}
        heard = max(known.values(), key=moment)
        pages = await self._pages(ConversationPage, "conversations.list", {"types": "im"})
        fresh = [
            each
            for page in pages
            for each in page.channels
            if each.id not in known and each.created >= moment(heard) - _A_DAY_S
        ]
        newest = sorted(fresh, key=lambda each: each.created, reverse=True)[:_MOST_NEW]
        return {each.id: heard for each in newest}

    async def _missed(self, method: str, where: dict[str, JsonValue]) -> Sequence[SlackEvent]:
        channel = str(where["channel"])
        kind = "im" if channel.startswith("D") else "channel"
        pages = await self._pages(MissedPage, method, where)
        told = {"channel": channel, "channel_type": kind}
        return [each.model_copy(update=told) for page in pages for each in page.messages]

    async def _pages(self, kind: type[P], method: str, where: dict[str, JsonValue]) -> list[P]:
        """A bounded number of pages. A place that can no longer be read is none of our business."""
        found: list[P] = []
        cursor = ""
        for _ in range(_PAGES):
            try:
                page = await self._page(
                    kind, method, {**where, "limit": _PAGE, **({"cursor": cursor} if cursor else {})}
                )
            except DeliveryError as error:
                if not error.is_final:
                    raise
                log.info("cannot be read back", extra={"why": str(error)})
                break
            found.append(page)
            if not (cursor := page.response_metadata.next_cursor):
                break
        else:
            log.warning("more was missed than is read back", extra={"method": method, **where})
        return found

    async def _page(self, kind: type[P], method: str, asked: dict[str, JsonValue]) -> P:
        for attempt in range(_TRIES):
            try:
                return kind.model_validate(await self._api.read(method, **asked))
            except RateLimited as limit:
                if attempt + 1 == _TRIES:
                    raise
                await asyncio.sleep(min(limit.retry_after_s, _LONGEST_WAIT_S))
            except ValidationError:
                break
        return kind()
