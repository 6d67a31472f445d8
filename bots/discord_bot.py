"""`firstline run discord`."""

import logging
from contextlib import AsyncExitStack

from pydantic import SecretStr

from adapters.discord.app import DiscordApp
from adapters.discord.chat import DiscordChat
from adapters.discord.settings import DiscordSettings
from bots.house import Plan
from bots.logs import set_up_logs
from bots.process import Service, run_service
from bots.settings import Settings
from bots.staff import rights_of, staff_places
from core.errors import SettingsError

log = logging.getLogger(__name__)


async def run() -> int:
    """Run the process; returns its exit status."""
    settings = Settings.read()
    set_up_logs(settings.environment.firstline_log_level)
    discord = discord_settings(settings)
    if problems := discord.problems():
        raise SettingsError(problems)
    if not discord.staff_channel:
        log.warning("no staff channel: set [discord] staff_channel, so that people can approve and take over")
    async with AsyncExitStack() as stack:
        chat = await stack.enter_async_context(DiscordChat(discord))
        plan = Plan(
            [chat],
            settings.environment.database_url("firstline"),
            settings.environment.data_folder,
            staff_places({"discord": discord.staff_channel}, rights_of(settings.configuration)),
        )
        return await run_service(
            Service(
                settings,
                plan,
                lambda house: {"discord": DiscordApp(chat, house.front_desk, cursors=house.store.cursors)},
            )
        )


def discord_settings(settings: Settings) -> DiscordSettings:
    """Environment and `[discord]` as the adapter takes them."""
    environment, table = settings.environment, settings.configuration.discord
    addresses = {"api_url": environment.discord_api_url, "gateway_url": environment.discord_gateway_url}
    return DiscordSettings.model_validate(
        {
            **table.model_dump(),
            **{name: address for name, address in addresses.items() if address},
            "staff_channels": rights_of(settings.configuration).staff_channels("discord"),
            "token": SecretStr(environment.discord_token),
            "hears_voice": settings.configuration.models.transcription is not None,
        }
    )
