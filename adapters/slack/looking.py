"""What somebody has before their eyes while they write to us in the agent view: told by Slack, read as data only."""

import asyncio
import logging
from collections import OrderedDict
from typing import TypeVar

from pydantic import ValidationError

from adapters.slack.api import SlackApi
from adapters.slack.channels import ChannelAnswer
from adapters.slack.payloads import AppContext, SlackEvent
from core.errors import DeliveryError

log = logging.getLogger(__name__)

EVENT = "app_context_changed"
_CHANNEL = "slack#/types/channel_id"
_KINDS = {_CHANNEL: "a channel", "slack#/types/canvas_id": "a canvas", "slack#/types/list_id": "a list"}
_READ_S = 1.0
"""Slack waits three seconds for the acknowledgement of an event."""
_MOST = 2_000
T = TypeVar("T")


class Looking:
    """Remembers the latest of each person; a message may bring its own."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api
        self._latest: OrderedDict[str, AppContext] = OrderedDict()
        self._names: OrderedDict[str, str] = OrderedDict()

    def changed(self, event: SlackEvent) -> None:
        """They turned to something else."""
        if event.user:
            _keep(self._latest, event.user, event.context or AppContext())

    async def at(self, event: SlackEvent) -> str:
        """In a few words; empty when it is not known, or outside of direct messages."""
        if not event.is_direct:
            return ""
        context = event.app_context or self._latest.get(event.user)
        first = next((each for each in context.entities if each.type in _KINDS), None) if context else None
        if first is None:
            return ""
        kind = _KINDS[first.type]
        if first.type != _CHANNEL or not isinstance(first.value, str):
            return kind
        name = await self._name(first.value)
        return f"{kind} called #{name}" if name else kind

    async def _name(self, channel: str) -> str:
        if channel not in self._names:
            try:
                async with asyncio.timeout(_READ_S):
                    answer = ChannelAnswer.model_validate(await self._api.read("conversations.info", channel=channel))
            except (DeliveryError, ValidationError, TimeoutError) as error:
                log.info("a channel has no name for us", extra={"why": type(error).__name__})
                return ""
            _keep(self._names, channel, answer.channel.name)
        return self._names[channel]


def _keep(store: OrderedDict[str, T], key: str, value: T) -> None:
    store[key] = value
    while len(store) > _MOST:
        store.popitem(last=False)
