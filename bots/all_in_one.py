"""`firstline run all`: every platform that is configured, and the page, in one process.

Staff of one platform serve customers of the other.
"""

from contextlib import AsyncExitStack
from functools import partial

from adapters.discord.app import DiscordApp
from adapters.discord.chat import DiscordChat
from adapters.discord.settings import DiscordSettings
from adapters.slack.settings import SlackSettings
from adapters.slack.workspace_mail import WorkspaceMail
from adapters.slack.zones import Zones
from bots.discord_bot import discord_settings
from bots.house import House, Plan
from bots.logs import set_up_logs
from bots.process import Listener, Service, run_service
from bots.settings import Settings
from bots.slack_bot import opened, slack_chat, slack_listener, slack_settings
from bots.staff import rights_of, staff_places
from bots.web import Page
from core.conversation import Thread
from core.errors import SettingsError
from core.handoff import StaffPlaces

_FOLDER = "page"
_NOTHING = (
    "No platform is configured: set SLACK_BOT_TOKEN (or SLACK_CLIENT_ID), or DISCORD_TOKEN, or both. "
    "For the page alone there is `firstline run web`."
)


async def run() -> int:
    """Run the process; returns its exit status."""
    settings = Settings.read()
    environment = settings.environment
    set_up_logs(environment.firstline_log_level)
    slack = slack_settings(settings) if environment.has_slack else None
    discord = discord_settings(settings) if environment.discord_token else None
    if problems := _problems(slack, discord):
        raise SettingsError(problems)
    page = Page.of(settings, environment.data_folder / _FOLDER, shop_folder=environment.data_folder)
    async with AsyncExitStack() as stack:
        chat = await stack.enter_async_context(slack_chat(slack)) if slack else None
        discord_chat = await stack.enter_async_context(DiscordChat(discord)) if discord else None
        plan = Plan(
            [page.chat, *(each for each in (chat, discord_chat) if each is not None)],
            environment.database_url("firstline"),
            environment.data_folder,
            _places(settings, page.chat.staff),
            by_author=page.cast,
            mail=WorkspaceMail(chat.api_of) if chat else None,
            zone_of=Zones(chat.api_of).of if chat else None,
            opened=opened(chat),
        )

        def listeners(house: House) -> dict[str, Listener]:
            found: dict[str, Listener] = {}
            if chat is not None:
                found["slack"] = slack_listener(chat, house)
            if discord_chat is not None:
                found["discord"] = DiscordApp(discord_chat, house.front_desk, cursors=house.store.cursors)
            return found

        signed = slack.own_paths if slack else ()
        app = partial(page.app, signed_paths=signed)
        return await run_service(Service(settings, plan, listeners, app=app, serves_desk=True))


def _problems(slack: SlackSettings | None, discord: DiscordSettings | None) -> list[str]:
    if slack is None and discord is None:
        return [_NOTHING]
    return [*(slack.problems() if slack else ()), *(discord.problems() if discord else ())]


def _places(settings: Settings, page_staff: Thread) -> StaffPlaces:
    """Visitors of the page are looked after there, unless the platforms' staff do; everybody else by the latter."""
    configuration = settings.configuration
    on_platforms = staff_places(
        {"slack": configuration.slack.staff_channel, "discord": configuration.discord.staff_channel},
        rights_of(configuration),
    )
    if configuration.desk.visitors == "platforms":
        return on_platforms
    return lambda thread: (page_staff,) if thread.platform == page_staff.platform else on_platforms(thread)
