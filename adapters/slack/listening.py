"""Bolt's side of things: which event, press or command goes where, and when Slack hears that we have it."""

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import ValidationError
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from adapters.slack.api import SlackApi, quiet_logger
from adapters.slack.identity import Own
from adapters.slack.messages import Messages
from adapters.slack.payloads import BlockActions, EventEnvelope, SlashCommand
from adapters.slack.presses import Presses
from adapters.slack.rendering import ACTION_PREFIX, fallback, markdown_block

log = logging.getLogger(__name__)

Next = Callable[[], Awaitable[None]]
Ack = Callable[..., Awaitable[None]]
Body = dict[str, Any]

COMMANDS = ("/support", "/escalate", "/status")
_ANYTHING = re.compile(".*")
_OURS = re.compile(f"^{ACTION_PREFIX}")


def build_bolt(api: SlackApi, own: Own, *, messages: Messages, presses: Presses) -> AsyncApp:
    """A Bolt app that saves before it acknowledges."""
    # Its decorators have no types, hence `Any`.
    token = api.settings.bot_token.get_secret_value()

    async def authorize() -> AuthorizeResult:
        # Known since the start; Bolt would ask auth.test again.
        return AuthorizeResult(
            enterprise_id=own.enterprise or None,
            team_id=own.team,
            bot_user_id=own.user,
            bot_id=own.bot,
            bot_token=token,
        )

    app: Any = AsyncApp(
        logger=quiet_logger(),
        name="firstline",
        client=api.anonymous_client(),
        authorize=authorize,
        signing_secret=api.settings.signing_secret.get_secret_value(),
        attaching_conversation_kwargs_enabled=False,
    )

    async def save(body: Body, next_: Next) -> None:
        # Bolt acknowledges an event before its listeners run, so a listener is too late to save it.
        if body.get("type") == "event_callback":
            await _save_event(messages, body)
        await next_()

    async def nothing_more() -> None:
        """Events were dealt with before they got here; without a listener Bolt would answer 404."""

    async def on_press(ack: Ack, body: Body) -> None:
        await _act(presses, ack, body)

    async def on_command(ack: Ack, body: Body) -> None:
        await _obey(presses, ack, body)

    app.use(save)
    app.event(_ANYTHING)(nothing_more)
    app.action(_OURS)(on_press)
    for name in COMMANDS:
        app.command(name)(on_command)
    return app


async def _save_event(messages: Messages, body: Body) -> None:
    try:
        envelope = EventEnvelope.model_validate(body)
    except ValidationError as error:
        # Slack would deliver it three more times, and it would be no better.
        log.warning(
            "an event is not understood",
            extra={"event": str(body.get("event_id", "")), "why": _fields(error)},
        )
        return
    await messages.receive(envelope)


async def _act(presses: Presses, ack: Ack, body: Body) -> None:
    try:
        pressed = BlockActions.model_validate(body)
    except ValidationError as error:
        log.warning("a press is not understood", extra={"why": _fields(error)})
        await ack()
        return
    line = await presses.press(pressed)
    await ack()
    await presses.tell(pressed, line)


async def _obey(presses: Presses, ack: Ack, body: Body) -> None:
    line = await presses.command(SlashCommand.model_validate(body))
    if not line:
        await ack()
        return
    await ack(response_type="ephemeral", text=fallback(line), blocks=markdown_block(line))


def _fields(error: ValidationError) -> str:
    """Which fields are wrong, without what they hold."""
    return ", ".join(".".join(str(part) for part in each["loc"]) for each in error.errors())
