"""The Slack adapter with the real client library, connected to a stand-in workspace."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from adapters.slack.app import SlackApp
from adapters.slack.chat import SlackChat
from adapters.slack.pace import Pace
from adapters.slack.settings import SlackSettings
from core.conversation import Author, Message, Thread
from core.reply import Delivery, Post, ReplyEnded, ReplyEvent
from tests.fakes.desk import RecordingDesk
from tests.servers.slack import (
    APP_TOKEN,
    BOT_TOKEN,
    PUBLIC_CHANNEL,
    SIGNING_SECRET,
    TEAM,
    Config,
    SlackSim,
    serve,
)


@dataclass(slots=True)
class Seconds:
    """A monotonic clock that is moved by hand."""

    at: float = 1_000.0

    def __call__(self) -> float:
        return self.at


@dataclass(slots=True)
class Rig:
    """All there is to a test of the adapter."""

    sim: SlackSim
    chat: SlackChat
    desk: RecordingDesk
    clock: Seconds
    app: SlackApp
    user: str = ""
    _ids: list[int] = field(default_factory=list[int])

    @property
    def dm(self) -> str:
        """The user's conversation with the bot."""
        return self.sim.dm(self.user)

    def calls(self, prefix: str = "") -> list[tuple[str, dict[str, Any]]]:
        """The Web API calls so far."""
        return [(each["method"], each["args"]) for each in self.sim.trace if each["method"].startswith(prefix)]

    def writes(self) -> list[str]:
        """Names of the calls that belong to replies, in order."""
        return [name for name, _ in self.calls() if name.startswith(("chat.", "assistant."))]

    def message(self, ref: str, n: int = 0) -> dict[str, Any]:
        """What the workspace holds under a ref."""
        channel, _, stamps = ref.partition("/")
        return self.sim.messages[channel][stamps.split(",")[n]]

    def body(self, ref: str, n: int = 0) -> str:
        """The Markdown that one message shows: streamed, or in its first block."""
        shown = self.message(ref, n)
        blocks: list[dict[str, Any]] = shown.get("blocks") or [shown]
        return str(blocks[0]["text"] if blocks[0]["type"] == "markdown" else shown["text"])

    def asked(self, text: str = "Where is my order?", *, channel: str = "", root: str = "") -> Message:
        """A message that stands in the workspace, as the core has it."""
        channel = channel or self.dm
        said = self.sim.say(self.user, text, channel=channel, thread_ts=root or None)
        return Message(
            id=said["ts"],
            thread=Thread(TEAM, "slack", channel, root or said["ts"]),
            author=Author(self.user, "Ann"),
            text=text,
            sent_at=datetime.now(UTC),
        )

    def delivery(
        self, post: Post, *, answers: Message | None = None, ref: str = "", thread: Thread | None = None
    ) -> Delivery:
        """A row of the outbox."""
        self._ids.append(1)
        n = len(self._ids)
        place = thread or (answers.thread if answers else Thread(TEAM, "slack", PUBLIC_CHANNEL))
        return Delivery(id=n, thread=place, post=post, ref=ref, nonce=f"nonce-{n}", answers=answers)

    async def answer(self, events: Sequence[ReplyEvent], post: Post, *, channel: str = "") -> str:
        """A whole reply; returns its ref."""
        row = self.delivery(post, answers=self.asked(channel=channel))
        stream = await self.chat.open_reply(row)
        for event in events:
            await stream.show(event)
        await stream.show(ReplyEnded(post.text, "answered"))
        return await stream.close(row)


def settings_for(url: str, **more: Any) -> SlackSettings:
    """Settings that point at a stand-in."""
    given: dict[str, Any] = {
        "bot_token": SecretStr(BOT_TOKEN),
        "app_token": SecretStr(APP_TOKEN),
        "signing_secret": SecretStr(SIGNING_SECRET),
        "api_url": f"{url}/api/",
        "staff_channel": "C0STAFF01",
        **more,
    }
    return SlackSettings(**given)


@asynccontextmanager
async def open_rig(
    *,
    listens: bool = False,
    config: Config | None = None,
    prepare: Callable[[SlackSim], None] | None = None,
    **more: Any,
) -> AsyncGenerator[Rig]:
    """A workspace with one user and the adapter; `listens`: connected by Socket Mode."""
    sim, desk, clock = (
        SlackSim(config or Config(echo_events=listens, retry_delays_s=(0.0, 0.0, 0.0))),
        RecordingDesk(),
        Seconds(),
    )
    sim.channels["C0STAFF01"] = {"id": "C0STAFF01", "name": "staff"}
    sim.messages["C0STAFF01"] = {}
    user = sim.user(1)
    if prepare:
        prepare(sim)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serve(sim))
        chat = await stack.enter_async_context(SlackChat(settings_for(url, **more), pace=Pace(clock)))
        app = SlackApp(chat, desk)
        rig = Rig(sim, chat, desk, clock, app, user)
        if not listens:
            # Past the time in which rows of an earlier process are looked for.
            clock.at += 60
            yield rig
            return
        async with asyncio.TaskGroup() as group:
            running = group.create_task(app.run())
            async with asyncio.timeout(10):
                await sim.connected.wait()
            clock.at += 60
            yield rig
            running.cancel()
