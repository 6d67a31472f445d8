"""Bolt's side of things: which event, press or command goes where, and when Slack hears that we have it."""

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import ValidationError
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from adapters.slack.api import SlackApi, quiet_logger
from adapters.slack.forms import ASK, ESCALATE, FORM, WORDS, Forms
from adapters.slack.hands import Hands
from adapters.slack.interactions import BlockActions, MessageShortcut, SlashCommand, ViewSubmission
from adapters.slack.payloads import EventEnvelope
from adapters.slack.rendering import ACTION_PREFIX, fallback, markdown_block
from adapters.slack.uninstalling import is_end
from adapters.slack.verifying import ANEW, BEGIN, VERIFY
from core.errors import BotError, DeliveryError

log = logging.getLogger(__name__)

Next = Callable[[], Awaitable[None]]
Ack = Callable[..., Awaitable[None]]
Body = dict[str, Any]
HandsOf = Callable[[str], Awaitable[Hands | None]]

COMMANDS = ("/support", "/escalate", "/status")
_ANYTHING = re.compile(".*")
_OURS = re.compile(f"^{ACTION_PREFIX}")


def build_bolt(api: SlackApi, hands_of: HandsOf, uninstall: Callable[[str], Awaitable[None]] | None = None) -> AsyncApp:
    """A Bolt app that saves before it acknowledges.

    `hands_of` says who takes what a workspace sends: None for one that we are not in, `StoreError` while it starts.
    `uninstall` is told of a workspace that has taken the app out.
    """

    # Its decorators have no types, hence `Any`.
    app: Any = AsyncApp(
        logger=quiet_logger(),
        name="firstline",
        client=api.anonymous_client(),
        authorize=_authorizing(hands_of),
        signing_secret=api.settings.signing_secret.get_secret_value(),
        attaching_conversation_kwargs_enabled=False,
    )

    async def save(body: Body, context: Body, next_: Next) -> None:
        # Bolt acknowledges an event before its listeners run, so a listener is too late to save it.
        if body.get("type") == "event_callback":
            if "hands" in context:
                await _save_event(context["hands"], body)
            elif uninstall is not None and is_end(body):
                await uninstall(str(context["team_id"]))
        await next_()

    async def nothing_more() -> None:
        """Events were dealt with before they got here; without a listener Bolt would answer 404."""

    async def on_press(ack: Ack, body: Body, context: Body) -> None:
        await _act(context["hands"], ack, body)

    async def on_command(ack: Ack, body: Body, context: Body) -> None:
        await _obey(context["hands"], ack, body)

    app.use(save)
    app.event(_ANYTHING)(nothing_more)
    app.action(_OURS)(on_press)
    _listen_to_forms(app)
    for name in COMMANDS:
        app.command(name)(on_command)
    return app


def _authorizing(hands_of: HandsOf) -> Any:
    async def authorize(context: Body, team_id: str | None) -> AuthorizeResult | None:
        hands = await hands_of(team_id or "")
        if hands is None:
            return None
        context["hands"], own = hands, hands.own
        # Known since the start; Bolt would ask auth.test again.
        return AuthorizeResult(
            enterprise_id=own.enterprise or None,
            team_id=own.team,
            bot_user_id=own.user,
            bot_id=own.bot,
            bot_token=hands.api.settings.bot_token.get_secret_value(),
        )

    return authorize


def _listen_to_forms(app: Any) -> None:
    async def on_shortcut(ack: Ack, body: Body, context: Body) -> None:
        await ack()
        await context["hands"].forms.shortcut(MessageShortcut.model_validate(body))

    async def on_form(ack: Ack, body: Body, context: Body) -> None:
        await _submit(context["hands"].forms.submitted, "detail", ack, body)

    async def on_words(ack: Ack, body: Body, context: Body) -> None:
        await _submit(context["hands"].presses.asked, "words", ack, body)

    async def on_step(ack: Ack, body: Body, context: Body) -> None:
        view = await context["hands"].verifying.submitted(ViewSubmission.model_validate(body))
        await ack(response_action="update", view=view)

    for name in (ASK, ESCALATE):
        app.message_shortcut(name)(on_shortcut)
    app.view(FORM)(on_form)
    app.view(WORDS)(on_words)
    app.view(VERIFY)(on_step)


async def _save_event(hands: Hands, body: Body) -> None:
    try:
        envelope = EventEnvelope.model_validate(body)
    except ValidationError as error:
        # Slack would deliver it three more times, and it would be no better.
        log.warning(
            "an event is not understood",
            extra={"event": str(body.get("event_id", "")), "why": _fields(error)},
        )
        return
    await hands.take(envelope)


async def _act(hands: Hands, ack: Ack, body: Body) -> None:
    try:
        pressed = BlockActions.model_validate(body)
    except ValidationError as error:
        log.warning("a press is not understood", extra={"why": _fields(error)})
        await ack()
        return
    if pressed.actions[0].action_id == f"{ACTION_PREFIX}ask":
        await ack()
        await _open(hands.forms, pressed.trigger_id)
        return
    if pressed.actions[0].action_id in (BEGIN, ANEW):
        await ack()
        await hands.verifying.press(pressed)
        return
    if await hands.presses.asks(pressed):
        await ack()
        return
    line = await hands.presses.press(pressed)
    await ack()
    await hands.presses.tell(pressed, line)
    if pressed.view and not pressed.channel:
        await hands.home.pressed(pressed.user.id, pressed.user.team_id)


async def _open(forms: Forms, trigger: str) -> bool:
    try:
        await forms.open(trigger)
    except DeliveryError as error:
        log.info("no form opened", extra={"why": str(error)})
        return False
    return True


async def _submit(
    take: Callable[[ViewSubmission], Awaitable[dict[str, str]]], field: str, ack: Ack, body: Body
) -> None:
    """Taken before it is acknowledged; what cannot be taken stays open with a line under the field."""
    try:
        wrong = await take(ViewSubmission.model_validate(body))
    except (BotError, ValidationError) as error:
        log.warning("a form is not taken", extra={"why": type(error).__name__})
        wrong = {field: "That did not work just now. Please send it again in a moment."}
    if wrong:
        await ack(response_action="errors", errors=wrong)
    else:
        await ack()


async def _obey(hands: Hands, ack: Ack, body: Body) -> None:
    command = SlashCommand.model_validate(body)
    if (
        command.command.endswith("support")
        and not command.text.strip()
        and await _open(hands.forms, command.trigger_id)
    ):
        await ack()
        return
    line = await hands.presses.command(command)
    if not line:
        await ack()
        return
    await ack(response_type="ephemeral", text=fallback(line), blocks=markdown_block(line))


def _fields(error: ValidationError) -> str:
    """Which fields are wrong, without what they hold."""
    return ", ".join(".".join(str(part) for part in each["loc"]) for each in error.errors())
