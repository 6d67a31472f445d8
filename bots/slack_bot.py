"""`firstline run slack`."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from pydantic import SecretStr

from adapters.slack.app import SlackApp
from adapters.slack.chat import SlackChat
from adapters.slack.settings import SlackSettings
from adapters.slack.several import SlackApps
from adapters.slack.workspace_mail import WorkspaceMail
from adapters.slack.workspaces import Workspaces
from adapters.slack.zones import Zones
from adapters.storage.store import Store
from bots.house import House, Plan
from bots.logs import set_up_logs
from bots.process import Listener, Service, run_service
from bots.settings import Settings
from bots.staff import groups_of, rights_of, staff_places
from core.errors import SettingsError

log = logging.getLogger(__name__)


async def run() -> int:
    """Run the process; returns its exit status."""
    settings = Settings.read()
    set_up_logs(settings.environment.firstline_log_level)
    slack = slack_settings(settings)
    if problems := slack.problems():
        raise SettingsError(problems)
    if not slack.staff_channel:
        log.warning("no staff channel: set [slack] staff_channel, so that people can approve and take over")
    async with AsyncExitStack() as stack:
        chat = await stack.enter_async_context(slack_chat(slack))
        plan = Plan(
            [chat],
            settings.environment.database_url("firstline"),
            settings.environment.data_folder,
            staff_places({"slack": slack.staff_channel}, rights_of(settings.configuration)),
            mail=WorkspaceMail(chat.api_of),
            zone_of=Zones(chat.api_of).of,
            opened=opened(chat),
        )
        return await run_service(Service(settings, plan, lambda house: {"slack": slack_listener(chat, house)}))


def slack_chat(settings: SlackSettings) -> SlackChat | Workspaces:
    """One workspace, or all that install the app."""
    return Workspaces(settings) if settings.is_installable else SlackChat(settings)


def opened(chat: SlackChat | Workspaces | None) -> Callable[[Store], Awaitable[None]] | None:
    """What a chat waits for before anything is delivered: the workspaces that are in the database."""
    if not isinstance(chat, Workspaces):
        return None
    return lambda store: chat.use(store.installations)


def slack_listener(chat: SlackChat | Workspaces, house: House) -> Listener:
    """What takes Slack's events."""
    if isinstance(chat, Workspaces):
        return SlackApps(chat, house.front_desk, house.store.cursors, house.store.installations)
    return SlackApp(chat, house.front_desk, house.store.cursors)


def slack_settings(settings: Settings) -> SlackSettings:
    """Environment and `[slack]` as the adapter takes them."""
    environment, table = settings.environment, settings.configuration.slack
    address = {"api_url": environment.slack_api_url} if environment.slack_api_url else {}
    return SlackSettings.model_validate(
        {
            **table.model_dump(),
            **address,
            "staff_channels": rights_of(settings.configuration).staff_channels("slack"),
            "reads_mail": bool(settings.configuration.identity.workspace_domains),
            "groups": groups_of(settings.configuration),
            "known_bots": settings.configuration.manners.bots,
            "bot_token": SecretStr(environment.slack_bot_token),
            "app_token": SecretStr(environment.slack_app_token),
            "signing_secret": SecretStr(environment.slack_signing_secret),
            "client_id": environment.slack_client_id,
            "client_secret": SecretStr(environment.slack_client_secret),
        }
    )
