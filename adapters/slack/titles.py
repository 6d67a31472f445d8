"""What conversations are called in Slack's own list: after the first question, and never in the way of an answer."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable

from adapters.slack.api import SlackApi
from adapters.slack.errors import Refused
from adapters.slack.payloads import SlackEvent
from core.errors import DeliveryError

log = logging.getLogger(__name__)

_CHARS = 80
_MOST_WAITING = 200
_REMEMBERED = 2_000
_CALLS_A_MINUTE = 30
_AGENT, _ASSISTANT = "agents.sessions.setStatus", "assistant.threads.setTitle"


class Titles:
    """Names direct conversations. `run` it beside the rest."""

    def __init__(self, api: SlackApi, *, clean: Callable[[str], str]) -> None:
        self._api = api
        self._clean = clean
        self._opened: OrderedDict[str, None] = OrderedDict()
        """Threads of the older assistant view without a question yet."""
        self._waiting: asyncio.Queue[tuple[str, str, str, str]] = asyncio.Queue(maxsize=_MOST_WAITING)
        self._refused: set[str] = set()
        """Methods that this workspace does not have."""

    def opened(self, stamp: str) -> None:
        """Somebody opened a thread of the older assistant view."""
        self._opened[stamp] = None
        while len(self._opened) > _REMEMBERED:
            self._opened.popitem(last=False)

    def asked(self, event: SlackEvent) -> None:
        """A question was taken in; only one that begins a conversation names it."""
        method = _ASSISTANT if event.thread_ts in self._opened else _AGENT
        if not event.is_direct or (event.thread_ts and method == _AGENT) or method in self._refused:
            return
        title = " ".join(self._clean(event.text).split())
        self._opened.pop(event.thread_ts, None)
        if title and not self._waiting.full():
            short = title if len(title) <= _CHARS else f"{title[: _CHARS - 1].rstrip()}…"
            self._waiting.put_nowait((method, event.channel, event.thread_ts or event.ts, short))

    async def run(self) -> None:
        """Set titles, one after the other; one that cannot be set is left out."""
        while True:
            method, channel, stamp, title = await self._waiting.get()
            if method in self._refused or self._api.pace.used(method) >= _CALLS_A_MINUTE:
                continue
            status = {"status": "active"} if method == _AGENT else {}
            try:
                await self._api.call(method, channel_id=channel, thread_ts=stamp, title=title, **status)
            except DeliveryError as error:
                if isinstance(error, Refused):
                    self._refused.add(method)
                log.info("a conversation has no title", extra={"why": str(error)})
