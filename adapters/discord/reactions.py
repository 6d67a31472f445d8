"""A stop sign put on a message ends the answer to it, as the word `stop` does."""

from collections.abc import Collection

import discord

from adapters.discord.places import DIRECT
from adapters.discord.settings import PLATFORM
from core.conversation import Thread
from core.ports import FrontDesk
from core.reply import Press

SIGNS = frozenset({"\N{OCTAGONAL SIGN}", "\N{BLACK SQUARE FOR STOP}", "\N{RAISED HAND}", "\N{NO ENTRY}",
                   "\N{NO ENTRY SIGN}"})  # fmt: skip
_VARIANT = "\N{VARIATION SELECTOR-16}"


async def stop_by_reaction(
    desk: FrontDesk, event: discord.RawReactionActionEvent, *, own_id: int, staff_channels: Collection[str]
) -> None:
    """Hand a stop sign to the desk; all other reactions are people's own. Raises `StoreError`."""
    if event.user_id == own_id or event.emoji.name.strip(_VARIANT) not in SIGNS:
        return
    tenant = str(event.guild_id) if event.guild_id is not None else DIRECT
    channel, message = str(event.channel_id), str(event.message_id)
    own_thread = Thread(tenant, PLATFORM, message, channel)
    place = Thread(tenant, PLATFORM, channel)
    # A message of a channel begins a thread of its own; anywhere else the channel is the conversation.
    for thread in (place, own_thread) if event.guild_id is not None else (place,):
        press = Press(
            key=f"discord:reaction:{message}:{event.user_id}",
            action="stop",
            value=message,
            presser_id=str(event.user_id),
            presser_name=event.member.display_name if event.member else "",
            thread=thread,
            is_staff_place=channel in staff_channels,
        )
        if not await desk.press(press):
            return
