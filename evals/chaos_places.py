"""The platforms on which chaos is played: how customers write there, and what a judge sees of it from the outside."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from tests.servers import discord, slack
from tests.servers.running import Changes

_STAFF = "C0STAFF01"


@dataclass(frozen=True, slots=True)
class Asked:
    """A customer's message."""

    tag: str
    number: int
    """Of the customer."""
    channel: str
    id: str
    order: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of the bot."""

    text: str
    is_open: bool
    """It is still being written."""
    is_after: bool
    """It stands behind what it answers."""


class Place(Protocol):
    """A stand-in platform."""

    name: str
    changes: Changes
    meets_strangers: bool
    """Whoever writes for the first time while nobody listens is read back."""

    @property
    def is_connected(self) -> bool:
        """A process of ours listens."""
        ...

    @property
    def table(self) -> str:
        """Its part of the settings file."""
        ...

    def environment(self, url: str) -> dict[str, str]:
        """What a process is told of it."""
        ...

    async def say(self, number: int, tag: str, words: str, order: str) -> Asked:
        """A customer begins a conversation."""
        ...

    async def say_later_first(self, first: Asked, tags: Iterable[str]) -> Asked | None:
        """Once more the same customer, delivered before what `say` gave; None where the platform keeps order."""
        ...

    async def again(self, asked: Asked) -> None:
        """Deliver a message once more."""
        ...

    async def drop(self) -> None:
        """Close the connections of all processes."""
        ...

    def limit(self, is_on: bool) -> None:
        """Set the platform's own rate limits."""
        ...

    def deliver_again(self, is_on: bool) -> None:
        """Set whether the platform delivers again what nobody took."""
        ...

    def answers(self, asked: Asked) -> list[Shown]:
        """What the bot has posted to a message."""
        ...

    def has_team(self, asked: Asked) -> bool:
        """The team reads it: what is written in a case of theirs is answered by them."""
        ...

    def serve(self) -> "Any":
        """A context that gives its address."""
        ...


class SlackPlace:
    """Direct messages in Slack, each with a thread of its own; some reach us out of order."""

    name = "slack"
    meets_strangers = True
    _OUT_OF_ORDER = 0.2
    _RETRIES_S = (0.0, 1.0, 2.0, 4.0, 8.0, 8.0, 16.0, 16.0)

    def __init__(self, rng: random.Random) -> None:
        self.sim = slack.SlackSim(slack.Config(echo_events=False, ack_timeout_s=2.0, retry_delays_s=self._RETRIES_S))
        self.sim.channels[_STAFF] = {"id": _STAFF, "name": "staff"}
        self.sim.messages[_STAFF] = {}
        self.changes = self.sim.changes
        self._rng = rng
        self._said: dict[str, dict[str, Any]] = {}
        self.table = f'[slack]\nstaff_channel = "{_STAFF}"\n'

    @property
    def is_connected(self) -> bool:
        """See `Place`."""
        return self.sim.connected.is_set()

    def environment(self, url: str) -> dict[str, str]:
        """See `Place`."""
        return slack.environment(url)

    async def say(self, number: int, tag: str, words: str, order: str) -> Asked:
        """See `Place`."""
        user = self.sim.user(number)
        said = self.sim.say(user, words, is_held=not order and self._rng.random() < self._OUT_OF_ORDER)
        self._said[tag] = said
        return Asked(tag, number, self.sim.dm(user), said["ts"], order)

    async def say_later_first(self, first: Asked, tags: Iterable[str]) -> Asked | None:
        """See `Place`."""
        if not self.sim.held:
            return None
        tag = next(iter(tags))
        said = self.sim.say(self.sim.user(first.number), f"{tag} and when do you open?")
        self.sim.let_go()
        return Asked(tag, first.number, first.channel, said["ts"])

    async def again(self, asked: Asked) -> None:
        """See `Place`. The platform does so when an acknowledgement was lost."""
        event = {**self._said[asked.tag], "channel": asked.channel, "event_ts": asked.id, "channel_type": "im"}
        self.sim.emit(event, asked.tag)

    async def drop(self) -> None:
        """See `Place`."""
        await self.sim.disconnect()

    def limit(self, is_on: bool) -> None:
        """See `Place`."""
        self.sim.config.rate_limits = is_on

    def deliver_again(self, is_on: bool) -> None:
        """See `Place`."""
        self.sim.config.retry_delays_s = self._RETRIES_S if is_on else ()

    def answers(self, asked: Asked) -> list[Shown]:
        """See `Place`."""
        return [
            Shown(_slack_text(each), each.get("streaming_state") == "in_progress", each["ts"] > asked.id)
            for each in self.sim.messages[asked.channel].values()
            if each.get("bot_id") and each.get("thread_ts") == asked.id
        ]

    def has_team(self, asked: Asked) -> bool:
        """See `Place`."""
        return any(asked.tag in _slack_text(each) for each in self.sim.messages[_STAFF].values())

    def serve(self) -> Any:
        """See `Place`."""
        return slack.serve(self.sim)


class DiscordPlace:
    """Direct messages, where refunds are asked for, and a support channel, where each post gets a thread."""

    name = "discord"
    meets_strangers = False

    def __init__(self) -> None:
        self.sim = discord.DiscordSim()
        self.changes = self.sim.changes
        self.table = f'[discord]\nstaff_channel = "{discord.STAFF_CHANNEL}"\nsupport_channels = ["{discord.CHANNEL}"]\n'

    @property
    def is_connected(self) -> bool:
        """See `Place`."""
        return self.sim.ready.is_set() and any(each.connection for each in self.sim.sessions.values())

    def environment(self, url: str) -> dict[str, str]:
        """See `Place`."""
        return {
            "DISCORD_API_URL": f"{url}/api/v10",
            "DISCORD_GATEWAY_URL": f"{url.replace('http', 'ws', 1)}/gateway",
            "DISCORD_TOKEN": discord.BOT_TOKEN,
        }

    async def say(self, number: int, tag: str, words: str, order: str) -> Asked:
        """See `Place`."""
        user = self.sim.user(number)
        channel = self.sim.dm(user) if order else discord.CHANNEL
        said = await self.sim.say(user, words, channel=channel)
        return Asked(tag, number, channel, said["id"], order)

    async def say_later_first(self, first: Asked, tags: Iterable[str]) -> Asked | None:
        """See `Place`. A gateway connection keeps order."""
        return None

    async def again(self, asked: Asked) -> None:
        """See `Place`."""
        await self.sim.dispatch_message("MESSAGE_CREATE", self.sim.messages[asked.channel][asked.id])

    async def drop(self) -> None:
        """See `Place`."""
        await self.sim.disconnect(1001)

    def limit(self, is_on: bool) -> None:
        """See `Place`."""
        self.sim.config.rate_limits = is_on

    def deliver_again(self, is_on: bool) -> None:
        """See `Place`. It never delivers again."""

    def answers(self, asked: Asked) -> list[Shown]:
        """See `Place`. In a direct conversation, what stands between this message and the customer's next one."""
        is_post = asked.channel == discord.CHANNEL
        found: list[Shown] = []
        for each in self.sim.messages.get(asked.id if is_post else asked.channel, {}).values():
            is_ours, is_after = each["author"]["id"] == discord.BOT_USER, int(each["id"]) > int(asked.id)
            if not is_post and is_after and not is_ours:
                break
            if is_ours and is_after:
                found.append(Shown(discord.shown_text(each), is_open=False, is_after=True))
        return found

    def has_team(self, asked: Asked) -> bool:
        """See `Place`."""
        staff = discord.STAFF_CHANNEL
        places = (name for name, each in self.sim.channels.items() if staff in (name, each.get("parent_id")))
        return any(
            asked.tag in discord.shown_text(each)
            for place in places
            for each in self.sim.messages.get(place, {}).values()
        )

    def serve(self) -> Any:
        """See `Place`."""
        return discord.serve(self.sim)


def place_of(name: str, rng: random.Random) -> Place:
    """The platform of that name."""
    return SlackPlace(rng) if name == "slack" else DiscordPlace()


def _slack_text(message: dict[str, Any]) -> str:
    blocks: list[dict[str, Any]] = message.get("blocks") or []
    return "\n".join([str(message.get("text", "")), *(str(block.get("text", "")) for block in blocks)])
