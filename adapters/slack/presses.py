"""Buttons and slash commands as presses and messages of the core."""

import asyncio
import json
import logging
from collections.abc import Awaitable
from datetime import UTC, datetime

from pydantic import JsonValue

from adapters.slack.api import SlackApi
from adapters.slack.errors import Refused
from adapters.slack.forms import words_view
from adapters.slack.groups import Groups
from adapters.slack.home import desk_of
from adapters.slack.identity import Own
from adapters.slack.interactions import BlockActions, KeptPress, SlashCommand, ViewSubmission
from adapters.slack.markup import to_markdown
from adapters.slack.names import Names
from adapters.slack.rendering import ACTION_PREFIX, fallback, markdown_block
from adapters.slack.staff import Staff
from adapters.slack.whispering import whisper
from core.asking import ASKED, Asked
from core.conversation import Author, Message, Thread
from core.errors import BotError, DeliveryError
from core.ports import FrontDesk
from core.reply import Press

log = logging.getLogger(__name__)

PLATFORM = "slack"
_OF_STAFF = frozenset({"claim"})
"""What the Home tab offers to staff alone."""
_ACK_S = 2.5
"""Slack waits three seconds for an acknowledgement."""
_FORM_S = 1.5
"""A form has to open within three seconds of the press."""
_NOT_SAVED = "That did not work just now. Please try again in a moment."
_ASK = "What can I help you with? Type your question after the command: `/support my order has not come`."
_IN_DIRECT = "I cannot write in this channel, so I answer you in our direct messages."
_NO_PLACE = "I cannot write here. Please invite me to this channel, or write to me directly."
_NOT_MEMBER = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action"})


class Presses:
    """Hands presses and commands to the desk; what comes back is for the presser alone."""

    def __init__(self, api: SlackApi, desk: FrontDesk, own: Own, names: Names, groups: Groups, staff: Staff) -> None:
        self._staff = staff
        self._api = api
        self._desk = desk
        self._own = own
        self._names = names
        self._groups = groups

    async def press(self, body: BlockActions) -> str:
        """Act on a button; returns the line for the presser."""
        channel = body.channel.id if body.channel else await self._place_of_home(body)
        root = body.message.thread_ts if body.message else ""
        return await self._saved(self._desk.press(await self._press(body, channel, root)))

    async def _press(self, body: BlockActions, channel: str, root: str) -> Press:
        action = body.actions[0]
        self._names.learn(body.user.id, body.user.name or body.user.username)
        return Press(
            key=f"slack:{self._own.team}:{body.user.id}:{action.action_id}:{action.action_ts}",
            action=_action(body),
            value=action.value,
            presser_id=body.user.id,
            presser_name=self._names.of(body.user.id),
            thread=self._place(channel, root),
            is_staff_place=await self._staff.is_place(channel, body.user.id, body.user.team_id),
            presser_groups=await self._groups_of(body.user.id, channel),
        )

    async def _groups_of(self, user: str, channel: str) -> tuple[str, ...]:
        return await self._groups.of(user) if self._api.settings.is_staff(channel) else ()

    async def _form(self, press: Press) -> Asked:
        """The form, with what stands in it already where that can be told in time."""
        try:
            async with asyncio.timeout(_FORM_S):
                return await self._desk.form(press) or ASKED[press.action]
        except (BotError, TimeoutError):
            return ASKED[press.action]

    async def asks(self, body: BlockActions) -> bool:
        """Open a form, if words are needed before the press can be acted on; False if none are, or it did not open."""
        action = _action(body)
        if action not in ASKED or not body.trigger_id:
            return False
        channel = body.channel.id if body.channel else ""
        root = body.message.thread_ts if body.message else ""
        kept = json.dumps({"action": action, "value": body.actions[0].value, "channel": channel, "root": root})
        asked = await self._form(await self._press(body, channel, root))
        try:
            await self._api.call("views.open", trigger_id=body.trigger_id, view=words_view(asked, kept))
        except DeliveryError as error:
            log.info("no form opened", extra={"why": str(error)})
        return True

    async def asked(self, sent: ViewSubmission) -> dict[str, str]:
        """Act on the words of such a form; returns what is wrong with it, by block, or nothing."""
        kept = KeptPress.model_validate_json(sent.view.private_metadata)
        self._names.learn(sent.user.id, sent.user.name or sent.user.username)
        press = Press(
            key=f"slack:{self._own.team}:view:{sent.view.id}",
            action=kept.action,
            value=kept.value,
            presser_id=sent.user.id,
            presser_name=self._names.of(sent.user.id),
            thread=self._place(kept.channel, kept.root),
            is_staff_place=await self._staff.is_place(kept.channel, sent.user.id, sent.user.team_id),
            presser_groups=await self._groups_of(sent.user.id, kept.channel),
            text=sent.value("words"),
        )
        line = await self._saved(self._desk.press(press))
        if line == _NOT_SAVED:
            return {"words": line}
        await whisper(self._api, line, user=sent.user.id, channel=kept.channel, root=kept.root)
        return {}

    async def _place_of_home(self, body: BlockActions) -> str:
        """On the Home tab staff deal with a queue as in its channel; everybody else is written to directly."""
        if _action(body) in _OF_STAFF:
            desks = await self._staff.desks(body.user.id, body.user.team_id)
            wanted = desk_of(body.actions[0].action_id)
            return wanted if wanted in desks else ""
        return await self._direct(body.user.id)

    async def _direct(self, user: str) -> str:
        """Pressed outside of any conversation (on the Home tab): the answer comes in direct messages."""
        try:
            opened = await self._api.call("conversations.open", users=user)
        except DeliveryError as error:
            log.warning("no direct messages", extra={"why": str(error)})
            return ""
        return str(opened["channel"]["id"])

    async def tell(self, body: BlockActions, line: str) -> None:
        """Say a line to the presser alone, where the button is."""
        if body.channel is not None:
            root = body.message.thread_ts if body.message else ""
            await whisper(self._api, line, user=body.user.id, channel=body.channel.id, root=root)

    async def command(self, command: SlashCommand) -> str:
        """Act on a slash command; returns the line for whoever typed it."""
        self._names.learn(command.user_id, command.user_name)
        name = command.command.lstrip("/").rpartition("-")[2]
        if name == "status":
            author = Author(command.user_id, self._names.of(command.user_id))
            place = self._place(command.channel_id, "")
            return await self._saved(self._desk.status(author, place))
        if name == "escalate":
            return await self._saved(self._desk.press(self._escalation(command)))
        if not command.text.strip():
            return _ASK
        return await self._saved(self._support(command))

    def _escalation(self, command: SlashCommand) -> Press:
        return Press(
            key=self._key(command),
            action="escalate",
            value="",
            presser_id=command.user_id,
            presser_name=self._names.of(command.user_id),
            thread=self._place(command.channel_id, ""),
            is_staff_place=False,
            text=command.text.strip(),
        )

    async def _support(self, command: SlashCommand) -> str:
        """Open a thread: the question in the customer's name, the answer below it."""
        line = ""
        try:
            channel, stamp = await self._quote(command, command.channel_id)
        except Refused as refusal:
            if refusal.code not in _NOT_MEMBER:
                raise
            opened = await self._api.call("conversations.open", users=command.user_id)
            channel, stamp = await self._quote(command, str(opened["channel"]["id"]))
            line = _IN_DIRECT
        message = Message(
            id=stamp,
            thread=self._place(channel, stamp),
            author=Author(command.user_id, self._names.of(command.user_id)),
            text=to_markdown(command.text, bot_user=self._own.user, name_of=self._names.of),
            sent_at=datetime.now(UTC),
            keys=(self._key(command),),
            is_private=channel.startswith("D"),
        )
        await self._desk.receive(message)
        return line

    async def _quote(self, command: SlashCommand, channel: str) -> tuple[str, str]:
        asked = command.text.strip()
        quoted = "\n".join(f"> {line}" for line in asked.splitlines())
        blocks: list[JsonValue] = [
            {
                "type": "context",
                "elements": [
                    # A name here is no ping: whoever asked sees it anyway.
                    {"type": "mrkdwn", "text": f"<@{command.user_id}> asks:"}
                ],
            },
            *markdown_block(quoted),
        ]
        answer = await self._api.call("chat.postMessage", channel=channel, text=fallback(asked), blocks=blocks)
        return str(answer["channel"]), str(answer["ts"])

    async def _saved(self, work: Awaitable[str]) -> str:
        """What the desk says, within the time that Slack waits for an acknowledgement."""
        try:
            async with asyncio.timeout(_ACK_S):
                return await work
        except (BotError, TimeoutError) as error:
            log.warning("not acted on", extra={"why": type(error).__name__})
            return _NO_PLACE if _is_closed(error) else _NOT_SAVED

    def _key(self, command: SlashCommand) -> str:
        return f"slack:{self._own.team}:{command.trigger_id}"

    def _place(self, channel: str, root: str) -> Thread:
        return Thread(self._own.team, PLATFORM, channel, root)


def _action(body: BlockActions) -> str:
    return body.actions[0].action_id.removeprefix(ACTION_PREFIX).partition(":")[0]


def _is_closed(error: BaseException) -> bool:
    return isinstance(error, Refused) and error.code in _NOT_MEMBER
