"""Slash commands as Discord is told of them."""

from typing import Literal

import discord
from discord import app_commands

from adapters.discord.presses import Presses

COMMANDS = ("support", "escalate", "status", "case", "Ask Firstline", "Escalate")
_QUESTION_CHARS = 2_000
_REASON_CHARS = 500
_REPLY_CHARS = 4_000
_DONE = {"return": "hand_back"}
_WITHOUT_WORDS = "What is this?"

Answered = discord.Interaction[discord.Client]


def command_tree(client: discord.Client, presses: Presses) -> app_commands.CommandTree[discord.Client]:
    """The commands, in servers and in direct messages with the bot."""
    tree = app_commands.CommandTree(
        client,
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )

    @tree.command(description="Ask a question and get an answer here")
    @app_commands.describe(question="What can I help you with?", image="A screenshot or photo that shows it")
    async def support(
        interaction: Answered,
        question: app_commands.Range[str, 0, _QUESTION_CHARS] = "",
        image: discord.Attachment | None = None,
    ) -> None:
        if question.strip() or image:
            await presses.support(interaction, question or _WITHOUT_WORDS, [image] if image else [])
        else:
            await presses.ask_for_words(interaction)

    @tree.command(description="Talk to a person about your case")
    @app_commands.describe(reason="What should the person know?")
    async def escalate(interaction: Answered, reason: app_commands.Range[str, 0, _REASON_CHARS] = "") -> None:
        await presses.act(interaction, "escalate", text=reason)

    @tree.command(name="case", description="For the team: deal with a case by its id, wherever its room is")
    @app_commands.describe(do="What to do", case="Its id, like C-7K2M9X", text="Words for the customer, or a note")
    @app_commands.default_permissions(manage_messages=True)
    async def deal(
        interaction: Answered,
        do: Literal["list", "claim", "reply", "note", "release", "return", "resolve"],
        case: app_commands.Range[str, 0, 40] = "",
        text: app_commands.Range[str, 0, _REPLY_CHARS] = "",
    ) -> None:
        if do == "list":
            await presses.desk(interaction)
        else:
            await presses.act(interaction, _DONE.get(do, do), case.strip().upper(), text=text)

    async def own_cases(interaction: Answered, typed: str) -> list[app_commands.Choice[str]]:
        return await presses.own_cases(interaction, typed)

    @tree.command(description="See your open cases")
    @app_commands.describe(case="Only this one")
    @app_commands.autocomplete(case=own_cases)
    async def status(interaction: Answered, case: app_commands.Range[str, 0, 40] = "") -> None:
        await presses.status(interaction, case)

    @tree.context_menu(name="Ask Firstline")
    async def ask(interaction: Answered, message: discord.Message) -> None:
        await presses.ask_about(interaction, message)

    @tree.context_menu(name="Escalate")
    async def escalate_message(interaction: Answered, message: discord.Message) -> None:
        await presses.act(interaction, "escalate", text=message.content[:_REASON_CHARS])

    return tree
