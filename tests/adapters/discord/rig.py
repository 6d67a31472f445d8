"""The Discord adapter with the real client library, connected to a stand-in server."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr

from adapters.discord.app import DiscordApp
from adapters.discord.chat import DiscordChat
from adapters.discord.pace import Pace
from adapters.discord.settings import DiscordSettings
from core.conversation import Author, Message, Thread
from core.reply import Delivery, Post, ReplyEnded, ReplyEvent
from tests.fakes.desk import RecordingDesk
from tests.servers.discord import BOT_TOKEN, BOT_USER, CHANNEL, GUILD, STAFF_CHANNEL, Config, DiscordSim, serve


@dataclass(slots=True)
class Seconds:
    """A monotonic clock that is moved by hand."""

    at: float = 1_000.0

    def __call__(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        """That much later."""
        self.at += seconds
        await asyncio.sleep(0)


@dataclass(slots=True)
class Rig:
    """All there is to a test of the adapter."""

    sim: DiscordSim
    chat: DiscordChat
    desk: RecordingDesk
    clock: Seconds
    app: DiscordApp
    user: str = ""
    _ids: list[int] = field(default_factory=list[int])

    @property
    def dm(self) -> str:
        """The user's conversation with the bot."""
        return self.sim.dm(self.user)

    def calls(self, verb: str = "") -> list[tuple[str, dict[str, Any]]]:
        """The writing REST calls so far: route and body."""
        return [(each["route"], each["body"]) for each in self.sim.trace if each["route"].startswith(verb)]

    def message(self, ref: str, n: int = 0) -> dict[str, Any]:
        """What the server holds under a ref."""
        channel, _, ids = ref.partition("/")
        return self.sim.messages[channel][ids.split(",")[n]]

    def body(self, ref: str, n: int = 0) -> str:
        """The text one message shows."""
        return str(self.message(ref, n)["content"])

    def bodies(self, channel: str) -> list[str]:
        """Everything the bot shows in a channel, in order."""
        return [each["content"] for each in self.sim.messages[channel].values() if each["author"]["id"] == BOT_USER]

    async def asked(self, text: str = "Where is my order?", *, channel: str = "") -> Message:
        """A message that stands in a channel, as the core has it."""
        channel = channel or self.dm
        said = await self.sim.say(self.user, text, channel=channel)
        is_direct = channel == self.dm
        return Message(
            id=said["id"],
            thread=Thread("dm", "discord", channel) if is_direct else Thread(GUILD, "discord", said["id"], channel),
            author=Author(self.user, "Ann"),
            text=text,
            # After the start: nothing of an earlier process has to be looked for.
            sent_at=datetime.now(UTC) + timedelta(seconds=10),
        )

    def delivery(
        self, post: Post, *, answers: Message | None = None, ref: str = "", thread: Thread | None = None
    ) -> Delivery:
        """A row of the outbox."""
        self._ids.append(1)
        n = len(self._ids)
        place = thread or (answers.thread if answers else Thread(GUILD, "discord", CHANNEL))
        return Delivery(id=n, thread=place, post=post, ref=ref, nonce=f"nonce-{n}", answers=answers)

    async def answer(self, events: Sequence[ReplyEvent], post: Post, *, channel: str = "") -> str:
        """A whole reply; returns its ref."""
        row = self.delivery(post, answers=await self.asked(channel=channel))
        stream = await self.chat.open_reply(row)
        for event in events:
            await stream.show(event)
        await stream.show(ReplyEnded(post.text, "answered"))
        return await stream.close(row)


def settings_for(url: str, **more: Any) -> DiscordSettings:
    """Settings that point at a stand-in."""
    given: dict[str, Any] = {
        "token": SecretStr(BOT_TOKEN),
        "api_url": f"{url}/api/v10",
        "gateway_url": f"{url.replace('http', 'ws')}/gateway",
        "staff_channel": STAFF_CHANNEL,
        **more,
    }
    return DiscordSettings(**given)


@asynccontextmanager
async def open_rig(
    *,
    listens: bool = False,
    config: Config | None = None,
    prepare: Callable[[DiscordSim], None] | None = None,
    **more: Any,
) -> AsyncGenerator[Rig]:
    """A server with one user and the adapter; `listens`: connected to the gateway."""
    seconds, desk = Seconds(), RecordingDesk()
    sim = DiscordSim(config or Config(), clock=seconds)
    user = sim.user(1)
    if prepare:
        prepare(sim)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serve(sim))
        pace = Pace(seconds, seconds.sleep)
        chat = await stack.enter_async_context(DiscordChat(settings_for(url, **more), pace=pace))
        app = DiscordApp(chat, desk)
        rig = Rig(sim, chat, desk, seconds, app, user)
        if not listens:
            yield rig
            return
        async with asyncio.TaskGroup() as group:
            running = group.create_task(app.run())
            async with asyncio.timeout(10):
                await sim.ready.wait()
            await sim.changes.until(lambda: sim.commands)
            yield rig
            running.cancel()
