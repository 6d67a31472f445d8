"""Forms and message shortcuts: asking with an order number, asking to be called back, passing a message on."""

import logging
from dataclasses import replace
from datetime import UTC, datetime

from pydantic import JsonValue
from yarl import URL

from adapters.slack.api import SlackApi
from adapters.slack.attached import attached, uploaded, words_of
from adapters.slack.identity import Own
from adapters.slack.interactions import MessageShortcut, ViewSubmission
from adapters.slack.markup import to_markdown
from adapters.slack.names import Names
from adapters.slack.payloads import sent_at
from adapters.slack.rendering import fallback, markdown_block
from adapters.slack.staff import Staff
from adapters.slack.whispering import whisper
from core.asking import MOST_CHARS, Asked
from core.conversation import Attachment, Author, Message, Thread
from core.errors import BotError
from core.passedon import passed_on
from core.ports import FrontDesk
from core.reply import Press

log = logging.getLogger(__name__)

PLATFORM = "slack"
ASK, ESCALATE, FORM = "firstline_ask", "firstline_escalate", "firstline_form"
WORDS = "firstline_words"
_DETAIL_CHARS = 2_000
_SHORT_CHARS = 80
_MOST_FILES = 4
_TOO_SHORT = "Please say in a few words what it is about."
_NOT_OPENED = "That did not work just now. Please try again, or write to me directly."
_PASSED_ON = "I take it from here, in this thread."
_ALREADY = "I have that message already: look into its thread."


class Forms:
    """Opens forms and acts on what is sent with them."""

    def __init__(self, api: SlackApi, desk: FrontDesk, own: Own, names: Names, staff: Staff) -> None:
        self._api = api
        self._desk = desk
        self._own = own
        self._names = names
        self._staff = staff

    async def open(self, trigger: str) -> None:
        """Open the form; a trigger is good for three seconds and one use."""
        await self._api.call("views.open", trigger_id=trigger, view=form_view())

    async def submitted(self, sent: ViewSubmission) -> dict[str, str]:
        """Take a form; returns what is wrong with it, by block, or nothing."""
        detail = sent.value("detail")
        if len(detail.split()) < 2:
            return {"detail": _TOO_SHORT}
        order, call = sent.value("order"), sent.value("call")
        lines = [detail, f"Order #{order.lstrip('#')}" if order else "", f"Please call me back: {call}" if call else ""]
        text = "\n".join(line for line in lines if line)
        opened = await self._api.call("conversations.open", users=sent.user.id)
        channel = str(opened["channel"]["id"])
        quoted = "\n".join(f"> {line}" for line in text.splitlines())
        posted = await self._api.call(
            "chat.postMessage", channel=channel, text=fallback(text), blocks=markdown_block(quoted)
        )
        stamp = str(posted["ts"])
        await self._desk.receive(
            Message(
                id=stamp,
                thread=Thread(self._own.team, PLATFORM, channel, stamp),
                author=self._author(sent.user.id, sent.user.name or sent.user.username),
                text=text,
                sent_at=datetime.now(UTC),
                attachments=uploaded(sent.files("files"), team=self._own.team),
                keys=(f"slack:{self._own.team}:view:{sent.view.id}",),
                is_private=True,
            )
        )
        return {}

    async def shortcut(self, used: MessageShortcut) -> None:
        """Act on a message's own menu: answer it, or get people for it."""
        place = Thread(
            self._own.team, PLATFORM, used.channel.id, used.message.thread_ts or used.message.ts or used.message_ts
        )
        try:
            line = await (self._escalate(used, place) if used.callback_id == ESCALATE else self._ask(used, place))
        except BotError as error:
            log.warning("a shortcut is not acted on", extra={"why": type(error).__name__})
            line = _NOT_OPENED
        await whisper(self._api, line, user=used.user.id, channel=used.channel.id, root=place.root)

    async def _ask(self, used: MessageShortcut, place: Thread) -> str:
        """The one who used it asks in their own name, with the message as what it is about."""
        stamp = used.message.ts or used.message_ts
        text = to_markdown(words_of(used.message), bot_user=self._own.user, name_of=self._names.of)
        if used.message.user != used.user.id:
            text = passed_on(text)
        message = Message(
            id=stamp,
            thread=place,
            author=self._author(used.user.id, used.user.name or used.user.username),
            text=text,
            sent_at=sent_at(stamp),
            attachments=self._attachments(used),
            keys=(f"slack:{self._own.team}:{used.action_ts or used.trigger_id}",),
            is_private=used.channel.id.startswith("D"),
        )
        return _PASSED_ON if await self._desk.receive(message) else _ALREADY

    def _attachments(self, used: MessageShortcut) -> tuple[Attachment, ...]:
        """The pictures of the message, in the name of whoever wrote it."""
        post = used.message.model_copy(update={"channel": used.channel.id})
        found = attached(post, own_host=URL(self._api.settings.api_url).authority, team=self._own.team)
        is_own = post.user == used.user.id
        return tuple(each if is_own else replace(each, author_id=post.user or post.bot_id) for each in found)

    async def _escalate(self, used: MessageShortcut, place: Thread) -> str:
        author = self._author(used.user.id, used.user.name or used.user.username)
        return await self._desk.press(
            Press(
                key=f"slack:{self._own.team}:{used.action_ts or used.trigger_id}",
                action="escalate",
                value="",
                presser_id=author.id,
                presser_name=author.name,
                thread=place,
                is_staff_place=await self._staff.is_place(used.channel.id, used.user.id, used.user.team_id),
            )
        )

    def _author(self, user: str, name: str) -> Author:
        self._names.learn(user, name)
        return Author(user, self._names.of(user))


def form_view() -> dict[str, JsonValue]:
    """The form: what it is about, the order if there is one, and when to call back if at all."""
    blocks: list[JsonValue] = [
        _input("detail", "What can we help with?", most=_DETAIL_CHARS, is_long=True),
        _files(),
        _input("order", "Order number", most=_SHORT_CHARS, is_optional=True),
        _input("call", "Call me back (number and time)", most=_SHORT_CHARS, is_optional=True),
    ]
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": _plain("Ask for help"),
        "submit": _plain("Send"),
        "close": _plain("Cancel"),
        "blocks": blocks,
    }


def words_view(asked: Asked, kept: str) -> dict[str, JsonValue]:
    """The form of one field that a press asks for; `kept` comes back with it."""
    return {
        "type": "modal",
        "callback_id": WORDS,
        "private_metadata": kept,
        "title": _plain(asked.title),
        "submit": _plain("Send"),
        "close": _plain("Cancel"),
        "blocks": [
            _input(
                "words",
                asked.label,
                most=MOST_CHARS,
                is_long=True,
                is_optional=asked.is_optional,
                begins_with=asked.begins_with,
            )
        ],
    }


def _files() -> JsonValue:
    """Needs the scope files:read, without which no picture could be opened anyway."""
    element: dict[str, JsonValue] = {"type": "file_input", "action_id": "value", "max_files": _MOST_FILES}
    return {
        "type": "input",
        "block_id": "files",
        "label": _plain("Screenshots or photos"),
        "optional": True,
        "element": element,
    }


def _input(
    block: str, label: str, *, most: int, is_long: bool = False, is_optional: bool = False, begins_with: str = ""
) -> JsonValue:
    element: dict[str, JsonValue] = {"type": "plain_text_input", "action_id": "value", "max_length": most}
    if is_long:
        element["multiline"] = True
    if begins_with:
        element["initial_value"] = begins_with
    return {"type": "input", "block_id": block, "label": _plain(label), "optional": is_optional, "element": element}


def _plain(text: str) -> JsonValue:
    return {"type": "plain_text", "text": text}
