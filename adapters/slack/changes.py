"""What people do to messages that they have sent: edits and deletions."""

from adapters.slack.attached import words_of
from adapters.slack.gathering import Gathering
from adapters.slack.identity import Own
from adapters.slack.markup import to_markdown
from adapters.slack.names import Names
from adapters.slack.payloads import EventEnvelope, SlackEvent, sent_at
from core.conversation import Author, Message, Thread
from core.ports import FrontDesk

PLATFORM = "slack"
SUBTYPES = frozenset({"message_changed", "message_deleted"})
_TOMBSTONE = "tombstone"
"""What is left of a deleted message that others have answered to."""


class Changes:
    """Hands edits and deletions to the desk."""

    def __init__(self, desk: FrontDesk, own: Own, names: Names, gathering: Gathering) -> None:
        self._desk = desk
        self._own = own
        self._names = names
        self._gathering = gathering

    async def receive(self, envelope: EventEnvelope) -> None:
        """Act on a change of a person's message. Raises `StoreError`: the event must not be acknowledged then."""
        event = envelope.event
        now, before = event.message, event.previous_message
        if event.subtype == "message_deleted":
            stamp = event.deleted_ts or (before.ts if before else "")
            if stamp and not (before and before.bot_id):
                await self._desk.delete(self._thread(event, before), stamp)
        elif now is not None and now.subtype == _TOMBSTONE:
            await self._desk.delete(self._thread(event, now), now.ts)
        elif now is not None and now.user and not now.bot_id and now.user != self._own.user:
            await self._desk.edit(self._message(event, now))

    def _thread(self, event: SlackEvent, message: SlackEvent | None) -> Thread:
        root = (message.thread_ts or message.ts) if message else event.deleted_ts
        return Thread(self._own.team, PLATFORM, event.channel, root)

    def _message(self, event: SlackEvent, now: SlackEvent) -> Message:
        return Message(
            id=now.ts,
            thread=self._thread(event, now),
            author=Author(now.user, self._names.of(now.user)),
            text=to_markdown(words_of(now), bot_user=self._own.user, name_of=self._names.of),
            sent_at=sent_at(now.ts),
            attachments=self._gathering.of_change(now.model_copy(update={"channel": event.channel})),
            is_private=event.is_direct,
        )
