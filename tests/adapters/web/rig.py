"""The playground on a free port, with scripted answers behind it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.web.cast import Cast, Customer
from adapters.web.chat import WebChat
from adapters.web.health import add_health
from adapters.web.playground import playground
from adapters.web.server import serve
from adapters.web.settings import WebSettings
from tests.adapters.web.scripted import Breathe, ScriptedDesk

CUSTOMERS = (
    Customer("C-1001", "Dana Fields", "owner of order #88291"),
    Customer("C-1002", "Noel Hart", "another customer"),
)
BANNER = "Demo shop, nothing here is real money. Answers: scripted, no model."


@dataclass(slots=True)
class Rig:
    """A running page."""

    address: str
    chat: WebChat
    desk: ScriptedDesk
    missing: list[str]


@asynccontextmanager
async def open_page(
    data_folder: Path,
    *,
    settings: WebSettings | None = None,
    desk: ScriptedDesk | None = None,
    breathe: Breathe | None = None,
    port: int = 0,
) -> AsyncGenerator[Rig]:
    """Serve until the block ends. Give the `desk` of an earlier page to play a restart."""
    chat = WebChat(settings or WebSettings(), data_folder=data_folder)
    own = ScriptedDesk(chat, breathe=breathe)
    if desk is not None:
        own.posted, own.cases, own.transcripts = desk.posted, desk.cases, desk.transcripts
    missing: list[str] = []
    app = playground(chat, front_desk=own, desk=own, cases=own, cast=Cast(CUSTOMERS), banner=BANNER)
    add_health(app, lambda: missing)
    async with own, serve(app, "127.0.0.1", port) as address:
        yield Rig(address, chat, own, missing)
