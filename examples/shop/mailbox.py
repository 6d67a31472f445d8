"""The demo's outgoing mail: nothing leaves the machine, and whoever runs the demo can read all of it."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_MOST = 50
_SCHEMA = "CREATE TABLE IF NOT EXISTS mail (id INTEGER PRIMARY KEY, at TEXT, recipient TEXT, subject TEXT, body TEXT)"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that would have been sent."""

    at: datetime
    recipient: str
    subject: str
    body: str


class Mailbox:
    """All mail of the demo, in a file of its own."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "mailbox.sqlite3"

    async def put(self, recipient: str, subject: str, body: str) -> None:
        """Keep a mail; the oldest go."""

        def work(connection: sqlite3.Connection) -> None:
            row = (datetime.now(UTC).isoformat(), recipient, subject, body)
            connection.execute("INSERT INTO mail (at, recipient, subject, body) VALUES (?, ?, ?, ?)", row)
            connection.execute("DELETE FROM mail WHERE id <= (SELECT max(id) FROM mail) - ?", (_MOST,))

        await self._run(work)

    async def newest(self) -> list[Mail]:
        """The newest first."""

        def work(connection: sqlite3.Connection) -> list[Mail]:
            rows = connection.execute("SELECT at, recipient, subject, body FROM mail ORDER BY id DESC").fetchall()
            return [Mail(datetime.fromisoformat(at), *rest) for at, *rest in rows]

        return await self._run(work)

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        def run() -> T:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=10)) as connection, connection:
                connection.execute(_SCHEMA)
                return work(connection)

        return await asyncio.to_thread(run)
