"""Proving who one is, in a form that nobody else sees. What is typed into it is logged nowhere."""

import logging
from typing import Any

from pydantic import JsonValue

from adapters.slack.api import SlackApi
from adapters.slack.identity import Own
from adapters.slack.interactions import BlockActions, ViewSubmission
from adapters.slack.markup import as_mrkdwn
from adapters.slack.names import Names
from adapters.slack.rendering import ACTION_PREFIX
from core.conversation import Thread
from core.errors import BotError, DeliveryError
from core.identity import Step
from core.ports import FrontDesk
from core.reply import Press

log = logging.getLogger(__name__)

PLATFORM = "slack"
VERIFY = "firstline_verify"
BEGIN, ANEW = f"{ACTION_PREFIX}verify", f"{ACTION_PREFIX}verify_again"
_LABELS = {"address": "E-mail address", "code": "Code"}
_MOST_CHARS = 200
_PLACE = "home"
_NOT_NOW = Step("That did not work just now. Please close this and try again in a moment.")


class Verifying:
    """Opens the form and takes it through its steps."""

    def __init__(self, api: SlackApi, desk: FrontDesk, own: Own, names: Names) -> None:
        self._api = api
        self._desk = desk
        self._own = own
        self._names = names

    async def press(self, body: BlockActions) -> None:
        """Open the form on a press, or begin anew within it."""
        pressed, name = body.actions[0], body.user.name or body.user.username
        step = await self._step("verify_again" if body.view else "verify", body.user.id, name, pressed.value)
        view = step_view(step, pressed.value)
        try:
            if body.view:
                await self._api.call("views.update", view_id=body.view.id, view=view)
            else:
                await self._api.call("views.open", trigger_id=body.trigger_id, view=view)
        except DeliveryError as error:
            log.info("no form to verify", extra={"why": str(error)})

    async def submitted(self, sent: ViewSubmission) -> dict[str, JsonValue]:
        """Take what was typed; what the form shows next."""
        asked, _, turn_id = sent.view.private_metadata.partition(":")
        name = sent.user.name or sent.user.username
        step = await self._step(f"verify_{asked}", sent.user.id, name, turn_id, text=sent.value(asked))
        return step_view(step, turn_id)

    async def _step(self, action: str, user: str, name: str, turn_id: str, *, text: str = "") -> Step:
        self._names.learn(user, name)
        key = f"slack:{self._own.team}:{user}:{action}"
        place = Thread(self._own.team, PLATFORM, _PLACE)
        try:
            return await self._desk.verify(Press(key, action, turn_id, user, self._names.of(user), place, text=text))
        except BotError as error:
            log.warning("not verified", extra={"why": type(error).__name__})
            return _NOT_NOW


def step_view(step: Step, turn_id: str) -> dict[str, JsonValue]:
    """A step as a form."""
    blocks: list[JsonValue] = [{"type": "section", "text": {"type": "mrkdwn", "text": as_mrkdwn(step.line)}}]
    view: dict[str, JsonValue] = {
        "type": "modal",
        "callback_id": VERIFY,
        "private_metadata": f"{step.asks}:{turn_id}",
        "title": _plain("Verify it's you"),
        "close": _plain("Close"),
        "blocks": blocks,
    }
    if step.asks == "nothing":
        return view
    element: dict[str, Any] = {"type": "plain_text_input", "action_id": "value", "max_length": _MOST_CHARS}
    # A block's own id keeps what was typed into an earlier step from staying in the field.
    blocks.append({"type": "input", "block_id": step.asks, "label": _plain(_LABELS[step.asks]), "element": element})
    if step.asks == "code":
        anew: dict[str, JsonValue] = {"type": "button", "action_id": ANEW, "text": _plain("Send a new code")}
        blocks.append({"type": "actions", "elements": [{**anew, "value": turn_id or "-"}]})
    return {**view, "submit": _plain("Continue")}


def _plain(text: str) -> JsonValue:
    return {"type": "plain_text", "text": text}
