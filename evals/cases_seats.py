"""Where people sit who write to the bot: on either platform, in private or in a room."""

import re
from typing import Any, Protocol

from evals.cases_tenants import Tenant
from tests.servers import discord as discords
from tests.servers import slack as slacks

Json = dict[str, Any]
PATIENCE_S = 60.0


class Seat(Protocol):
    """Where one person writes: on a platform, in private or in a room."""

    tenant: Tenant
    user: str

    async def say(self, text: str, *, picture: bytes = b"") -> Json:
        """Write; what stands there then."""
        ...

    def shown(self) -> list[str]:
        """All that the bot shows here, in order."""
        ...

    async def edit(self, message: Json, text: str) -> None:
        """Change what was written."""
        ...

    async def take_back(self, message: Json) -> None:
        """Delete what was written."""
        ...

    async def verify(self, values: list[str], *, code: bool) -> None:
        """Press the button and go through the form: the address, then what is typed as the code."""
        ...


def slack_elements(message: Json) -> list[Json]:
    """The buttons of a Slack message."""
    blocks: list[Json] = message.get("blocks") or []
    groups: list[list[Json]] = [block.get("elements") or [] for block in blocks if block.get("type") == "actions"]
    return [element for group in groups for element in group]


def slack_text(message: Json) -> str:
    """What people see of a Slack message: its blocks too, whatever their form."""
    blocks: list[Json] = message.get("blocks") or []
    return "\n".join([str(message.get("text", "")), *(slacks.block_text([block]) for block in blocks)])


def discord_custom(message: Json, action: str) -> str:
    """What the button of an action sends; empty where there is none."""
    found = re.search(rf"'custom_id': '(firstline:{action}:[^']*|firstline:{action})'", str(message.get("components")))
    return found[1] if found else ""


class SlackSeat:
    """In the conversation with the bot, or in a thread of the support channel."""

    def __init__(self, sim: slacks.SlackSim, user: str, tenant: Tenant, *, in_room: bool, beside: Seat | None) -> None:
        self.sim, self.user, self.tenant = sim, user, tenant
        self.channel = tenant.room if in_room else sim.dm(user)
        self.root = beside.root if isinstance(beside, SlackSeat) else ""
        self._in_room = in_room

    async def say(self, text: str, *, picture: bytes = b"") -> Json:
        """See `Seat`."""
        files = [self.sim.add_file("photo.png", "image/png", picture, self.user)] if picture else None
        said = self.sim.say(
            self.user, text, channel=self.channel, thread_ts=self.root or None, files=files,
            mention=self._in_room and not self.root,
        )  # fmt: skip
        self.root = self.root or said["ts"]
        return said

    def shown(self) -> list[str]:
        """See `Seat`."""
        return [
            slack_text(each)
            for each in self.sim.messages[self.channel].values()
            if each.get("bot_id") and each.get("thread_ts") == self.root and not slacks.is_streaming(each)
        ] + [str(each["args"]) for each in self.sim.ephemeral if each["user"] == self.user]

    async def edit(self, message: Json, text: str) -> None:
        """See `Seat`."""
        now = message | {"text": text, "blocks": [slacks.rich_text(text, None)], "edited": {"user": self.user}}
        self._tell("message_changed", message=now, previous_message=dict(message))
        message |= now

    async def take_back(self, message: Json) -> None:
        """See `Seat`."""
        del self.sim.messages[self.channel][message["ts"]]
        self._tell("message_deleted", deleted_ts=message["ts"], previous_message=message)

    def _tell(self, subtype: str, **more: Any) -> None:
        stamp = self.sim.new_ts()
        kind = "channel" if self._in_room else "im"
        event = {"type": "message", "subtype": subtype, "hidden": True, "channel": self.channel, "channel_type": kind}
        self.sim.emit({**event, "ts": stamp, "event_ts": stamp, **more})

    async def verify(self, values: list[str], *, code: bool) -> None:
        """See `Seat`."""
        message, button = await self.sim.changes.until(self._button, timeout_s=PATIENCE_S)
        known = set(self.sim.views)
        await self.sim.action(self.user, button, message, self.channel)
        view = await self.sim.changes.until(
            lambda: next((each for each in self.sim.views if each not in known), None), timeout_s=PATIENCE_S
        )
        block = "code" if code else "address"
        for value in values:
            told = await self.sim.submit(self.user, view, {block: {"value": {"value": value}}})
            self.sim.views[view] |= told.get("view") or {}
            block = "code"

    def _button(self) -> tuple[Json, Json] | None:
        for message in reversed(self.sim.messages[self.channel].values()):
            for element in slack_elements(message):
                if str(element.get("action_id", "")).startswith("firstline:verify"):
                    return message, {"type": "button", "action_id": element["action_id"], "value": element["value"]}
        return None


class DiscordSeat:
    """In direct messages, or in a thread of the support channel."""

    def __init__(self, sim: discords.DiscordSim, user: str, tenant: Tenant, *, beside: Seat | None) -> None:
        self.sim, self.user, self.tenant = sim, user, tenant
        self.first = beside.first if isinstance(beside, DiscordSeat) else ""
        self._in_room = bool(tenant.room)

    @property
    def channel(self) -> str:
        """Where the next message goes: into the thread that the first one began."""
        if not self._in_room:
            return self.sim.dm(self.user)
        return self.first if self.first in self.sim.channels else self.tenant.room

    async def say(self, text: str, *, picture: bytes = b"") -> Json:
        """See `Seat`."""
        files = [self.sim.add_file("photo.png", "image/png", picture)] if picture else None
        said = await self.sim.say(
            self.user, text, channel=self.channel, attachments=files, mention=self._in_room and not self.first
        )
        self.first = self.first or said["id"]
        return said

    def shown(self) -> list[str]:
        """See `Seat`."""
        ours = list(self.sim.messages.get(self.first if self._in_room else self.sim.dm(self.user), {}).values())
        if self._in_room:
            ours += [each for each in self.sim.messages[self.tenant.room].values() if self._answers_us(each)]
        return [discords.shown_text(each) for each in ours if each["author"]["id"] == discords.BOT_USER]

    def _answers_us(self, message: Json) -> bool:
        about: Json = message.get("message_reference") or {}
        return about.get("message_id") == self.first

    async def edit(self, message: Json, text: str) -> None:
        """See `Seat`."""
        await self.sim.change(message, text)

    async def take_back(self, message: Json) -> None:
        """See `Seat`."""
        await self.sim.take_back(message)

    async def verify(self, values: list[str], *, code: bool) -> None:
        """See `Seat`."""
        message, custom = await self.sim.changes.until(self._button, timeout_s=PATIENCE_S)
        turn = custom.rpartition(":")[2]
        if not code:
            await self.sim.press(self.user, message, custom)
            await self.sim.press(self.user, message, f"firstline:verify_address:{turn}")
        step = "code" if code else "address"
        for value in values:
            await self.sim.submit(
                self.user, f"firstline:verify_{step}:{turn}", {"value": value}, self.sim.dm(self.user)
            )
            step = "code"

    def _button(self) -> tuple[Json, str] | None:
        for message in reversed(self.sim.messages[self.channel].values()):
            if custom := discord_custom(message, "verify"):
                return message, custom
        return None
