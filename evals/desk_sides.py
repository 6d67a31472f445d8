"""The two sides of a case as they sit at the stand-ins of their platforms: what each can do, and what it sees."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from evals.desk_parties import Customer, Json, discord_text, parts, slack_text
from tests.bots.stage import STAFF
from tests.servers import discord, slack

WAIT_S = 60.0


@dataclass(slots=True)
class SlackSide:
    """A person in the workspace and one channel they write in."""

    workspace: slack.SlackSim
    user: str
    channel: str
    root: str = ""
    last: Json = field(default_factory=dict[str, Any])

    @property
    def ours(self) -> list[Json]:
        """What the bot has said there."""
        return [each for each in self.workspace.messages[self.channel].values() if "bot_id" in each]

    def says_slack(self, text: str, *, files: list[Json] | None = None, mention: bool = False) -> Json:
        """Write there."""
        self.last = self.workspace.say(
            self.user, text, channel=self.channel, thread_ts=self.root or None, files=files, mention=mention
        )
        return self.last

    def change_slack(self, message: Json, text: str) -> None:
        """Write it otherwise."""
        before = dict(message)
        message |= {"text": text, "edited": {"user": self.user, "ts": self.workspace.new_ts()}}
        self._tell("message_changed", message=dict(message), previous_message=before)

    def take_back_slack(self, message: Json) -> None:
        """Delete it."""
        del self.workspace.messages[self.channel][message["ts"]]
        self._tell("message_deleted", deleted_ts=message["ts"], previous_message=message)

    def buttons(self, action: str) -> list[tuple[Json, Json]]:
        """The buttons of an action, each with the message it stands on."""
        return [
            ({"action_id": each["action_id"], "value": each["value"]}, message)
            for message in self.ours
            for block in parts(message, "blocks")
            for each in parts(block, "elements")
            if each.get("action_id") == f"firstline:{action}"
        ]

    async def wait(self, there: Callable[[], Any]) -> Any:
        """Until that holds; what it then is."""
        return await self.workspace.changes.until(there, timeout_s=WAIT_S)

    def _tell(self, subtype: str, **more: Any) -> None:
        stamp = self.workspace.new_ts()
        kind = "im" if self.channel.startswith("D") else "channel"
        event = {"type": "message", "channel": self.channel, "channel_type": kind, "hidden": True}
        self.workspace.emit({**event, "subtype": subtype, "ts": stamp, "event_ts": stamp, **more})


class SlackCustomer(SlackSide):
    """In direct messages with the bot."""

    async def says(self, text: str) -> None:
        said = self.says_slack(text)
        self.root = self.root or said["ts"]

    async def mends(self, text: str) -> bool:
        self.change_slack(self.last, text)
        return True

    async def goes(self, *, is_gone: bool) -> bool:
        self.workspace.config.closed = [self.channel] if is_gone else []
        return True

    async def until(self, there: Callable[["Customer"], Any]) -> None:
        await self.wait(lambda: there(self))

    def reads(self, text: str) -> bool:
        return any(slack_text(each) == text for each in self.ours)

    @property
    def files(self) -> list[str]:
        shown = self.workspace.messages[self.channel].values()
        return [file["title"] for each in shown if each.get("user") != self.user for file in parts(each, "files")]


class SlackTeam(SlackSide):
    """In the staff channel."""

    async def presses(self, action: str) -> None:
        press, message = (await self.wait(lambda: self.buttons(action)))[-1]
        if action == "claim":
            self.root = str(message["ts"])
        await self.workspace.action(self.user, press, message, self.channel)

    async def writes(self, text: str, *, file: tuple[str, bytes] | None = None) -> Json:
        files = [self.workspace.add_file(file[0], "application/octet-stream", file[1], self.user)] if file else None
        is_order = not text.startswith(">>")
        return self.says_slack(text.replace(">>", "&gt;&gt;"), files=files, mention=is_order)

    async def changes(self, message: Json, text: str) -> None:
        self.change_slack(message, text.replace(">>", "&gt;&gt;"))

    async def takes_back(self, message: Json) -> None:
        self.take_back_slack(message)

    async def until_reads(self, text: str) -> None:
        await self.wait(lambda: any(text in slack_text(each) for each in self.ours))


@dataclass(slots=True)
class DiscordSide:
    """A person on the server and one channel they write in."""

    server: discord.DiscordSim
    user: str
    channel: str
    last: Json = field(default_factory=dict[str, Any])

    def ours(self, *channels: str) -> list[Json]:
        """What the bot has said there."""
        found = [each for channel in channels for each in self.server.messages.get(channel, {}).values()]
        return [each for each in found if each["author"]["id"] == discord.BOT_USER]

    def buttons(self, action: str, *channels: str) -> list[tuple[Json, str]]:
        """The buttons of an action: the message each stands on, and its id."""
        return [
            (message, str(each["custom_id"]))
            for message in self.ours(*channels)
            for row in parts(message, "components")
            for each in parts(row, "components")
            if str(each.get("custom_id")).startswith(f"firstline:{action}:")
        ]

    async def wait(self, there: Callable[[], Any]) -> Any:
        """Until that holds; what it then is."""
        return await self.server.changes.until(there, timeout_s=WAIT_S)


class DiscordCustomer(DiscordSide):
    """In direct messages with the bot."""

    async def says(self, text: str) -> None:
        self.last = await self.server.say(self.user, text, channel=self.channel)

    async def mends(self, text: str) -> bool:
        await self.server.change(self.last, text)
        return True

    async def goes(self, *, is_gone: bool) -> bool:
        self.server.config.closed = [self.channel] if is_gone else []
        return True

    async def until(self, there: Callable[["Customer"], Any]) -> None:
        await self.wait(lambda: there(self))

    def reads(self, text: str) -> bool:
        return any(discord_text(each) == text for each in self.ours(self.channel))

    @property
    def files(self) -> list[str]:
        return [file["filename"] for each in self.ours(self.channel) for file in parts(each, "attachments")]


class DiscordTeam(DiscordSide):
    """In the staff channel, and in the thread under a case's card."""

    room: str = ""

    async def presses(self, action: str) -> None:
        places = (self.channel, self.room) if action != "claim" else (self.channel,)
        card, press = (await self.wait(lambda: self.buttons(action, *places)))[-1]
        await self.server.press(self.user, card, press)
        if action == "claim":
            await self.wait(lambda: not self.buttons("claim", self.channel))
            self.room = (await self.server.open_thread(card["id"], self.channel))["id"]

    async def writes(self, text: str, *, file: tuple[str, bytes] | None = None) -> Json:
        files = [self.server.add_file(file[0], "application/octet-stream", file[1])] if file else None
        is_order = not text.startswith(">>")
        return await self.server.say(self.user, text, channel=self.room, attachments=files, mention=is_order)

    async def changes(self, message: Json, text: str) -> None:
        await self.server.change(message, text)

    async def takes_back(self, message: Json) -> None:
        await self.server.take_back(message)

    async def until_reads(self, text: str) -> None:
        await self.wait(lambda: any(text in str(each["content"]) for each in self.ours(self.channel, self.room)))


class WebCustomer:
    """At the page, over its own routes and its live connection."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session, self._address = session, address
        self._entries: dict[str, Json] = {}
        self._changed = asyncio.Condition()
        self._count = 0

    @classmethod
    @asynccontextmanager
    async def open(cls, address: str) -> AsyncGenerator["WebCustomer", None]:
        """Somebody who has the page open."""
        jar = aiohttp.CookieJar(unsafe=True)  # the page is served under an address, not a name
        async with aiohttp.ClientSession(headers={"Origin": address}, cookie_jar=jar) as session:
            async with session.get(f"{address}/") as page:
                await page.read()
            here = cls(session, address)
            async with (
                session.ws_connect(f"{address.replace('http', 'ws')}/api/live") as socket,
                asyncio.TaskGroup() as group,
            ):
                listening = group.create_task(here._listen(socket))
                yield here
                listening.cancel()

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for each in socket:
            frame = json.loads(each.data)
            async with self._changed:
                if frame["pane"] == "customer":
                    self._entries |= {entry["id"]: entry for entry in frame["entries"]}
                self._changed.notify_all()

    async def says(self, text: str) -> None:
        self._count += 1
        said: Json = {"id": f"message-{self._count:04d}", "text": text, "uploads": []}
        async with self._session.post(f"{self._address}/api/messages", json=said) as answer:
            answer.raise_for_status()

    async def mends(self, text: str) -> bool:
        return False

    async def goes(self, *, is_gone: bool) -> bool:
        return False

    async def until(self, there: Callable[["Customer"], Any]) -> None:
        async with self._changed, asyncio.timeout(WAIT_S):
            await self._changed.wait_for(lambda: there(self))

    def reads(self, text: str) -> bool:
        shown = [each for each in self._entries.values() if not each.get("gone")]
        return any(text in json.dumps(each["blocks"], ensure_ascii=False) for each in shown)

    @property
    def files(self) -> list[str]:
        shown = [each for each in self._entries.values() if not each.get("gone") and each["kind"] != "customer"]
        return [file["name"] for each in shown for file in each["files"]]


def slack_customer(workspace: slack.SlackSim) -> SlackCustomer:
    """Somebody of the workspace."""
    user = workspace.user(1)
    return SlackCustomer(workspace, user, workspace.dm(user))


def discord_customer(server: discord.DiscordSim) -> DiscordCustomer:
    """Somebody of the server."""
    user = server.user(1)
    return DiscordCustomer(server, user, server.dm(user))


def slack_team(workspace: slack.SlackSim) -> SlackTeam:
    """Somebody who sits in the staff channel."""
    return SlackTeam(workspace, workspace.user(2), STAFF)


def discord_team(server: discord.DiscordSim) -> DiscordTeam:
    """Somebody who sits in the staff channel."""
    return DiscordTeam(server, server.user(2), discord.STAFF_CHANNEL)
