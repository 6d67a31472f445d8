"""Message events as messages of the core: who is addressed, where the thread is, what was said."""

import logging
import re
from dataclasses import replace

from adapters.slack.api import SlackApi
from adapters.slack.attached import words_of
from adapters.slack.gathering import Gathering
from adapters.slack.groups import Groups
from adapters.slack.identity import Own
from adapters.slack.looking import Looking
from adapters.slack.markup import to_markdown
from adapters.slack.names import Names
from adapters.slack.payloads import EventEnvelope, SlackEvent, sent_at
from adapters.slack.staff import Staff
from adapters.slack.titles import Titles
from core.addressing import Room, Said
from core.conversation import Attachment, Author, Message, Thread
from core.ports import FrontDesk
from core.reply import Press

log = logging.getLogger(__name__)

PLATFORM = "slack"
_WITH_WORDS = frozenset({"", "file_share", "thread_broadcast", "me_message", "bot_message"})
"""Subtypes that are a person's message; all others are edits, joins and the like."""
_SLACKBOT = "USLACKBOT"
_TO_A_PERSON = re.compile(r"(?:escalate|human|agent|person|talk to (?:a )?(?:person|human))[.!]?", re.IGNORECASE)
"""Slash commands do not work inside threads, so a mention does the same there."""
_ANYBODY = re.compile(r"<@([UW][A-Z0-9]+)")
_SOMEBODY = re.compile(r"\s*<@([UW][A-Z0-9]+)")


class Messages:
    """Turns events into messages and hands the addressed ones to the desk."""

    def __init__(self, api: SlackApi, desk: FrontDesk, own: Own, names: Names, groups: Groups, staff: Staff) -> None:
        self._api = api
        self._desk = desk
        self._own = own
        self._names = names
        self._groups = groups
        self._staff = staff
        self._room = Room()
        self.looking = Looking(api, own, names)
        self.titles = Titles(api, clean=lambda text: to_markdown(text, bot_user=own.user, name_of=names.of))
        self.gathering = Gathering(api, desk, own, names)

    async def receive(self, envelope: EventEnvelope) -> None:
        """Save what is addressed to us. Raises `StoreError`: the event must not be acknowledged then."""
        event = envelope.event
        if not self._is_a_persons(event):
            return
        thread = self._thread(event)
        if event.type == "message":
            self.gathering.came(event)
        is_staff = await self._staff.is_place(event.channel, event.user, event.user_team)
        if not await self._is_addressed(event, thread, is_staff=is_staff):
            return
        if event.thread_ts and await self._is_escalated(event, thread, is_staff=is_staff):
            return
        found = await self.gathering.of(event, thread)
        groups = await self._groups.of(event.user) if is_staff else ()
        message = self._message(envelope, thread, found.files, groups)
        message = replace(
            message, is_staff_place=is_staff, looking_at=await self.looking.at(event), before=found.before
        )
        if await self._desk.receive(message) and not is_staff:
            self.titles.asked(event)

    def _is_a_persons(self, event: SlackEvent) -> bool:
        return (
            event.type in ("message", "app_mention")
            and event.subtype in _WITH_WORDS
            and bool(event.channel and event.ts and (event.user or event.bot_id))
            and not event.hidden
            and event.user not in (self._own.user, _SLACKBOT)
            and (not event.is_of_bot or (event.bot_id != self._own.bot and self._is_known_bot(event)))
        )

    def _is_known_bot(self, event: SlackEvent) -> bool:
        """Another bot that may be answered; how often is up to the desk."""
        return bool({event.bot_id, event.user} & set(self._api.settings.known_bots))

    def _thread(self, event: SlackEvent) -> Thread:
        return Thread(
            tenant=self._own.team,
            platform=PLATFORM,
            channel=event.channel,
            root=event.thread_ts or event.ts,
        )

    async def _is_escalated(self, event: SlackEvent, thread: Thread, *, is_staff: bool) -> bool:
        """`@bot escalate` in a thread."""
        text = to_markdown(event.text, bot_user=self._own.user, name_of=self._names.of)
        if not (f"<@{self._own.user}" in event.text and _TO_A_PERSON.fullmatch(text)):
            return False
        press = Press(
            key=f"slack:{self._own.team}:{event.channel}:{event.ts}:escalate",
            action="escalate",
            value="",
            presser_id=event.user,
            presser_name=self._names.of(event.user),
            thread=thread,
            is_staff_place=is_staff,
        )
        await self._desk.press(press)
        return True

    async def _is_addressed(self, event: SlackEvent, thread: Thread, *, is_staff: bool) -> bool:
        settings = self._api.settings
        if event.is_direct:
            return settings.direct_messages
        if settings.is_staff(event.channel) and event.thread_ts:
            # A mention comes as a message too; once is enough.
            return event.type == "message" and is_staff
        if event.type == "app_mention" or f"<@{self._own.user}" in event.text:
            return True
        if event.channel in settings.mention_channels or self._is_to_another(event):
            return False
        if not event.thread_ts:
            if event.channel in settings.busy_channels:
                return self._is_for_the_room(event)
            return event.channel in (*settings.support_channels, *settings.confident_channels)
        return await self._desk.is_ours(thread)

    def _is_for_the_room(self, event: SlackEvent) -> bool:
        """In a channel where people also talk to each other."""
        text = to_markdown(event.text, bot_user=self._own.user, name_of=self._names.of)
        said = Said(self._names.of(event.user), text)
        is_for_us = self._room.is_for_us(event.channel, event.ts, said, own=self._names.of(self._own.user))
        return is_for_us and not (set(_ANYBODY.findall(event.text)) - {self._own.user})

    def _is_to_another(self, event: SlackEvent) -> bool:
        """It begins by calling somebody else: people talk to each other."""
        called = _SOMEBODY.match(event.text)
        return called is not None and called[1] != self._own.user

    def _message(
        self, envelope: EventEnvelope, thread: Thread, files: tuple[Attachment, ...], groups: tuple[str, ...] = ()
    ) -> Message:
        event = envelope.event
        author = event.user or event.bot_id
        is_called = event.type == "app_mention" or f"<@{self._own.user}" in event.text
        if event.user:
            self._names.want(event.user)
        return Message(
            id=event.ts,
            thread=thread,
            author=Author(author, self._names.of(author), is_bot=event.is_of_bot, groups=groups),
            text=to_markdown(words_of(event), bot_user=self._own.user, name_of=self._names.of),
            sent_at=sent_at(event.ts),
            attachments=files,
            keys=(f"slack:{self._own.team}:{envelope.event_id}",),
            is_private=event.is_direct,
            mentions_us=is_called,
            only_if_sure=not (is_called or event.thread_ts or event.is_direct)
            and event.channel in self._api.settings.confident_channels,
        )
