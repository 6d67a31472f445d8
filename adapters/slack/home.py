"""What a person finds before saying anything: suggested prompts, a title, and their cases on the Home tab."""

import asyncio
import logging
from collections.abc import Sequence

from pydantic import JsonValue

from adapters.slack.api import SlackApi
from adapters.slack.identity import Own
from adapters.slack.manifest import PROMPTS
from adapters.slack.markup import as_mrkdwn
from adapters.slack.names import Names
from adapters.slack.payloads import SlackEvent
from adapters.slack.rendering import ACTION_PREFIX
from adapters.slack.staff import Staff
from core.conversation import Author, Thread
from core.errors import BotError
from core.ports import FrontDesk, Listed

log = logging.getLogger(__name__)

PLATFORM = "slack"
EVENTS = frozenset({"app_home_opened", "assistant_thread_started"})
_TITLE = "Support"
_GREETING_S = 2.0
"""Slack waits three seconds for the acknowledgement of an event."""
_SECTION_CHARS = 2_900
_MOST_CASES, _MOST_DESKS = 40, 8
"""A view holds a hundred blocks."""
_HELLO = "Ask a question in *Messages*, in a channel I am in, or with `/support`. `/escalate` gets you a person."


class Home:
    """Greets. Nothing here may keep an event from being acknowledged."""

    def __init__(self, api: SlackApi, desk: FrontDesk, own: Own, names: Names, staff: Staff) -> None:
        self._staff = staff
        self._api = api
        self._desk = desk
        self._own = own
        self._names = names

    async def receive(self, event: SlackEvent) -> None:
        """Somebody opened the app: its Home, its messages, or a new assistant thread."""
        try:
            async with asyncio.timeout(_GREETING_S):
                await self._greet(event)
        except (BotError, TimeoutError) as error:
            log.info("not greeted", extra={"why": str(error)})

    async def _greet(self, event: SlackEvent) -> None:
        if event.type == "assistant_thread_started" and (thread := event.assistant_thread):
            await self._suggest(thread.channel_id, thread.thread_ts)
            await self._title(thread.channel_id, thread.thread_ts)
        elif event.tab == "home":
            await self.publish(event.user, event.user_team)
        elif event.tab == "messages":
            await self._suggest(event.channel, "")

    async def pressed(self, user: str, team: str) -> None:
        """Something was done there: it shows what is so now."""
        try:
            async with asyncio.timeout(_GREETING_S):
                await self.publish(user, team)
        except (BotError, TimeoutError) as error:
            log.info("the Home tab is not drawn anew", extra={"why": type(error).__name__})

    async def publish(self, user: str, team: str = "") -> None:
        """The Home tab of one person: their own open cases and nobody else's; for staff, their queue before it."""
        desks = await self._staff.desks(user, team)
        queues = [
            (each, await self._desk.queue(Thread(self._own.team, PLATFORM, each))) for each in desks[:_MOST_DESKS]
        ]
        place = Thread(self._own.team, PLATFORM, "home")
        cases = await self._desk.status(Author(user, self._names.of(user)), place)
        await self._api.call("views.publish", user_id=user, view=home_view(cases, queues))

    async def _suggest(self, channel: str, stamp: str) -> None:
        prompts: list[JsonValue] = [{"title": title, "message": message} for title, message in PROMPTS]
        await self._api.call(
            "assistant.threads.setSuggestedPrompts", channel_id=channel, thread_ts=stamp or None, prompts=prompts
        )

    async def _title(self, channel: str, stamp: str) -> None:
        await self._api.call("assistant.threads.setTitle", channel_id=channel, thread_ts=stamp, title=_TITLE)


Queue = tuple[str, Sequence[Listed]]
"""A staff channel, and what waits there."""


def desk_of(action_id: str) -> str:
    """The staff channel that a button of a queue is of."""
    return action_id.removeprefix(ACTION_PREFIX).partition(":")[2]


def home_view(cases: str, queues: Sequence[Queue] = ()) -> dict[str, JsonValue]:
    """The Home tab; views take no Markdown blocks, so it is in Slack's own marks."""
    blocks: list[JsonValue] = [
        *(block for queue in queues for block in _queue_blocks(queue, most=_MOST_CASES // len(queues))),
        _section(_HELLO),
        {"type": "header", "text": {"type": "plain_text", "text": "Your cases"}},
        _section(as_mrkdwn(cases)[:_SECTION_CHARS]),
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": f"{ACTION_PREFIX}ask",
                    "text": {"type": "plain_text", "text": "Ask for help"},
                    "style": "primary",
                },
                {
                    "type": "button",
                    "action_id": f"{ACTION_PREFIX}escalate",
                    "text": {"type": "plain_text", "text": "Talk to a person"},
                },
            ],
        },
    ]
    return {"type": "home", "blocks": blocks}


def _queue_blocks(queue: Queue, *, most: int) -> list[JsonValue]:
    desk, listed = queue
    free = sum(each.is_free for each in listed)
    title = f"The queue: {free} to claim, {len(listed) - free} with somebody"
    blocks: list[JsonValue] = [
        {"type": "header", "text": {"type": "plain_text", "text": title}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": f"<#{desk}>"}]},
    ]
    for each in listed[:most]:
        claim: dict[str, JsonValue] = {
            "type": "button",
            "action_id": f"{ACTION_PREFIX}claim:{desk}",
            "value": each.case_id,
            "style": "primary",
            "text": {"type": "plain_text", "text": "Claim"},
        }
        text: JsonValue = {"type": "mrkdwn", "text": as_mrkdwn(each.line)[:_SECTION_CHARS]}
        case: dict[str, JsonValue] = {"type": "section", "text": text}
        blocks.append({**case, "accessory": claim} if each.is_free else case)
    if not listed:
        blocks.append(_section("Nothing waits."))
    if len(listed) > most:
        blocks.append(_section(f"… and {len(listed) - most} more."))
    return [*blocks, {"type": "divider"}]


def _section(text: str) -> JsonValue:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text or "…"}}
