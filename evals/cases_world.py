"""A whole Firstline between two stand-in platforms and a stand-in model, all over loopback sockets, in one process."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.discord.app import DiscordApp
from adapters.discord.chat import DiscordChat
from adapters.slack.app import SlackApp
from adapters.slack.chat import SlackChat
from bots.discord_bot import discord_settings
from bots.house import House, Plan, open_house
from bots.settings import Configuration, Environment, Settings
from bots.slack_bot import slack_settings
from bots.staff import staff_places
from evals.cases_model import CaseModel
from evals.cases_seats import (
    PATIENCE_S,
    DiscordSeat,
    Seat,
    SlackSeat,
    discord_custom,
    slack_elements,
    slack_text,
)
from tests.servers import discord as discords
from tests.servers import model as models
from tests.servers import slack as slacks

Json = dict[str, Any]
SLACK_STAFF = "C0STAFF01"
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
    _users: int = 10

    def seat(self, platform: str, *, in_room: bool = False, beside: Seat | None = None) -> Seat:
        """A new person's place; `beside`: in the thread that somebody else began."""
        self._users += 1
        if platform == "slack":
            return SlackSeat(self.slack, self.slack.user(self._users), in_room=in_room, beside=beside)
        return DiscordSeat(self.discord, self.discord.user(self._users), in_room=in_room, beside=beside)

    def staff_shown(self, platform: str) -> list[str]:
        """All that stands in the staff's room of a platform, and in its threads."""
        if platform == "slack":
            return [slack_text(each) for each in self.slack.messages[SLACK_STAFF].values()]
        rooms = [discords.STAFF_CHANNEL] + [
            key for key, each in self.discord.channels.items() if each.get("parent_id") == discords.STAFF_CHANNEL
        ]
        return [discords.shown_text(each) for room in rooms for each in self.discord.messages[room].values()]

    async def press_card(self, platform: str, words: str, action: str) -> None:
        """A person of staff presses a button of the card that shows these words."""
        if platform == "slack":
            message, button = await self.slack.changes.until(
                lambda: self._slack_button(words, action), timeout_s=PATIENCE_S
            )
            await self.slack.action(self.slack.user(1), button, message, SLACK_STAFF)
            return
        message, custom = await self.discord.changes.until(
            lambda: self._discord_button(words, action), timeout_s=PATIENCE_S
        )
        await self.discord.press(self.discord.user(1), message, custom)

    async def forge_press(self, seat: Seat, words: str, action: str) -> None:
        """A customer sends the press of a staff card from their own conversation."""
        if seat.platform == "slack":
            message, button = await self.slack.changes.until(
                lambda: self._slack_button(words, action), timeout_s=PATIENCE_S
            )
            await self.slack.action(seat.user, button, message, self.slack.dm(seat.user))
            return
        message, custom = await self.discord.changes.until(
            lambda: self._discord_button(words, action), timeout_s=PATIENCE_S
        )
        await self.discord.press(seat.user, message | {"channel_id": self.discord.dm(seat.user)}, custom)

    def _slack_button(self, words: str, action: str) -> tuple[Json, Json] | None:
        for message in reversed(self.slack.messages[SLACK_STAFF].values()):
            if words not in slack_text(message):
                continue
            for element in slack_elements(message):
                if str(element.get("action_id", "")).startswith(f"firstline:{action}"):
                    return message, {"action_id": element["action_id"], "value": element["value"]}
        return None

    def _discord_button(self, words: str, action: str) -> tuple[Json, str] | None:
        for message in reversed(self.discord.messages[discords.STAFF_CHANNEL].values()):
            if words not in discords.shown_text(message):
                continue
            if custom := discord_custom(message, action):
                return message, custom
        return None


def settings_for(folder: Path, slack_url: str, discord_url: str, model_url: str, more: Json) -> Settings:
    """Our own settings, whatever is set on this machine; `more` are tables in the place of these."""
    environment = Environment(
        _env_file=None,  # pyright: ignore[reportCallIssue] - pydantic-settings knows it
        openai_api_key="test",
        openai_base_url=f"{model_url}/v1",
        local_chat_gguf="",
        slack_bot_token=slacks.BOT_TOKEN,
        slack_app_token=slacks.APP_TOKEN,
        slack_signing_secret=slacks.SIGNING_SECRET,
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
            "knowledge": {"folders": [str(_KNOWLEDGE)]},
            "money": {"prices": [PRICE]},
            "pace": {"messages_per_minute": 0},
            "escalation": {"repeat_contacts": 4},
            "slack": {"staff_channel": SLACK_STAFF},
            "discord": {"staff_channel": discords.STAFF_CHANNEL},
            **more,
        }
    )
    return Settings(environment, configuration)


@asynccontextmanager
async def open_world(folder: Path, more: Json | None = None) -> AsyncGenerator[World, None]:
    """Both platforms connected, nothing said yet."""
    slack = slacks.SlackSim(slacks.Config(echo_events=True, ack_timeout_s=10.0))
    slack.channels[SLACK_STAFF] = {"id": SLACK_STAFF, "name": "staff"}
    slack.messages[SLACK_STAFF] = {}
    discord, model = discords.DiscordSim(discords.Config(interaction_timeout_s=10.0)), CaseModel()
    async with AsyncExitStack() as stack:
        model_url = await stack.enter_async_context(models.serve(model))
        slack_url = await stack.enter_async_context(slacks.serve(slack))
        discord_url = await stack.enter_async_context(discords.serve(discord))
        settings = settings_for(folder, slack_url, discord_url, model_url, more or {})
        slack_chat = await stack.enter_async_context(SlackChat(slack_settings(settings)))
        discord_chat = await stack.enter_async_context(DiscordChat(discord_settings(settings)))
        places = staff_places({"slack": SLACK_STAFF, "discord": discords.STAFF_CHANNEL})
        plan = Plan([slack_chat, discord_chat], settings.environment.database_url("cases"), folder, places)
        house = await stack.enter_async_context(open_house(settings, plan))
        listeners = (
            SlackApp(slack_chat, house.front_desk, house.store.cursors),
            DiscordApp(discord_chat, house.front_desk, cursors=house.store.cursors),
        )
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(each.run()) for each in listeners]
            async with asyncio.timeout(PATIENCE_S):
                await slack.connected.wait()
                await discord.ready.wait()
                await discord.changes.until(lambda: discord.commands)
            yield World(house, folder, slack, discord, model, settings.configuration)
            for task in running:
                task.cancel()
