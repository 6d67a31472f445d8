"""Each chat as the contract sees it: something to ask in, and what a reader sees of a message afterwards."""

import io
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from adapters.terminal.chat import TerminalChat
from adapters.terminal.drawing import Screen
from core.conversation import Author, Message, Thread
from core.ports import Chat
from core.reply import Delivery, Post
from tests.adapters.discord import rig as discord
from tests.adapters.slack import rig as slack
from tests.adapters.web.rig import open_page

_NUMBERS = count(1)


@dataclass(slots=True)
class Surface:
    """A running chat. `shown` gives the messages of a ref as they stand; `posts` counts all messages of ours."""

    chat: Chat
    ask: Callable[[], Awaitable[Message]]
    shown: Callable[[str], Awaitable[list[str]]]
    posts: Callable[[], int]
    can_take_back: bool = True
    """What was shown can be changed; paper and terminals only add."""
    rows: list[Delivery] = field(default_factory=list[Delivery])

    async def row(self, post: Post) -> Delivery:
        """A row of the outbox that answers a new message."""
        asked = await self.ask()
        number = next(_NUMBERS)
        return Delivery(id=number, thread=asked.thread, post=post, nonce=f"n-{number}", answers=asked)


Open = Callable[[Path], AbstractAsyncContextManager[Surface]]


@asynccontextmanager
async def slack_surface(folder: Path) -> AsyncGenerator[Surface]:
    """Slack's own client library against a stand-in workspace."""
    async with slack.open_rig() as rig:

        async def ask() -> Message:
            return rig.asked()

        async def shown(ref: str) -> list[str]:
            return [rig.body(ref, n) for n in range(ref.count(",") + 1)]

        yield Surface(
            rig.chat,
            ask,
            shown,
            lambda: sum(1 for channel in rig.sim.messages.values() for each in channel.values() if each.get("bot_id")),
        )


@asynccontextmanager
async def discord_surface(folder: Path) -> AsyncGenerator[Surface]:
    """discord.py against a stand-in server."""
    async with discord.open_rig() as rig:

        async def shown(ref: str) -> list[str]:
            return [rig.body(ref, n) for n in range(ref.count(",") + 1)]

        yield Surface(
            rig.chat,
            rig.asked,
            shown,
            lambda: sum(
                1 for channel in rig.sim.messages.values() for each in channel.values() if each["author"].get("bot")
            ),
        )


@asynccontextmanager
async def web_surface(folder: Path) -> AsyncGenerator[Surface]:
    """The playground on a port of its own."""
    async with open_page(folder) as page:
        thread = Thread(page.chat.settings.tenant, page.chat.platform, "C-1001")

        async def shown(ref: str) -> list[str]:
            entry = (await page.chat.boards.of(thread)).get(ref)
            return [entry.text] if entry else []

        posted: set[str] = set()

        async def ask() -> Message:
            return _message(thread)

        page.chat.remember(page.desk, page.desk)
        yield Surface(page.chat, ask, shown, lambda: len(posted))


@asynccontextmanager
async def terminal_surface(folder: Path) -> AsyncGenerator[Surface]:
    """A terminal: what was printed stays printed."""
    out = io.StringIO()
    chat = TerminalChat(Screen(out).draw)
    thread = Thread("local", "terminal", "here")

    async def ask() -> Message:
        out.seek(0)
        out.truncate()
        return _message(thread)

    async def shown(ref: str) -> list[str]:
        return [out.getvalue()]

    yield Surface(chat, ask, shown, lambda: 0, can_take_back=False)


def _message(thread: Thread) -> Message:
    return Message(str(next(_NUMBERS)), thread, Author("u1", "Ann"), "Where is my order?", datetime.now(UTC))
