"""Buttons and slash commands as presses and messages of the core.

Discord waits three seconds for the first answer to an interaction, so that comes before anything else.
"""

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from dataclasses import replace

import discord
from discord import app_commands

from adapters.discord.asking import SUPPORT, support_form, typed_words, uploads
from adapters.discord.chat import DiscordChat
from adapters.discord.errors import ACKNOWLEDGED, Refused, translated
from adapters.discord.files import Upload, attachment_of
from adapters.discord.places import Place, groups_of, place_of, staff_place
from adapters.discord.private import names_an_account, stub
from adapters.discord.rendering import LIMIT_CHARS, pressed
from adapters.discord.settings import PLATFORM
from adapters.discord.waiting import TOKEN_LIFE_S, command_key
from core import phrases
from core.asking import ASKED, MOST_CHARS, Asked
from core.conversation import Author, Message, Thread
from core.errors import BotError, DeliveryError
from core.passedon import passed_on
from core.ports import FrontDesk
from core.reply import Press

log = logging.getLogger(__name__)

_WORK_S = 20.0
_FORM_S = 1.5
"""A form has to open within three seconds of the press."""
_OFFER_S = 2.0
"""Discord waits three seconds for what it offers."""
_CHOICES, _CHOICE_CHARS = 25, 100
_NOT_SAVED = "That did not work just now. Please try again in a moment."
_NO_PLACE = "I cannot write here. Please use me in a channel that I can see, or write to me directly."
_DONE = "Done."
Answered = discord.Interaction[discord.Client]


class Presses:
    """Hands presses and commands to the desk; what comes back is for the presser alone."""

    def __init__(self, chat: DiscordChat, desk: FrontDesk) -> None:
        self._chat = chat
        self._desk = desk

    async def press(self, interaction: Answered) -> None:
        """Act on one of our buttons."""
        found = pressed(str((interaction.data or {}).get("custom_id", "")))
        if found is None:
            return
        if found[0] in ASKED:
            asked = await self._form(self._press(interaction, *found))
            await self._ask(interaction, asked, str((interaction.data or {}).get("custom_id", "")))
        elif await self._first_answer(interaction):
            await self._act(interaction, self._press(interaction, *found))
            if found[0] == "confirm" and found[1].startswith("no:"):
                await self._chat.solved.mark(self._whose_thread(interaction), is_solved=False)

    async def asked(self, interaction: Answered) -> None:
        """Act on the words of a form that one of our buttons opened."""
        data = interaction.data or {}
        found = pressed(str(data.get("custom_id", "")))
        if found is not None and found[0] == SUPPORT:
            await self.support(interaction, typed_words(data.get("components")), uploads(data))
        elif found is not None and await self._first_answer(interaction):
            await self._act(interaction, self._press(interaction, *found, text=typed_words(data).strip()))

    async def _form(self, press: Press) -> Asked:
        """The form, with what stands in it already where that can be told in time."""
        try:
            async with asyncio.timeout(_FORM_S):
                return await self._desk.form(press) or ASKED[press.action]
        except (BotError, TimeoutError):
            return ASKED[press.action]

    async def ask_for_words(self, interaction: Answered) -> None:
        """`/support` without a question: a form for it, with room for files."""
        try:
            with translated("form"):
                await interaction.response.send_modal(support_form(TOKEN_LIFE_S))
        except DeliveryError as error:
            log.info("no form opened", extra={"why": str(error)})

    async def _ask(self, interaction: Answered, asked: Asked, custom_id: str) -> None:
        form = discord.ui.Modal(title=asked.title, custom_id=custom_id, timeout=TOKEN_LIFE_S)
        field = discord.ui.TextInput[discord.ui.Modal](
            style=discord.TextStyle.paragraph,
            custom_id="words",
            required=not asked.is_optional,
            default=asked.begins_with or None,
            max_length=MOST_CHARS,
        )
        form.add_item(discord.ui.Label[discord.ui.Modal](text=asked.label, component=field))
        try:
            with translated("form"):
                await interaction.response.send_modal(form)
        except DeliveryError as error:
            log.info("no form opened", extra={"why": str(error)})

    async def _act(self, interaction: Answered, press: Press) -> None:
        line = await self._saved(self._desk.press(press))
        if line:
            with translated("line for the presser"):
                await interaction.followup.send(line[:LIMIT_CHARS], ephemeral=True)

    async def act(self, interaction: Answered, action: str, value: str = "", *, text: str = "") -> None:
        """A command that does what a button does: `/escalate`, and what staff do with a case they name."""
        if await self._first_answer(interaction, thinking=True, ephemeral=True):
            press = self._press(interaction, action, value, text=text.strip())
            await self._tell(interaction, await self._saved(self._desk.press(press)))

    async def desk(self, interaction: Answered) -> None:
        """`/case list`: what people have to deal with, whatever platform its room is on; for staff alone."""
        if await self._first_answer(interaction, thinking=True, ephemeral=True):
            press = self._press(interaction, "list", "")
            line = await self._saved(self._listed(press.thread)) if press.is_staff_place else phrases.NOT_ALLOWED
            await self._tell(interaction, line)

    async def _listed(self, place: Thread) -> str:
        return "\n".join(each.line for each in await self._desk.desk(place)) or "Nothing waits."

    async def status(self, interaction: Answered, case_id: str = "") -> None:
        """`/status`: the presser's own cases, or one of them."""
        if await self._first_answer(interaction, thinking=True, ephemeral=True):
            await self._tell(interaction, await self._saved(self._status(interaction, case_id.strip())))

    async def _status(self, interaction: Answered, case_id: str) -> str:
        thread = self._whose_thread(interaction)
        if not case_id:
            return await self._desk.status(_author(interaction), thread)
        listed = await self._desk.open_cases(_author(interaction), thread)
        return next((each.line for each in listed if each.case_id.casefold() == case_id.casefold()), phrases.NO_CASE)

    async def own_cases(self, interaction: Answered, typed: str) -> list[app_commands.Choice[str]]:
        """What Discord offers while somebody types: their own open cases, and nobody else's."""
        try:
            async with asyncio.timeout(_OFFER_S):
                listed = await self._desk.open_cases(_author(interaction), self._whose_thread(interaction))
        except (BotError, TimeoutError) as error:
            log.info("no cases offered", extra={"why": type(error).__name__})
            return []
        near = [each for each in listed if typed.casefold() in each.title.casefold()]
        return [app_commands.Choice(name=each.title[:_CHOICE_CHARS], value=each.case_id) for each in near[:_CHOICES]]

    def _whose_thread(self, interaction: Answered) -> Thread:
        place = self._place(interaction)
        return place.thread or place.thread_on(str(interaction.id))

    async def support(
        self,
        interaction: Answered,
        question: str,
        files: Sequence[discord.Attachment | Upload],
        *,
        about: discord.Message | None = None,
    ) -> None:
        """`/support`: the answer is the command's own response, and its thread hangs on that."""
        line = await self._saved(self._support(interaction, question, files, about))
        if line:
            await self._tell(interaction, line)

    async def ask_about(self, interaction: Answered, message: discord.Message) -> None:
        """ "Ask Firstline" on a message: what it says is the question, its pictures come along."""
        files = [*message.attachments, *(file for each in message.message_snapshots for file in each.attachments)]
        words = message.content if message.author.id == interaction.user.id else passed_on(message.content)
        await self.support(interaction, words or "What is this?", files, about=message)

    async def _support(
        self,
        interaction: Answered,
        question: str,
        files: Sequence[discord.Attachment | Upload],
        about: discord.Message | None,
    ) -> str:
        response = await self._open_response(interaction)
        place = self._place(interaction)
        channel, post = interaction.channel_id or 0, about.id if about else int(response)
        others = str(about.author.id) if about and about.author.id != interaction.user.id else ""
        private = await self._private_thread(interaction, place, question)
        message = Message(
            id=str(interaction.id) if private else response,
            thread=private or place.thread or place.thread_on(response),
            author=_author(interaction),
            text=question.strip(),
            sent_at=interaction.created_at,
            attachments=tuple(
                replace(attachment_of(each, channel=channel, message=post), author_id=others) for each in files
            ),
            keys=(f"discord:interaction:{interaction.id}", *(() if private else (command_key(interaction.id),))),
            is_private=place.is_private,
        )
        await self._desk.receive(message)
        return stub(private) if private else ""

    async def _private_thread(self, interaction: Answered, place: Place, question: str) -> Thread | None:
        is_public = place.thread is None
        if not (is_public and self._chat.settings.private_threads and names_an_account(question)):
            return None
        person, own = str(interaction.user.id), str(interaction.id)
        return await self._chat.private.open(place.tenant, place.channel, person=person, message=own)

    async def _open_response(self, interaction: Answered) -> str:
        """Say that we are thinking; the id of the message that will hold the answer."""
        try:
            with translated("command"):
                opened = await interaction.response.defer(thinking=True)
                message = opened.message_id if opened else None
                if message is None:
                    message = (await interaction.original_response()).id
        except Refused as refusal:
            if refusal.code != ACKNOWLEDGED:
                # Too late for a response: an ordinary message takes its place.
                return await self._place_holder(interaction)
            # Our first try was taken, its answer got lost; or a second process was faster, and then has saved it.
            with translated("command"):
                message = (await interaction.original_response()).id
        left_s = TOKEN_LIFE_S - (discord.utils.utcnow() - interaction.created_at).total_seconds()
        self._chat.waiting.put(
            str(message), application=interaction.application_id, token=interaction.token, left_s=left_s
        )
        return str(message)

    async def _place_holder(self, interaction: Answered) -> str:
        log.info("a command came too late for its response", extra={"place": interaction.channel_id})
        place = self._place(interaction)
        return await self._chat.begin_message(Thread(place.tenant, PLATFORM, place.channel), str(interaction.id))

    def _press(self, interaction: Answered, action: str, value: str, *, text: str = "") -> Press:
        place = self._place(interaction)
        author = _author(interaction)
        message = interaction.message
        return Press(
            key=f"discord:interaction:{interaction.id}",
            action=action,
            value=value,
            presser_id=author.id,
            presser_name=author.name,
            thread=place.thread or self._thread_of(place, str(message.id if message else interaction.id)),
            is_staff_place=self._is_staff(interaction, place),
            presser_groups=groups_of(interaction.user),
            text=text,
        )

    def _is_staff(self, interaction: Answered, place: Place) -> bool:
        """By role where roles are set; else by being able to press in the staff channel."""
        settings, user = self._chat.settings, interaction.user
        if not settings.staff_roles:
            return staff_place(settings.all_staff, place)
        return isinstance(user, discord.Member) and any(user.get_role(int(each)) for each in settings.staff_roles)

    def _thread_of(self, place: Place, message: str) -> Thread:
        return self._chat.threads.of_answer(message) or place.thread_on(message)

    def _place(self, interaction: Answered) -> Place:
        return place_of(interaction.channel, interaction.guild_id, interaction.channel_id or 0)

    async def _first_answer(self, interaction: Answered, *, thinking: bool = False, ephemeral: bool = False) -> bool:
        """Tell Discord that we have it. False when somebody else has told it already: then it is theirs."""
        try:
            with translated("interaction"):
                await interaction.response.defer(thinking=thinking, ephemeral=ephemeral)
        except Refused as refusal:
            log.info("not answered in time", extra={"code": refusal.code})
            return refusal.code != ACKNOWLEDGED
        except DeliveryError as error:
            log.warning("not answered in time", extra={"why": str(error)})
        return True

    async def _tell(self, interaction: Answered, line: str) -> None:
        """The response to a command that only the presser sees."""
        try:
            with translated("line for the presser"):
                await interaction.edit_original_response(
                    content=line[:LIMIT_CHARS] or _DONE, allowed_mentions=discord.AllowedMentions.none()
                )
        except DeliveryError as error:
            log.warning("the presser is not told", extra={"why": str(error)})

    async def _saved(self, work: Awaitable[str]) -> str:
        try:
            async with asyncio.timeout(_WORK_S):
                return await work
        except (BotError, TimeoutError) as error:
            log.warning("not acted on", extra={"why": f"{type(error).__name__}: {error}"})
            return _NO_PLACE if isinstance(error, Refused) else _NOT_SAVED


def _author(interaction: Answered) -> Author:
    return Author(str(interaction.user.id), interaction.user.display_name)
