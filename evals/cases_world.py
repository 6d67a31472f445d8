"""A whole Firstline between two stand-in platforms and a stand-in model, all over loopback sockets, in one process."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.discord.app import DiscordApp
from adapters.discord.chat import DiscordChat
from adapters.storage.store import Store
from bots.discord_bot import discord_settings
from bots.house import House, Plan, open_house
from bots.settings import Configuration, Environment, Settings
from bots.slack_bot import opened, slack_chat, slack_listener, slack_settings
from bots.staff import rights_of, staff_places
from core.installing import Installation
from evals.cases_model import CaseModel
from evals.cases_people import People
from evals.cases_seats import (
    PATIENCE_S,
    DiscordSeat,
    Seat,
    SlackSeat,
    discord_custom,
    slack_elements,
    slack_text,
)
from evals.cases_tenants import LOBBY, PRIVATE, TEAM, Tenant, desk, furnish, pages, tenants
from tests.servers import discord as discords
from tests.servers import model as models
from tests.servers import slack as slacks

Json = dict[str, Any]
Opened = Callable[[Store], Awaitable[None]]
_NOT_READY_S = 0.2
PRICE = {"input": "0.60", "cached": "0.15", "output": "0.80"}
"""Of a million tokens: the price book that costs are stated under."""
_KNOWLEDGE = Path(__file__).resolve().parents[1] / "examples" / "shop" / "knowledge"


@dataclass
class World:
    """Everything of one run."""

    house: House
    folder: Path
    slack: slacks.SlackSim
    discord: discords.DiscordSim
    model: CaseModel
    configuration: Configuration
    tenants: Sequence[Tenant] = ()
    _users: int = 10

    def tenant(self, platform: str, n: int = 0) -> Tenant:
        """One of the tenants of a platform, by turns."""
        some = [each for each in self.tenants if each.platform == platform]
        return some[n % len(some)]

    def seat(self, tenant: Tenant, *, in_room: bool = False, beside: Seat | None = None) -> Seat:
        """A new person's place with a tenant; `beside`: in the thread that somebody else began."""
        self._users += 1
        if tenant.platform == "slack":
            user = self.slack.user(self._users, TEAM if tenant.id == TEAM.id else slacks.HOME)
            return SlackSeat(self.slack, user, tenant, in_room=in_room, beside=beside)
        where = tenant if in_room else PRIVATE
        return DiscordSeat(self.discord, self.discord.user(self._users), where, beside=beside)

    def staff_shown(self, tenant: Tenant) -> list[str]:
        """All that stands in the room of a tenant's team, and in its threads."""
        if tenant.platform == "slack":
            return [slack_text(each) for each in self.slack.messages[tenant.staff].values()]
        rooms = [tenant.staff]
        rooms += [key for key, each in self.discord.channels.items() if each.get("parent_id") == tenant.staff]
        return [discords.shown_text(each) for room in rooms for each in self.discord.messages[room].values()]

    async def press_card(self, seat: Seat, words: str, action: str) -> None:
        """A person of the team presses a button of the card that shows these words."""
        await self._press(seat, words, action, self._person_of(seat.tenant), seat.tenant.staff)

    async def forge_press(self, seat: Seat, words: str, action: str) -> None:
        """A customer sends the press of a staff card from their own conversation."""
        own = self.slack.dm(seat.user) if seat.tenant.platform == "slack" else self.discord.dm(seat.user)
        await self._press(seat, words, action, seat.user, own)

    async def press_from_elsewhere(self, seat: Seat, words: str, action: str) -> None:
        """A person of another tenant's team sends the press from their own room."""
        other = next(each for each in self.tenants if each.platform == seat.tenant.platform and each != seat.tenant)
        await self._press(seat, words, action, self._person_of(other), other.staff)

    def _person_of(self, tenant: Tenant) -> str:
        if tenant.platform == "discord":
            return self.discord.user(1)
        return self.slack.user(2, TEAM) if tenant.id == TEAM.id else self.slack.user(1)

    async def _press(self, seat: Seat, words: str, action: str, user: str, channel: str) -> None:
        card = seat.tenant.staff
        if seat.tenant.platform == "slack":
            message, button = await self.slack.changes.until(
                lambda: self._slack_button(card, words, action), timeout_s=PATIENCE_S
            )
            await self.slack.action(user, button, message, channel)
            return
        pressed, custom = await self.discord.changes.until(
            lambda: self._discord_button(card, words, action), timeout_s=PATIENCE_S
        )
        await self.discord.press(user, pressed | {"channel_id": channel}, custom)

    def _slack_button(self, card: str, words: str, action: str) -> tuple[Json, Json] | None:
        for message in reversed(self.slack.messages[card].values()):
            if words not in slack_text(message):
                continue
            for element in slack_elements(message):
                if str(element.get("action_id", "")).startswith(f"firstline:{action}"):
                    return message, {"action_id": element["action_id"], "value": element["value"]}
        return None

    def _discord_button(self, card: str, words: str, action: str) -> tuple[Json, str] | None:
        for message in reversed(self.discord.messages[card].values()):
            if words not in discords.shown_text(message):
                continue
            if custom := discord_custom(message, action):
                return message, custom
        return None


def settings_for(
    folder: Path, slack_url: str, discord_url: str, model_url: str, all_of: Sequence[Tenant], more: Json
) -> Settings:
    """Our own settings, whatever is set on this machine; `more` are tables in the place of these."""
    environment = Environment(
        _env_file=None,  # pyright: ignore[reportCallIssue] - pydantic-settings knows it
        openai_api_key="test",
        openai_base_url=f"{model_url}/v1",
        local_chat_gguf="",
        slack_bot_token=slacks.BOT_TOKEN,
        slack_app_token=slacks.APP_TOKEN,
        slack_signing_secret=slacks.SIGNING_SECRET,
        slack_client_id=slacks.CLIENT_ID,
        slack_client_secret=slacks.CLIENT_SECRET,
        slack_api_url=f"{slack_url}/api/",
        discord_token=discords.BOT_TOKEN,
        discord_api_url=f"{discord_url}/api/v10",
        discord_gateway_url=f"{discord_url.replace('http', 'ws', 1)}/gateway",
        firstline_data_dir=str(folder),
        firstline_database_url=f"sqlite:///{folder / 'cases.sqlite3'}",
    )
    configuration = Configuration.model_validate(
        {
            "demo": {"enabled": False},
            "identity": {"module": "examples.shop.identity"},
            "knowledge": {"folders": [str(_KNOWLEDGE), str(folder / "pages")]},
            "money": {"prices": [PRICE]},
            "pace": {"messages_per_minute": 0},
            "escalation": {"repeat_contacts": 4},
            "desk": desk(all_of),
            "discord": {"staff_channel": LOBBY},
            **more,
        }
    )
    return Settings(environment, configuration)


@asynccontextmanager
async def open_world(folder: Path, people: People, more: Json | None = None) -> AsyncGenerator[World, None]:
    """Both platforms connected, each with two tenants, nothing said yet."""
    slack = slacks.SlackSim(slacks.Config(echo_events=True, ack_timeout_s=_NOT_READY_S, retry_delays_s=(0.0,) * 100))
    discord, model = discords.DiscordSim(discords.Config(interaction_timeout_s=10.0)), CaseModel()
    all_of = tenants(people)
    furnish(all_of, slack, discord)
    pages(folder / "pages", all_of)
    async with AsyncExitStack() as stack:
        model_url = await stack.enter_async_context(models.serve(model))
        slack_url = await stack.enter_async_context(slacks.serve(slack))
        discord_url = await stack.enter_async_context(discords.serve(discord))
        settings = settings_for(folder, slack_url, discord_url, model_url, all_of, more or {})
        chat = await stack.enter_async_context(slack_chat(slack_settings(settings)))
        discord_chat = await stack.enter_async_context(DiscordChat(discord_settings(settings)))
        plan = Plan(
            [chat, discord_chat],
            settings.environment.database_url("cases"),
            folder,
            staff_places({"slack": "", "discord": LOBBY}, rights_of(settings.configuration)),
            opened=_installed(opened(chat)),
        )
        house = await stack.enter_async_context(open_house(settings, plan))
        listeners = (
            slack_listener(chat, house),
            DiscordApp(discord_chat, house.front_desk, cursors=house.store.cursors),
        )
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(each.run()) for each in listeners]
            async with asyncio.timeout(PATIENCE_S):
                await _listened_to(slack, all_of)
                await discord.ready.wait()
                await discord.changes.until(lambda: discord.commands)
            yield World(house, folder, slack, discord, model, settings.configuration, all_of)
            for task in running:
                task.cancel()


def _installed(then: Opened | None) -> Opened:
    """The second workspace has installed the app, before the chat looks which ones have."""

    async def ready(store: Store) -> None:
        await store.installations.keep(
            Installation("slack", TEAM.id, TEAM.name, TEAM.token, "U0OTHER01", datetime.now(UTC))
        )
        if then is not None:
            await then(store)

    return ready


async def _listened_to(slack: slacks.SlackSim, all_of: Sequence[Tenant]) -> None:
    """Wait until the events of every workspace are taken: they are refused until its own name is known."""
    await slack.connected.wait()
    for each in all_of:
        if each.platform == "slack":
            joined = {"type": "message", "subtype": "channel_join", "channel": each.room, "user": "U1", "ts": "1.1"}
            await slack.deliver("events_api", slack.event_payload(joined))
    slack.config.ack_timeout_s, slack.config.retry_delays_s = 10.0, (0.0, 60.0)
