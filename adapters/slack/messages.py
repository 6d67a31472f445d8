"""Message events as messages of the core: who is addressed, where the thread is, what was said."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence

from pydantic import ValidationError

from adapters.slack.api import SlackApi
from adapters.slack.files import BY_ID
from adapters.slack.identity import Own
from adapters.slack.markup import to_markdown
from adapters.slack.names import Names
from adapters.slack.payloads import EventEnvelope, FoundPage, SlackEvent, SlackFile, sent_at
from core.conversation import Attachment, Author, Message, Thread
from core.errors import DeliveryError
from core.ports import FrontDesk

log = logging.getLogger(__name__)

PLATFORM = "slack"
_WITH_WORDS = frozenset({"", "file_share", "thread_broadcast", "me_message"})
"""Subtypes that are a person's message; all others are edits, joins and the like."""
_SLACKBOT = "USLACKBOT"
_SIBLING_S = 0.25
"""How long a mention without files waits for the same post to come as a message, files included."""
_READ_S = 1.5
"""Slack waits three seconds for the acknowledgement of an event."""
_REMEMBERED = 2_000


class Messages:
    """Turns events into messages and hands the addressed ones to the desk."""

    def __init__(self, api: SlackApi, desk: FrontDesk, own: Own, names: Names) -> None:
        self._api = api
        self._desk = desk
        self._own = own
        self._names = names
        self._can_read = True
        self._posts: OrderedDict[tuple[str, str], asyncio.Event] = OrderedDict()

    async def receive(self, envelope: EventEnvelope) -> None:
        """Save what is addressed to us. Raises `StoreError`: the event must not be acknowledged then."""
        event = envelope.event
        if not self._is_a_persons(event):
            return
        thread = self._thread(event)
        if event.type == "message":
            self._post(event).set()
        if not await self._is_addressed(event, thread):
            return
        files = event.files
        if event.type == "app_mention" and not files:
            files = await self._missing_files(event)
        await self._desk.receive(self._message(envelope, thread, files))

    def _is_a_persons(self, event: SlackEvent) -> bool:
        return (
            event.type in ("message", "app_mention")
            and event.subtype in _WITH_WORDS
            and bool(event.channel and event.ts and event.user)
            and not (event.bot_id or event.hidden)
            and event.user not in (self._own.user, _SLACKBOT)
        )

    def _thread(self, event: SlackEvent) -> Thread:
        return Thread(
            tenant=self._own.team,
            platform=PLATFORM,
            channel=event.channel,
            root=event.thread_ts or event.ts,
        )

    async def _is_addressed(self, event: SlackEvent, thread: Thread) -> bool:
        settings = self._api.settings
        if event.is_direct:
            return settings.direct_messages
        if event.type == "app_mention" or f"<@{self._own.user}" in event.text:
            return True
        if not event.thread_ts:
            return event.channel in settings.support_channels
        return await self._desk.is_ours(thread)

    def _message(self, envelope: EventEnvelope, thread: Thread, files: Sequence[SlackFile]) -> Message:
        event = envelope.event
        self._names.want(event.user)
        return Message(
            id=event.ts,
            thread=thread,
            author=Author(event.user, self._names.of(event.user)),
            text=to_markdown(event.text, bot_user=self._own.user, name_of=self._names.of),
            sent_at=sent_at(event.ts),
            attachments=tuple(_attachment(file) for file in files),
            keys=(f"slack:{self._own.team}:{envelope.event_id}",),
            is_private=event.is_direct,
        )

    def _post(self, event: SlackEvent) -> asyncio.Event:
        """Is set once this post has come as a message event."""
        key = (event.channel, event.ts)
        seen = self._posts.setdefault(key, asyncio.Event())
        while len(self._posts) > _REMEMBERED:
            self._posts.popitem(last=False)
        return seen

    async def _missing_files(self, event: SlackEvent) -> Sequence[SlackFile]:
        """A mention may lack its files. Its twin has them; where none comes, the post is read."""
        try:
            async with asyncio.timeout(_SIBLING_S):
                await self._post(event).wait()
        except TimeoutError:
            return await self._read_files(event)
        return ()

    async def _read_files(self, event: SlackEvent) -> Sequence[SlackFile]:
        if not self._can_read:
            return ()
        method, where = "conversations.history", {"channel": event.channel}
        if event.thread_ts:
            method, where = (
                "conversations.replies",
                {**where, "ts": event.thread_ts},
            )
        where = {**where, "oldest": event.ts, "latest": event.ts}
        try:
            async with asyncio.timeout(_READ_S):
                answer = await self._api.read(method, **where, inclusive=True, limit=2)
            for each in FoundPage.model_validate(answer).messages:
                if each.ts == event.ts:
                    return each.files
        except (DeliveryError, ValidationError, TimeoutError) as error:
            self._can_read = not getattr(error, "is_final", False)
            log.warning("a mention's files are not read", extra={"why": type(error).__name__})
        return ()


def _attachment(file: SlackFile) -> Attachment:
    return Attachment(
        id=file.id,
        name=file.name,
        media_type=file.mimetype,
        size_bytes=file.size,
        source=file.url_private_download or file.url_private or f"{BY_ID}{file.id}",
    )
