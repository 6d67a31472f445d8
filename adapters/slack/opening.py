"""Opening a reply: a native stream where Slack offers one, else a message that is edited."""

import asyncio
import logging

from adapters.slack.api import SlackApi
from adapters.slack.editing import EditedReply
from adapters.slack.errors import Refused
from adapters.slack.posting import Posting, Ref, metadata
from adapters.slack.reply import StreamReply
from core.errors import DeliveryError, RateLimited
from core.ports import ReplyStream
from core.reply import Delivery

log = logging.getLogger(__name__)

_START = "chat.startStream"
_STOP = "chat.stopStream"
_STATUS = "assistant.threads.setStatus"
_NOT_OFFERED = frozenset({"unknown_method", "feature_not_enabled", "method_deprecated", "access_denied"})
"""The workspace (GovSlack, some plans) has no streams: not asked again while this process runs."""
_THINKING = "is thinking…"
_LOADING = ("Reading your message…", "Looking into it…", "Checking what we know…")
_PLACEHOLDER = "…"


class Opening:
    """Opens replies; remembers what the workspace does not offer."""

    def __init__(self, api: SlackApi, posting: Posting) -> None:
        self._api = api
        self._posting = posting
        self._has_streams = api.settings.streaming
        self._has_status = True

    async def open(self, delivery: Delivery) -> ReplyStream:
        """See `core.ports.Chat.open_reply`."""
        if delivery.ref:
            return await self._take_up(delivery)
        if not (self._has_streams and _can_stream(delivery)):
            return await self._open_edited(delivery)
        if wait_s := self._api.pace.wait_s(_STOP):
            # A stream that cannot be ended would look unfinished: the outbox posts this one whole.
            raise RateLimited("Slack limits chat.stopStream", retry_after_s=wait_s)
        # Side by side: the status line is on its way first, and opening costs one round trip.
        async with asyncio.TaskGroup() as group:
            group.create_task(self._say_thinking(delivery))
            opened = await self._try_stream(delivery)
        if isinstance(opened, StreamReply):
            return opened
        if not isinstance(opened, Refused) or opened.is_final:
            raise opened
        self._has_streams = opened.code not in _NOT_OFFERED
        log.info("no stream here", extra={"why": opened.code})
        return await self._open_edited(delivery)

    async def _try_stream(self, delivery: Delivery) -> StreamReply | DeliveryError:
        try:
            return await self._open_stream(delivery)
        except DeliveryError as error:
            return error

    async def _open_stream(self, delivery: Delivery) -> StreamReply:
        thread, asked = delivery.thread, delivery.answers
        in_channel = not thread.channel.startswith("D")
        answer = await self._api.call(
            _START,
            channel=thread.channel,
            thread_ts=thread.root,
            recipient_team_id=thread.tenant if in_channel else None,
            recipient_user_id=asked.author.id if in_channel and asked else None,
        )
        return StreamReply(self._api, self._posting, delivery, str(answer["ts"]))

    async def _open_edited(self, delivery: Delivery) -> EditedReply:
        thread = delivery.thread
        answer = await self._api.call(
            "chat.postMessage",
            channel=thread.channel,
            thread_ts=thread.root or None,
            text=_PLACEHOLDER,
            metadata=metadata(delivery, 0),
        )
        ref = Ref(thread.channel, (str(answer["ts"]),))
        return EditedReply(self._api, self._posting, delivery, ref)

    async def _take_up(self, delivery: Delivery) -> EditedReply:
        """After a crash the same message goes on; its stream cannot, its owner is gone."""
        ref = Ref.parse(delivery.ref)
        await self._posting.stop_stream(ref.channel, ref.stamps[0])
        return EditedReply(self._api, self._posting, delivery, ref)

    async def _say_thinking(self, delivery: Delivery) -> None:
        """The line under the composer; a reply clears it. Never the reason why a reply is not opened."""
        if not self._has_status:
            return
        thread = delivery.thread
        try:
            await self._api.call(
                _STATUS,
                channel_id=thread.channel,
                thread_ts=thread.root,
                status=_THINKING,
                loading_messages=[*_LOADING],
            )
        except RateLimited:
            return
        except DeliveryError as error:
            self._has_status = not isinstance(error, Refused)
            log.info("no status line here", extra={"why": str(error)})


def _can_stream(delivery: Delivery) -> bool:
    """Streams hang on a message; in a channel they also need the one they are for."""
    thread = delivery.thread
    in_channel = not thread.channel.startswith("D")
    return bool(thread.root) and (delivery.answers is not None or not in_channel)
