"""`firstline chat`: one customer in a terminal, who can also press the staff's buttons."""

import asyncio
import importlib
import secrets
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from adapters.terminal.chat import PLATFORM, TerminalChat, attachment_of
from adapters.terminal.drawing import Screen, json_drawer
from bots.house import House, Plan, open_house
from bots.logs import set_up_logs
from bots.settings import Settings
from bots.toolshed import demo_is_on
from core.conversation import Attachment, Author, Message, Thread
from core.reply import Press
from core.visible import printable

TENANT = "local"
STAFF = Thread(tenant=TENANT, platform=PLATFORM, channel="staff")
_CUSTOMER_ID = "you"
_STAFF_ID = "staff-of-this-terminal"
_STAFF_ACTIONS = (
    "approve", "approve_as", "deny", "hand_back", "reply", "claim", "release", "note", "vouch", "resolve",
)  # fmt: skip
_HELP = (
    "Write to the bot. /image PATH sends a picture, /escalate REASON asks for a person, /verify shows who you are, "
    "/status shows your case, /quit ends. As staff: /approve ID, /approve_as ID AMOUNT, /deny ID, /claim CASE, "
    "/reply CASE TEXT, /note CASE TEXT, /vouch CASE CUSTOMER, /hand_back CASE, /resolve CASE."
)


async def chat(*, once: str | None, is_json: bool, images: Sequence[Path], customer: str) -> int:
    """Run the chat; returns the exit status."""
    settings = Settings.read()
    environment = settings.environment
    set_up_logs(
        environment.firstline_log_level if environment.firstline_log_level != "INFO" else "WARNING",
        is_json=is_json,
    )
    attachments = tuple(attachment_of(path) for path in images)
    terminal = TerminalChat(json_drawer() if is_json else Screen().draw)
    with ExitStack() as stack:
        data_folder, database_url = (
            environment.data_folder,
            environment.database_url("chat"),
        )
        if once is not None and not environment.firstline_database_url:
            database_url = "sqlite://"
            if not environment.firstline_data_dir:
                data_folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="firstline-")))
        plan = Plan(
            [terminal],
            database_url,
            data_folder,
            lambda thread: (STAFF,),
            customer=customer,
            stays=once is None,
            drain_s=2,
        )
        async with open_house(settings, plan) as house:
            talk = _Talk(house, terminal, _mailbox(settings, data_folder))
            if once is not None:
                await talk.say(once, attachments)
            else:
                await talk.converse(attachments)
    return 0


class _Talk:
    """One conversation."""

    def __init__(self, house: House, terminal: TerminalChat, mailbox: Any = None) -> None:
        self._house = house
        self._mailbox = mailbox
        """Where the demo's mail ends; None where mail really goes out."""
        self._terminal = terminal
        self._thread = Thread(tenant=TENANT, platform=PLATFORM, channel=secrets.token_hex(6))
        self._author = Author(_CUSTOMER_ID, "You")
        self._count = 0

    async def say(self, text: str, attachments: tuple[Attachment, ...]) -> None:
        """Send a message and wait until its answer is whole, or people have it."""
        self._count += 1
        self._terminal.expect_reply()
        message = Message(
            id=str(self._count),
            thread=self._thread,
            author=self._author,
            text=text,
            sent_at=datetime.now(UTC),
            attachments=attachments,
            is_private=True,
        )
        await self._house.front_desk.receive(message)
        await self._terminal.replied()
        await self._house.settle()

    async def converse(self, attachments: tuple[Attachment, ...]) -> None:
        """Read lines until the end."""
        for line in (*self._house.lines, _HELP):
            click.echo(click.style(line, dim=True))
        while True:
            try:
                line = (await asyncio.to_thread(input, "\nyou> ")).strip()
            except EOFError:
                return
            if line == "/quit":
                return
            if line.startswith("/image "):
                attachments = (
                    *attachments,
                    attachment_of(Path(line.removeprefix("/image ").strip())),
                )
                click.echo("It goes with your next message.")
            elif line.startswith("/"):
                await self._command(line)
            elif line or attachments:
                await self.say(line, attachments)
                attachments = ()

    async def _command(self, line: str) -> None:
        action, _, rest = line[1:].partition(" ")
        if action == "status":
            click.echo(await self._house.front_desk.status(self._author, self._thread))
            return
        if action == "verify":
            await self._verify(rest.strip())
            return
        is_staff = action in _STAFF_ACTIONS
        value, _, text = rest.strip().partition(" ") if action != "escalate" else ("", "", rest.strip())
        press = Press(
            key=secrets.token_hex(8),
            action=action,
            value=value,
            presser_id=_STAFF_ID if is_staff else self._author.id,
            presser_name="Staff" if is_staff else self._author.name,
            thread=STAFF if is_staff else self._thread,
            is_staff_place=is_staff,
            text=text,
        )
        answer = await self._house.front_desk.press(press)
        await self._house.settle()
        if answer:
            click.echo(answer)

    async def _verify(self, turn_id: str) -> None:
        """Step by step; what is typed here is kept nowhere. An empty line ends it."""
        action, text = "verify", ""
        while True:
            step = await self._house.front_desk.verify(
                Press(
                    secrets.token_hex(8), action, turn_id, self._author.id, self._author.name, self._thread, text=text
                )
            )
            click.echo(printable(step.line))
            if step.asks == "nothing":
                break
            text = await self._typed(step.asks)
            if not text:
                break
            action = f"verify_{step.asks}"
        await self._house.settle()

    async def _typed(self, asked: str) -> str:
        """What was asked for; in the demo `/mail` shows what would have been mailed."""
        while True:
            hint = " (/mail shows the demo's mail)" if asked == "code" and self._mailbox else ""
            try:
                text = (await asyncio.to_thread(input, f"\n{asked}{hint}> ")).strip()
            except EOFError:
                return ""
            if text != "/mail" or self._mailbox is None:
                return text
            newest = (await self._mailbox.newest())[:1]
            click.echo("\n".join(f"To {each.recipient}: {each.body}" for each in newest) or "No mail yet.")


def _mailbox(settings: Settings, folder: Path) -> Any:
    """Where the demo shop's mail ends."""
    if not demo_is_on(settings.configuration):
        return None
    return importlib.import_module("examples.shop.mailbox").Mailbox(folder)
