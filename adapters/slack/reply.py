"""A reply that is being written, as a native stream of Slack."""

import logging

from pydantic import JsonValue

from adapters.slack.api import SlackApi
from adapters.slack.editing import EditedReply
from adapters.slack.errors import NoAnswer, Refused
from adapters.slack.markup import as_markdown
from adapters.slack.posting import STREAM_IS_OVER, Posting, Ref, metadata
from adapters.slack.rendering import TEXT_LIMIT_CHARS, Rendered, render
from core.drafts import settled
from core.errors import DeliveryError, RateLimited
from core.marking import plain_lines
from core.mentions import neutral
from core.reply import (
    Delivery,
    FindingMade,
    Notice,
    ReplyEvent,
    TextDelta,
    TextReset,
    ToolFinished,
    ToolStarted,
)

log = logging.getLogger(__name__)

_APPEND = "chat.appendStream"
_STOP = "chat.stopStream"
_APPENDS_A_MINUTE = 100
_FLUSH_CHARS = 640
_FLUSH_S = 2.2
"""Together: an answer of 200 tokens takes five calls, its status line included."""
_TASK_STATES = {
    "done": "complete",
    "waiting": "pending",
    "refused": "error",
    "failed": "error",
    "unknown": "error",
}
_TITLE_CHARS = 250
_DETAIL_CHARS = 500


class StreamReply:
    """Implements `core.ports.ReplyStream` with start, append and stop."""

    def __init__(self, api: SlackApi, posting: Posting, delivery: Delivery, stamp: str) -> None:
        self._api = api
        self._posting = posting
        self._delivery = delivery
        self._channel = delivery.thread.channel
        self._stamp = stamp
        self._said = ""
        self._sent = ""
        """What Slack has of the text, as it was sent."""
        self._said_when_sent = 0
        self._sent_at = api.pace.now()
        self._tasks: list[JsonValue] = []
        self._open_tasks: dict[str, str] = {}
        self._edited: EditedReply | None = None
        """Goes on in our place once Slack has closed the stream."""
        self._is_going_on = True
        """What comes next continues what was sent."""
        self._is_unsure = False
        """An append got no answer: what the message shows is not known any more."""

    @property
    def ref(self) -> str:
        """See `core.ports.ReplyStream`."""
        return str(Ref(self._channel, (self._stamp,)))

    async def show(self, event: ReplyEvent) -> None:
        """See `core.ports.ReplyStream`."""
        if self._edited:
            await self._edited.show(event)
            return
        match event:
            case TextDelta(text):
                self._said += text
                if self._is_due():
                    await self._flush()
            case TextReset(keep_chars):
                self._said = self._said[:keep_chars]
                self._is_going_on = True
            case ToolStarted():
                self._task(event.call_id, event.title, "in_progress")
                await self._flush()
            case ToolFinished():
                title = self._open_tasks.get(event.call_id, event.tool)
                self._task(event.call_id, title, _TASK_STATES[event.state], event.summary)
            case FindingMade():
                title = f"Looked at {event.image}"
                self._task(f"image-{event.image}", title, "complete", event.summary)
            case Notice(text, "status"):
                self._task(f"status-{text}"[:_TITLE_CHARS], text, "complete")
                await self._flush()
            case _:
                pass

    async def close(self, delivery: Delivery) -> str:
        """See `core.ports.ReplyStream`."""
        if self._edited:
            return await self._edited.close(delivery)
        parts = render(delivery.post)
        first, rest = parts[0], parts[1:]
        if not await self._stop_with(first, delivery):
            await self._posting.edit(self._channel, self._stamp, first, 0, delivery)
        further = await self._posting.add(rest, delivery, first=1)
        return str(Ref(self._channel, (self._stamp, *further)))

    def _is_due(self) -> bool:
        """The first words at once; then pieces that grow as the workspace's budget shrinks."""
        if not self._said.strip():
            return False
        if not self._sent:
            return True
        used = self._api.pace.used(_APPEND) / _APPENDS_A_MINUTE
        stretch = 1.0 if used < 0.5 else 2.0 if used < 0.75 else 6.0
        waiting = len(self._said) - self._said_when_sent
        waited_s = self._api.pace.now() - self._sent_at
        return waiting >= _FLUSH_CHARS * stretch or (waiting > 0 and waited_s >= _FLUSH_S * stretch)

    def _task(self, key: str, title: str, status: str, output: str = "") -> None:
        if status == "in_progress":
            self._open_tasks[key] = title
        else:
            self._open_tasks.pop(key, None)
        chunk: dict[str, JsonValue] = {
            "type": "task_update",
            "id": key,
            "title": neutral(title)[:_TITLE_CHARS],
            "status": status,
        }
        if output:
            chunk["output"] = neutral(plain_lines(output))[:_DETAIL_CHARS]
        self._tasks.append(chunk)

    async def _flush(self) -> None:
        """Append what is new. What cannot be sent now is sent later, or written by `close`."""
        text = self._sendable()
        tasks, self._tasks = self._tasks, []
        new = text[len(self._sent) :]
        if self._is_unsure or not (new or tasks):
            self._said_when_sent = len(self._said)
            return
        try:
            await self._append(new, tasks)
        except RateLimited:
            self._tasks = tasks + self._tasks
        except DeliveryError as error:
            self._note(error)
        else:
            self._sent = text
        self._said_when_sent = len(self._said)
        self._sent_at = self._api.pace.now()

    def _sendable(self) -> str:
        """The text so far as Slack takes it; what was sent already where that cannot go on."""
        if len(self._said) > TEXT_LIMIT_CHARS or not self._is_going_on:
            return self._sent
        text = as_markdown(settled(self._said.lstrip("\n")))
        if len(text) > TEXT_LIMIT_CHARS:
            return self._sent
        # Marks that turn out to mean something else later are put right by `close`.
        self._is_going_on = text.startswith(self._sent)
        return text if self._is_going_on else self._sent

    async def _append(self, new: str, tasks: list[JsonValue]) -> None:
        where = {"channel": self._channel, "ts": self._stamp}
        if not tasks:
            await self._api.call(_APPEND, **where, markdown_text=new)
            return
        text: list[JsonValue] = [{"type": "markdown_text", "text": new}] if new else []
        await self._api.call(_APPEND, **where, chunks=[*text, *tasks])

    def _note(self, error: DeliveryError) -> None:
        if isinstance(error, Refused) and error.code in STREAM_IS_OVER:
            ref = Ref(self._channel, (self._stamp,))
            self._edited = EditedReply(self._api, self._posting, self._delivery, ref, said=self._said)
        else:
            self._is_unsure = isinstance(error, NoAnswer)
        log.info("stream interrupted", extra={"why": str(error)})

    async def _stop_with(self, final: Rendered, delivery: Delivery) -> bool:
        """End the stream with what is missing. False when the message is not what it must be yet."""
        if self._is_unsure or not _continues(self._sent, final.markdown):
            await self._posting.stop_stream(self._channel, self._stamp)
            return False
        try:
            await self._stop(final, delivery)
        except RateLimited:
            # The whole text at least: the outbox ends the stream when Slack takes it again.
            self._said = final.markdown
            await self._flush()
            raise
        except Refused as refusal:
            self._note(refusal)
            if not self._edited:
                raise
            return False
        return True

    async def _stop(self, final: Rendered, delivery: Delivery) -> None:
        new = final.markdown[len(self._sent) :]
        chunks: list[JsonValue] = [{"type": "markdown_text", "text": new}] if new else []
        chunks += self._tasks
        plain = len(chunks) == 1 and bool(new)
        await self._api.call(
            _STOP,
            channel=self._channel,
            ts=self._stamp,
            markdown_text=new if plain else None,
            chunks=chunks if chunks and not plain else None,
            blocks=[*final.extras] or None,
            metadata=metadata(delivery, 0),
        )


def _continues(sent: str, final: str) -> bool:
    """What was sent is how the final text begins; white space at its very end does not show."""
    return final.startswith(sent) or final == sent.rstrip()
