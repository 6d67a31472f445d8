"""Every file that a message is about, also where the event that tells of it lacks them, and what was said before.

A mention comes twice, and one of the two may lack its files; a mention in a thread is about what stands there.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue, ValidationError
from yarl import URL

from adapters.slack.answers import MissedPage
from adapters.slack.api import SlackApi
from adapters.slack.attached import attached, persons_posts, words_of
from adapters.slack.identity import Own
from adapters.slack.markup import to_markdown
from adapters.slack.names import Names
from adapters.slack.payloads import SlackEvent, sent_at
from core.conversation import Attachment, Line, Thread
from core.earlier import MOST_POSTS, Gathered, posted, with_earlier, worded
from core.errors import DeliveryError
from core.ports import FrontDesk

log = logging.getLogger(__name__)

_SIBLING_S = 0.25
"""How long a mention without files waits for the same post to come as a message, files included."""
_READ_S = 1.5
"""Slack waits three seconds for the acknowledgement of an event."""
_REMEMBERED = 2_000


@dataclass(slots=True)
class _Post:
    """A post that has come as a message event."""

    came: asyncio.Event = field(default_factory=asyncio.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    found: Gathered = field(default_factory=Gathered)


class Gathering:
    """Gathers attachments; reads from Slack only where it must."""

    def __init__(self, api: SlackApi, desk: FrontDesk, own: Own, names: Names) -> None:
        self._api = api
        self._desk = desk
        self._own = own
        self._names = names
        self._own_host = URL(api.settings.api_url).authority
        self._can_read = True
        self._posts: OrderedDict[tuple[str, str], _Post] = OrderedDict()

    def came(self, event: SlackEvent) -> None:
        """A post has come as a message event: it brings its files."""
        self._post(event).came.set()

    async def of(self, event: SlackEvent, thread: Thread) -> Gathered:
        """What an addressed message is about. Raises `StoreError`."""
        is_mention = event.type == "app_mention"
        if is_mention and not event.files:
            if (twin := await self._twin(event)) is not None:
                return twin
            event = await self._as_posted(event)
        post = self._post(event)
        try:
            found = Gathered(attached(event, own_host=self._own_host, team=self._own.team))
            if await self._is_called_in(event, thread, is_mention=is_mention):
                posts = await self._earlier(event)
                found = Gathered(with_earlier(found.files, self._pictures(posts)), worded(map(self._line, posts)))
            post.found = found
        finally:
            if not is_mention:
                post.done.set()
        return found

    def of_change(self, event: SlackEvent) -> tuple[Attachment, ...]:
        """What hangs on a post that was edited."""
        return attached(event, own_host=self._own_host, team=self._own.team)

    def _post(self, event: SlackEvent) -> _Post:
        post = self._posts.setdefault((event.channel, event.ts), _Post())
        while len(self._posts) > _REMEMBERED:
            self._posts.popitem(last=False)
        return post

    async def _twin(self, event: SlackEvent) -> Gathered | None:
        """What the same post brought as a message; None where it did not come."""
        post = self._post(event)
        try:
            async with asyncio.timeout(_SIBLING_S):
                await post.came.wait()
            async with asyncio.timeout(_READ_S):
                await post.done.wait()
        except TimeoutError:
            return None
        return post.found

    async def _as_posted(self, event: SlackEvent) -> SlackEvent:
        """The mention with what its post has, read from Slack."""
        where: dict[str, JsonValue] = {"oldest": event.ts, "latest": event.ts, "inclusive": True, "limit": 2}
        method = "conversations.replies" if event.thread_ts else "conversations.history"
        if event.thread_ts:
            where["ts"] = event.thread_ts
        found = next((each for each in await self._read(method, event, where) if each.ts == event.ts), None)
        if found is None:
            return event
        return event.model_copy(update={"files": found.files, "attachments": found.attachments})

    async def _is_called_in(self, event: SlackEvent, thread: Thread, *, is_mention: bool) -> bool:
        """Somebody calls us into a thread of theirs, of which we have seen nothing so far."""
        if not event.thread_ts or event.thread_ts == event.ts or event.is_direct:
            return False
        is_called = is_mention or f"<@{self._own.user}" in event.text
        if not is_called or self._api.settings.is_staff(event.channel):
            return False
        return not await self._desk.is_ours(thread)

    async def _earlier(self, event: SlackEvent) -> list[SlackEvent]:
        """What people posted in the thread before, oldest first."""
        where: dict[str, JsonValue] = {"ts": event.thread_ts, "latest": event.ts, "limit": MOST_POSTS}
        posts = await self._read("conversations.replies", event, where)
        before = [each for each in posts if float(each.ts or "inf") < float(event.ts)]
        return list(persons_posts(before, own_user=self._own.user))

    def _pictures(self, posts: Sequence[SlackEvent]) -> list[Attachment]:
        return [
            file
            for each in posts
            for file in posted(each.user, attached(each, own_host=self._own_host, team=self._own.team))
        ]

    def _line(self, post: SlackEvent) -> Line:
        self._names.want(post.user)
        words = to_markdown(words_of(post), bot_user=self._own.user, name_of=self._names.of)
        name, at = self._names.of(post.user), sent_at(post.ts)
        return Line("customer", name, words, at, message_id=post.ts, author_id=post.user)

    async def _read(self, method: str, event: SlackEvent, where: dict[str, JsonValue]) -> tuple[SlackEvent, ...]:
        """Posts of the event's channel; none where they cannot be read, or not in time."""
        if not self._can_read:
            return ()
        try:
            async with asyncio.timeout(_READ_S):
                answer = await self._api.read(method, channel=event.channel, **where)
            return MissedPage.model_validate(answer).messages
        except (DeliveryError, ValidationError, TimeoutError) as error:
            self._can_read = not getattr(error, "is_final", False)
            log.warning("files of a mention are not read", extra={"why": type(error).__name__})
        return ()
