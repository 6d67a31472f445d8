"""Slack as a chat that the core writes to."""

from collections.abc import Collection
from typing import Self

from adapters.slack.api import SlackApi
from adapters.slack.files import Files
from adapters.slack.opening import Opening
from adapters.slack.pace import Pace
from adapters.slack.posting import Posting, Ref
from adapters.slack.settings import SlackSettings
from core.conversation import Attachment, Thread
from core.ports import ReplyStream
from core.reply import Delivery

PLATFORM = "slack"


class SlackChat:
    """Implements `core.ports.Chat` for one workspace. Use as a context manager."""

    def __init__(self, settings: SlackSettings, *, pace: Pace | None = None) -> None:
        self.settings = settings
        self.api = SlackApi(settings, pace)
        self._posting = Posting(self.api)
        self._opening = Opening(self.api, self._posting)
        self._files = Files(self.api)

    async def __aenter__(self) -> Self:
        await self.api.__aenter__()
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self.api.__aexit__(*problem)

    @property
    def platform(self) -> str:
        """See `core.ports.Chat`."""
        return PLATFORM

    async def api_of(self, place: Thread) -> SlackApi:
        """The workspace's API, wherever the place."""
        return self.api

    async def open_reply(self, delivery: Delivery) -> ReplyStream:
        """See `core.ports.Chat`."""
        return await self._opening.open(delivery)

    async def find_reply(self, delivery: Delivery, *, known: Collection[str]) -> str:
        """See `core.ports.Chat`."""
        return await self._posting.find_reply(delivery, known=known)

    async def deliver(self, delivery: Delivery) -> str:
        """See `core.ports.Chat`."""
        return await self._posting.deliver(delivery)

    def room_on(self, place: Thread, ref: str) -> Thread:
        """See `core.ports.Chat`."""
        first = Ref.parse(ref)
        return Thread(place.tenant, PLATFORM, first.channel, first.stamps[0])

    async def download(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """See `core.ports.Chat`."""
        return await self._files.download(attachment, limit_bytes=limit_bytes)
