"""What somebody has before their eyes while they write to us: told by Slack, read as data only.

The agent view tells of it by `app_context_changed` and with direct messages; the older assistant view by its threads.
"""

import asyncio
import logging
from collections import OrderedDict
from typing import TypeVar

from pydantic import JsonValue, ValidationError

from adapters.slack.answers import ChannelAnswer, MissedPage
from adapters.slack.api import SlackApi
from adapters.slack.identity import Own
from adapters.slack.markup import to_markdown
from adapters.slack.names import Names
from adapters.slack.payloads import AppContext, Entity, SlackEvent
from core.errors import DeliveryError

log = logging.getLogger(__name__)

EVENTS = frozenset({"app_context_changed", "assistant_thread_context_changed"})
_CHANNEL, _MESSAGE = "slack#/types/channel_id", "slack#/types/message_context"
_KINDS = {
    _MESSAGE: "a message",
    _CHANNEL: "a channel",
    "slack#/types/canvas_id": "a canvas",
    "slack#/types/list_id": "a list",
}
_READ_S = 1.0
"""Slack waits three seconds for the acknowledgement of an event."""
_MOST = 2_000
_QUOTED_CHARS = 600
T = TypeVar("T")


class Looking:
    """Remembers the latest of each person; a message may bring its own."""

    def __init__(self, api: SlackApi, own: Own, names: Names) -> None:
        self._api = api
        self._own = own
        self._names = names
        self._latest: OrderedDict[str, AppContext] = OrderedDict()
        self._channels: OrderedDict[str, str] = OrderedDict()

    def changed(self, event: SlackEvent) -> None:
        """They turned to something else, or opened a thread of the assistant beside it."""
        thread = event.assistant_thread
        if thread is not None and thread.user_id:
            channel = thread.context.channel_id
            seen = (Entity(type=_CHANNEL, value=channel),) if channel else ()
            _keep(self._latest, thread.user_id, AppContext(entities=seen))
        elif event.user:
            _keep(self._latest, event.user, event.context or AppContext())

    def opened(self, event: SlackEvent) -> None:
        """They opened us: with what is folded into that, if anything is."""
        if event.assistant_thread is not None or event.context is not None:
            self.changed(event)

    async def at(self, event: SlackEvent) -> str:
        """In a few words; empty when it is not known, or outside of direct messages."""
        if not event.is_direct:
            return ""
        context = event.app_context or self._latest.get(event.user)
        first = next((each for each in context.entities if each.type in _KINDS), None) if context else None
        if first is None:
            return ""
        try:
            async with asyncio.timeout(_READ_S):
                return await self._described(first)
        except (DeliveryError, ValidationError, TimeoutError) as error:
            log.info("what somebody looks at is not read", extra={"why": type(error).__name__})
            return _KINDS[first.type]

    async def _described(self, entity: Entity) -> str:
        kind, value = _KINDS[entity.type], entity.value
        if entity.type == _CHANNEL and isinstance(value, str):
            return f"{kind}{await self._called(value)}"
        if entity.type == _MESSAGE and isinstance(value, dict):
            channel, stamp = str(value.get("channel_id", "")), str(value.get("message_ts", ""))
            called, said = await self._called(channel), await self._said(channel, stamp)
            return f"{kind} in a channel{called}" + (f": {said}" if said else "")
        return kind

    async def _called(self, channel: str) -> str:
        if channel not in self._channels:
            answer = ChannelAnswer.model_validate(await self._api.read("conversations.info", channel=channel))
            _keep(self._channels, channel, answer.channel.name)
        name = self._channels[channel]
        return f" called #{name}" if name else ""

    async def _said(self, channel: str, stamp: str) -> str:
        """The words of a message, where we are in its channel; Slack says that the person sees it."""
        where: dict[str, JsonValue] = {"channel": channel, "ts": stamp, "latest": stamp, "oldest": stamp}
        try:
            page = MissedPage.model_validate(
                await self._api.read("conversations.replies", inclusive=True, limit=1, **where)
            )
        except DeliveryError as error:
            log.info("the message somebody looks at is not read", extra={"why": str(error)})
            return ""
        text = next((each.text for each in page.messages if each.ts == stamp), "")
        return to_markdown(text, bot_user=self._own.user, name_of=self._names.of)[:_QUOTED_CHARS]


def _keep(store: OrderedDict[str, T], key: str, value: T) -> None:
    store[key] = value
    while len(store) > _MOST:
        store.popitem(last=False)
