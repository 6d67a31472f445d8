"""Slack and Discord as places where the scripted cases of pictures are played."""

from collections.abc import Callable
from typing import Any

from evals.desk_relay import discord_text, parts, slack_text
from evals.eyes_case import STAFF, WAIT_S, Post
from tests.servers import discord, slack

Json = dict[str, Any]
_STATUS_METHOD = "assistant.threads.setStatus"


class OnSlack:
    """A customer in direct messages, a team in a channel."""

    process = "slack"

    def __init__(self, workspace: slack.SlackSim, url: str) -> None:
        self._sim, self._url = workspace, url
        self._people, self._root, self._user = 0, "", ""
        workspace.channels[STAFF] = {"id": STAFF, "name": "support-queue"}
        workspace.messages[STAFF] = {}

    def settings(self) -> str:
        """See `evals.eyes_case.Scene`."""
        return f'[slack]\nstaff_channel = "{STAFF}"\n'

    def environment(self) -> dict[str, str]:
        """See `evals.eyes_case.Scene`."""
        return {
            "SLACK_API_URL": f"{self._url}/api/",
            "SLACK_BOT_TOKEN": slack.BOT_TOKEN,
            "SLACK_APP_TOKEN": slack.APP_TOKEN,
        }

    async def connected(self) -> None:
        """See `evals.eyes_case.Scene`."""
        await self._sim.connected.wait()

    async def begin(self) -> None:
        """See `evals.eyes_case.Scene`."""
        self._people += 1
        self._user, self._root = self._sim.user(self._people), ""

    async def say(self, text: str, picture: tuple[str, bytes] | None = None) -> None:
        """See `evals.eyes_case.Scene`."""
        files = None
        if picture:
            kind = "image/jpeg" if picture[0].endswith("jpg") else "image/png"
            files = [self._sim.add_file(picture[0], kind, picture[1], self._user)]
        said = self._sim.say(self._user, text, thread_ts=self._root or None, files=files)
        self._root = self._root or said["ts"]

    async def until(self, there: Callable[[], Any]) -> Any:
        """See `evals.eyes_case.Scene`."""
        return await self._sim.changes.until(there, timeout_s=WAIT_S)

    def customer(self) -> list[Post]:
        """See `evals.eyes_case.Scene`."""
        return [self._post(each) for each in self._sim.messages[self._sim.dm(self._user)].values()]

    def team(self) -> list[Post]:
        """See `evals.eyes_case.Scene`."""
        return [self._post(each) for each in self._sim.messages[STAFF].values()]

    def statuses(self) -> list[str]:
        """See `evals.eyes_case.Scene`."""
        told = [str(each["args"].get("status", "")) for each in self._sim.trace if each["method"] == _STATUS_METHOD]
        chunks = [str(each["args"]) for each in self._sim.trace if each["method"].endswith("Stream")]
        found = [line for text in chunks for line in _between(text)]
        return [each for each in (*told, *found) if each.startswith("Looking")]

    async def press(self, label: str) -> None:
        """See `evals.eyes_case.Scene`."""
        for message in self._sim.messages[STAFF].values():
            for block in parts(message, "blocks"):
                for each in parts(block, "elements"):
                    if each.get("type") == "button" and each["text"]["text"] == label:
                        action = {"action_id": each["action_id"], "value": each["value"]}
                        await self._sim.action(self._sim.user(9), action, message, STAFF)
                        return

    def _post(self, message: Json) -> Post:
        blocks = parts(message, "blocks")
        small = [each["text"] for block in blocks if block["type"] == "context" for each in parts(block, "elements")]
        buttons = [
            each["text"]["text"] for block in blocks if block["type"] == "actions" for each in parts(block, "elements")
        ]
        pictures = [self._sim.file_bytes[each["id"]] for each in parts(message, "files")]
        who = "Firstline" if "bot_id" in message else "Customer"
        return Post(who, slack_text(message), tuple(small), tuple(buttons), tuple(pictures))


class OnDiscord:
    """A customer in direct messages, a team in a channel."""

    process = "discord"

    def __init__(self, server: discord.DiscordSim, url: str) -> None:
        self._sim, self._url = server, url
        self._people, self._user = 0, ""

    def settings(self) -> str:
        """See `evals.eyes_case.Scene`."""
        return f'[discord]\nstaff_channel = "{discord.STAFF_CHANNEL}"\n'

    def environment(self) -> dict[str, str]:
        """See `evals.eyes_case.Scene`."""
        return {
            "DISCORD_API_URL": f"{self._url}/api/v10",
            "DISCORD_GATEWAY_URL": f"{self._url.replace('http', 'ws')}/gateway",
            "DISCORD_TOKEN": discord.BOT_TOKEN,
        }

    async def connected(self) -> None:
        """See `evals.eyes_case.Scene`."""
        await self._sim.ready.wait()

    async def begin(self) -> None:
        """See `evals.eyes_case.Scene`."""
        self._people += 1
        self._user = self._sim.user(self._people)

    async def say(self, text: str, picture: tuple[str, bytes] | None = None) -> None:
        """See `evals.eyes_case.Scene`."""
        files = None
        if picture:
            kind = "image/jpeg" if picture[0].endswith("jpg") else "image/png"
            files = [self._sim.add_file(picture[0], kind, picture[1])]
        await self._sim.say(self._user, text, attachments=files)

    async def until(self, there: Callable[[], Any]) -> Any:
        """See `evals.eyes_case.Scene`."""
        return await self._sim.changes.until(there, timeout_s=WAIT_S)

    def customer(self) -> list[Post]:
        """See `evals.eyes_case.Scene`."""
        return [self._post(each) for each in self._sim.messages[self._sim.dm(self._user)].values()]

    def team(self) -> list[Post]:
        """See `evals.eyes_case.Scene`."""
        places = [key for key, each in self._sim.channels.items() if each.get("parent_id") == discord.STAFF_CHANNEL]
        found = [each for key in (discord.STAFF_CHANNEL, *places) for each in self._sim.messages[key].values()]
        return [self._post(each) for each in found]

    def statuses(self) -> list[str]:
        """See `evals.eyes_case.Scene`."""
        return [line for each in self._sim.trace for line in _between(str(each["body"]))]

    async def press(self, label: str) -> None:
        """See `evals.eyes_case.Scene`."""
        for message in self._sim.messages[discord.STAFF_CHANNEL].values():
            for row in parts(message, "components"):
                for each in parts(row, "components"):
                    if each.get("label") == label:
                        await self._sim.press(self._sim.user(9), message, each["custom_id"])
                        return

    def _post(self, message: Json) -> Post:
        small = [line[3:] for line in str(message["content"]).split("\n") if line.startswith("-# ")]
        buttons = [each["label"] for row in parts(message, "components") for each in parts(row, "components")]
        pictures = [self._sim.files[each["id"]][1] for each in parts(message, "attachments")]
        who = "Firstline" if message["author"]["id"] == discord.BOT_USER else "Customer"
        return Post(who, discord_text(message), tuple(small), tuple(buttons), tuple(pictures))


def _between(text: str) -> list[str]:
    """Every status in what was sent."""
    found: list[str] = []
    for part in text.split("Looking at ")[1:]:
        words = part.split("'")[0].split('"')[0].split("\\n")[0].split("\n")[0].strip("*_ …")
        found.append(f"Looking at {words}")
    return found
