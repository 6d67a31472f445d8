"""A chat log that browsers look at: entries with revisions, so that each asks only for what it has not seen.

A watcher is woken, then reads the newest state. Updates that come faster than it reads are merged by that,
and reading again after a lost connection neither loses nor doubles a word.
"""

import asyncio
import secrets
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass

from adapters.web.entry import Entry

MOST_ENTRIES = 400


@dataclass(frozen=True, slots=True)
class Row:
    """An entry with its place in the log and the revision that changed it last."""

    entry: Entry
    place: int
    revision: int


class Board:
    """The log of one thread. `epoch` differs after a restart: what a browser has seen then counts for nothing."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.epoch = secrets.token_hex(4)
        self.revision = 0
        self._rows: dict[str, Row] = {}
        self._places = 0
        self._watchers: set[asyncio.Event] = set()
        for entry in entries:
            self.put(entry)

    def get(self, entry_id: str) -> Entry | None:
        """An entry by id."""
        row = self._rows.get(entry_id)
        return row.entry if row else None

    def put(self, entry: Entry) -> None:
        """Add an entry at the end, or change the one of its id where it stands."""
        self.revision += 1
        known = self._rows.get(entry.id)
        if known is None:
            self._places += 1
            self._make_room()
        self._rows[entry.id] = Row(entry, known.place if known else self._places, self.revision)
        for watcher in self._watchers:
            watcher.set()

    def changed_since(self, revision: int) -> list[Row]:
        """Rows changed after a revision, in the order of the log."""
        return [row for row in self._rows.values() if row.revision > revision]

    @property
    def entries(self) -> list[Entry]:
        """All entries in order."""
        return [row.entry for row in self._rows.values()]

    @property
    def is_idle(self) -> bool:
        """Nobody looks and nothing is being written."""
        return not self._watchers and not any(row.entry.is_open for row in self._rows.values())

    @contextmanager
    def watched(self, woken: asyncio.Event) -> Generator[None]:
        """Set the event at every change, until the block ends."""
        self._watchers.add(woken)
        try:
            yield
        finally:
            self._watchers.discard(woken)

    def _make_room(self) -> None:
        while len(self._rows) >= MOST_ENTRIES:
            del self._rows[next(iter(self._rows))]
