"""The least that a streaming Discord bot on discord.py does: first text at once, an edit a second, nothing kept."""

import os
import time

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bench.floors.lean import client as model_client
from bench.floors.lean import deltas

EDIT_S = 1.0


class Bot(discord.Client):
    """Answers direct messages and mentions."""

    async def setup_hook(self) -> None:
        """Make the model's client where a loop runs."""
        self.model = model_client()

    async def on_message(self, message: discord.Message) -> None:
        """Stream one answer."""
        if message.author.bot or (message.guild and self.user not in message.mentions):
            return
        text, shown, reply, edited = "", "", None, 0.0
        async for piece in deltas(self.model, message.content):
            text += piece
            now = time.monotonic()
            if text != shown and now - edited >= EDIT_S:
                if reply is None:
                    reply = await message.reply(text, mention_author=False)
                else:
                    await reply.edit(content=text)
                shown, edited = text, now
        if reply is None:
            await message.reply(text, mention_author=False)
        elif shown != text:
            await reply.edit(content=text)


def main() -> None:
    """Answer until ended."""
    Route.BASE = os.environ["DISCORD_API_URL"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    intents = discord.Intents.default()
    intents.message_content = True
    Bot(intents=intents).run(os.environ["DISCORD_TOKEN"], log_level=30)


if __name__ == "__main__":
    main()
