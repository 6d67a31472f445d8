"""A reply that is being written, by editing one message: where Slack offers no stream, or after a crash."""

import logging

from adapters.slack.api import SlackApi
from adapters.slack.posting import Posting, Ref
from adapters.slack.rendering import render
from core.errors import DeliveryError
from core.reply import (
    Delivery,
    Notice,
    Post,
    ReplyEvent,
    TextDelta,
    TextReset,
    ToolFinished,
    ToolStarted,
)

log = logging.getLogger(__name__)

_UPDATE = "chat.update"
_UPDATES_A_MINUTE = 50
_DRAFT_CHARS = 400
_DRAFT_S = 1.5


class EditedReply:
    """Implements `core.ports.ReplyStream` with chat.update."""

    def __init__(self, api: SlackApi, posting: Posting, delivery: Delivery, ref: Ref, *, said: str = "") -> None:
        self._api = api
        self._posting = posting
        self._delivery = delivery
        self._ref = ref
        self._said = said
        self._status = ""
        self._drawn_chars = -1
        self._drawn_at = 0.0

    @property
    def ref(self) -> str:
        """See `core.ports.ReplyStream`."""
        return str(self._ref)

    async def show(self, event: ReplyEvent) -> None:
        """See `core.ports.ReplyStream`."""
        match event:
            case TextDelta(text):
                self._said += text
            case TextReset(keep_chars):
                self._said = self._said[:keep_chars]
            case ToolStarted(title=title) | Notice(title, "status"):
                self._status = title
            case ToolFinished():
                self._status = ""
            case _:
                return
        if self._is_due():
            await self._draw()

    async def close(self, delivery: Delivery) -> str:
        """See `core.ports.ReplyStream`."""
        return await self._posting.replace(self._ref, render(delivery.post), delivery)

    def _is_due(self) -> bool:
        """Drafts take at most half of what Slack allows, so that the last edit always has room."""
        if not (self._said.strip() or self._status):
            return False
        if self._drawn_chars < 0:
            return True
        used = self._api.pace.used(_UPDATE) / _UPDATES_A_MINUTE
        waited_s = self._api.pace.now() - self._drawn_at
        new = len(self._said) - self._drawn_chars
        return used < 0.5 and waited_s >= _DRAFT_S and new >= _DRAFT_CHARS

    async def _draw(self) -> None:
        status = f"_{self._status}…_" if self._status else ""
        draft = "\n\n".join(part for part in (self._said.rstrip(), status) if part)
        part = render(Post(draft))[0]
        self._drawn_chars, self._drawn_at = len(self._said), self._api.pace.now()
        try:
            await self._posting.edit(self._ref.channel, self._ref.stamps[0], part, 0, self._delivery)
        except DeliveryError as error:
            log.info("draft not shown", extra={"why": str(error)})
