"""What came while nobody listened: read back after a downtime, oldest first, and handed in like any event."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from pydantic import JsonValue, ValidationError

from adapters.slack.answers import MissedPage
from adapters.slack.api import SlackApi
from adapters.slack.hands import Hands
from adapters.slack.identity import Own
from adapters.slack.messages import PLATFORM
from adapters.slack.payloads import EventEnvelope, SlackEvent
from adapters.slack.refusing import earlier
from core.errors import BotError, DeliveryError, RateLimited
from core.ports import Cursors

log = logging.getLogger(__name__)

_LOOK_S = 5.0
_SOON_S = 0.25
"""Between looks while there is no connection: whoever was missed has waited long enough."""
_PAGES = 5
_PAGE = 200
_MOST_THREADS = 100
_LONGEST_WAIT_S = 90.0
"""Apps that Slack limits to one reading call a minute wait for it; see its rate limit tiers."""
_TRIES = 4


class CatchingUp:
    """Reads back known channels, direct messages and threads with an open case, and wherever something was refused."""

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
        was_connected = False
        while True:
            if is_connected() and (not was_connected or self._refusing.places):
                was_connected = await self._try()
            elif was_connected and not is_connected():
                was_connected = False
                await self.mark()
            await asyncio.sleep(_LOOK_S if is_connected() else _SOON_S)

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
        for (channel, _), before in refused.items():
            since[channel] = earlier(before, since.get(channel, before))
        open_threads = await self._cursors.open_threads(PLATFORM, self._own.team, limit=_MOST_THREADS)
        threads = dict.fromkeys((each.place.channel, each.place.root) for each in open_threads)
        threads.update(dict.fromkeys(refused))
        missed: list[SlackEvent] = []
        for channel, position in since.items():
            asked: dict[str, JsonValue] = {"channel": channel, "oldest": position}
            missed += await self._pages("conversations.history", asked)
            for root in (root for place, root in threads if place == channel and root):
                missed += await self._pages("conversations.replies", {**asked, "ts": root})
        by_stamp = {(each.channel, each.ts): each for each in missed}
        for _, event in sorted(by_stamp.items(), key=lambda item: float(item[0][1])):
            await self._messages.receive(EventEnvelope(event_id=f"read-back:{event.channel}:{event.ts}", event=event))
        for channel in channels:
            await self._cursors.caught_up(channel.place)
        self._refusing.read_back(refused)
        if by_stamp:
            log.info("read back", extra={"posts": len(by_stamp), "channels": len(since)})
        return len(by_stamp)

    async def _pages(self, method: str, where: dict[str, JsonValue]) -> list[SlackEvent]:
        """A bounded number of pages. A place that can no longer be read is none of our business."""
        found: list[SlackEvent] = []
        cursor = ""
        for _ in range(_PAGES):
            try:
                page = await self._page(method, {**where, "limit": _PAGE, **({"cursor": cursor} if cursor else {})})
            except DeliveryError as error:
                if not error.is_final:
                    raise
                log.info("cannot be read back", extra={"why": str(error)})
                break
            found += _events(page, str(where["channel"]))
            if not (cursor := page.response_metadata.next_cursor):
                break
        return found

    async def _page(self, method: str, asked: dict[str, JsonValue]) -> MissedPage:
        for attempt in range(_TRIES):
            try:
                return MissedPage.model_validate(await self._api.read(method, **asked))
            except RateLimited as limit:
                if attempt + 1 == _TRIES:
                    raise
                await asyncio.sleep(min(limit.retry_after_s, _LONGEST_WAIT_S))
            except ValidationError:
                break
        return MissedPage()


def _events(page: MissedPage, channel: str) -> Sequence[SlackEvent]:
    kind = "im" if channel.startswith("D") else "channel"
    return [each.model_copy(update={"channel": channel, "channel_type": kind}) for each in page.messages]
