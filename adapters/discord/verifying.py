"""Proving who one is, in messages and forms that nobody else sees. What is typed there is logged nowhere."""

import logging
from typing import Any, cast

import discord

from adapters.discord.errors import translated
from adapters.discord.places import place_of
from adapters.discord.rendering import LIMIT_CHARS, custom_id, pressed
from core.conversation import Thread
from core.errors import BotError, DeliveryError
from core.identity import Step
from core.ports import FrontDesk
from core.reply import Button, Press

log = logging.getLogger(__name__)

Answered = discord.Interaction[discord.Client]
_BEGIN, _ANEW = ("verify", "verify_again")
_FIELDS = {"verify_address": "E-mail address", "verify_code": "Code"}
_LABELS = {"verify_address": "Enter my e-mail address", "verify_code": "Enter the code"}
_MOST_CHARS = 200
_NOT_NOW = Step("That did not work just now. Please try again in a moment.")


class Verifying:
    """Takes somebody through the steps: a message of their own with a button, a form behind the button."""

    def __init__(self, desk: FrontDesk) -> None:
        self._desk = desk

    async def take(self, interaction: Answered) -> bool:
        """Act on a press or a form of ours; False when it is about something else."""
        data = cast(dict[str, Any], interaction.data or {})
        found = pressed(str(data.get("custom_id", "")))
        if found is None or not found[0].startswith(_BEGIN):
            return False
        action, turn_id = found
        is_form = interaction.type is discord.InteractionType.modal_submit
        try:
            if action in _FIELDS and not is_form:
                await self._ask(interaction, action, turn_id)
                return True
            with translated("verifying"):
                await interaction.response.defer(ephemeral=True, thinking=True)
            await self._show(interaction, await self._step(interaction, action, turn_id, _typed(data)), turn_id)
        except DeliveryError as error:
            log.warning("nobody is verified", extra={"why": str(error)})
        return True

    async def _ask(self, interaction: Answered, action: str, turn_id: str) -> None:
        made = custom_id(Button(action, turn_id, ""))
        form = discord.ui.Modal(title="Verify it's you", custom_id=made, timeout=60)
        field = discord.ui.TextInput[discord.ui.Modal](label=_FIELDS[action], custom_id="value", max_length=_MOST_CHARS)
        form.add_item(field)
        with translated("verifying"):
            await interaction.response.send_modal(form)
        form.stop()  # what is sent with it comes in as an event, after a restart too

    async def _step(self, interaction: Answered, action: str, turn_id: str, text: str) -> Step:
        place = place_of(interaction.channel, interaction.guild_id, interaction.channel_id or 0)
        user = interaction.user
        press = Press(
            key=f"discord:interaction:{interaction.id}",
            action=action,
            value=turn_id,
            presser_id=str(user.id),
            presser_name=user.display_name,
            thread=place.thread or Thread(place.tenant, "discord", place.channel),
            text=text,
        )
        try:
            return await self._desk.verify(press)
        except BotError as error:
            log.warning("not verified", extra={"why": type(error).__name__})
            return _NOT_NOW

    async def _show(self, interaction: Answered, step: Step, turn_id: str) -> None:
        view = discord.ui.View(timeout=60)
        if step.asks != "nothing":
            action = f"verify_{step.asks}"
            view.add_item(_button(action, turn_id, _LABELS[action], discord.ButtonStyle.success))
        if step.asks == "code":
            view.add_item(_button(_ANEW, turn_id, "Send a new code", discord.ButtonStyle.secondary))
        with translated("verifying"):
            await interaction.edit_original_response(
                content=step.line[:LIMIT_CHARS], view=view, allowed_mentions=discord.AllowedMentions.none()
            )
        view.stop()


def _button(action: str, turn_id: str, label: str, style: discord.ButtonStyle) -> discord.ui.Button[discord.ui.View]:
    made = custom_id(Button(action, turn_id, ""))
    return discord.ui.Button(label=label, style=style, custom_id=made)


def _typed(data: dict[str, Any]) -> str:
    """The text of a form's one field, however it is wrapped."""
    for row in cast(list[dict[str, Any]], data.get("components", [])):
        for each in cast(list[dict[str, Any]], row.get("components", [row.get("component", {})])):
            if each.get("custom_id") == "value":
                return str(each.get("value", ""))
    return ""
