"""The library in a database: sources, documents, passages and vectors.

A change is one transaction, so readers see all of it or nothing. Several processes may read and write at once.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from threading import Lock
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, Table, bindparam, case, delete, func, insert, inspect, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from adapters.search import tables
from core.errors import StoreError
from core.knowledge import Audience, Passage
from core.library import Document, KeptSource, SourceChange, SyncReport

T = TypeVar("T")

_AUDIENCE = TypeAdapter(Audience)
_DOCUMENT = TypeAdapter(Document)
_REPORT = TypeAdapter(SyncReport)
_AT_ONCE = 500
_REVISION = "revision"
_VERSION = "version"


class StoredLibrary:
    """Implements `core.library.Library`. Every call is one transaction in a thread."""

    def __init__(self, writing: Engine, reading: Engine) -> None:
        self._writing = writing
        self._reading = reading
        # SQLite has one writing connection, which two threads must not use at once.
        self._one_writer = Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, writing: Engine, reading: Engine) -> AsyncGenerator["StoredLibrary", None]:
        """A library whose tables are there. Raises `StoreError`."""
        library = cls(writing, reading)
        try:
            await library.write(_prepare)
            yield library
        finally:
            await asyncio.to_thread(library._close)

    def _close(self) -> None:
        self._reading.dispose()
        self._writing.dispose()

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction. Raises `StoreError`."""

        def run() -> T:
            with self._one_writer, _translated(), self._writing.begin() as connection:
                return work(connection)

        return await asyncio.to_thread(run)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` over one state of the data. Raises `StoreError`."""

        def run() -> T:
            with _translated(), self._reading.connect() as connection:
                return work(connection)

        return await asyncio.to_thread(run)

    async def sources(self) -> list[KeptSource]:
        """See `Library`."""
        return await self.read(_sources)

    async def documents(self, source: str) -> dict[str, Document]:
        """See `Library`."""
        table = tables.document
        wanted = select(table.c.place, table.c.sha256, table.c.about).where(table.c.source == source)
        rows = await self.read(lambda connection: connection.execute(wanted).all())
        return {
            row.place: _DOCUMENT.validate_python({**row.about, "place": row.place, "sha256": row.sha256})
            for row in rows
        }

    async def change(self, change: SourceChange) -> None:
        """See `Library`."""
        await self.write(lambda connection: _change(connection, change))

    async def passages(self, sources: Sequence[str]) -> list[Passage]:
        """See `Library`."""
        return await self.read(lambda connection: _passages(connection, sources))

    async def revision(self) -> int:
        """See `Library`."""
        return await self.read(lambda connection: _number(connection, _REVISION))

    async def add(self, name: str, settings: dict[str, object]) -> None:
        """Keep a source that was added by command, or its new settings."""
        await self.write(lambda connection: _put_source(connection, name, {"settings": settings}))

    async def remove(self, name: str) -> bool:
        """Forget a source with everything read from it; False when it is not known."""

        def work(connection: Connection) -> bool:
            known = connection.execute(delete(tables.source).where(tables.source.c.name == name)).rowcount > 0
            for table in tables.DERIVED:
                connection.execute(delete(table).where(table.c.source == name))
            _count_up(connection)
            return known

        return await self.write(work)

    async def clear(self, ids: Sequence[str], *, by: str, at: str) -> list[str]:
        """Let flagged passages be used; returns the ids that are known and flagged."""

        def work(connection: Connection) -> list[str]:
            table = tables.passage
            known = list(
                connection.execute(select(table.c.id).where(table.c.id.in_(ids), table.c.is_flagged)).scalars().unique()
            )
            connection.execute(delete(tables.cleared).where(tables.cleared.c.passage_id.in_(known)))
            if known:
                connection.execute(insert(tables.cleared), [{"passage_id": each, "by": by, "at": at} for each in known])
            _count_up(connection)
            return known

        return await self.write(work)

    async def hold(self, ids: Sequence[str]) -> int:
        """Take a clearance back; returns how many were cleared."""

        def work(connection: Connection) -> int:
            count = connection.execute(delete(tables.cleared).where(tables.cleared.c.passage_id.in_(ids))).rowcount
            _count_up(connection)
            return count

        return await self.write(work)


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", error)).partition("\n")[0]
        raise StoreError(f"the knowledge database: {said}. Check FIRSTLINE_DATABASE_URL and the disk.") from error


def _prepare(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7238702)"))
    is_new = not inspect(connection).has_table(tables.meta.name)
    tables.metadata.create_all(connection)
    found = 0 if is_new else _number(connection, _VERSION)
    if found == tables.VERSION:
        return
    if not is_new:
        for table in tables.DERIVED:
            table.drop(connection)
            table.create(connection)
        connection.execute(update(tables.source).values(fingerprint=""))
    _set(connection, _VERSION, tables.VERSION)


def _number(connection: Connection, key: str) -> int:
    return connection.execute(select(tables.meta.c.value).where(tables.meta.c.key == key)).scalar_one_or_none() or 0


def _set(connection: Connection, key: str, value: int) -> None:
    connection.execute(delete(tables.meta).where(tables.meta.c.key == key))
    connection.execute(insert(tables.meta), {"key": key, "value": value, "text": ""})


def _count_up(connection: Connection) -> None:
    _set(connection, _REVISION, _number(connection, _REVISION) + 1)


def _sources(connection: Connection) -> list[KeptSource]:
    documents = _counts(connection, tables.document)
    passages = _counts(connection, tables.passage)
    held = select(tables.passage.c.source, func.count().label("count")).where(
        tables.passage.c.is_flagged, tables.passage.c.id.not_in(select(tables.cleared.c.passage_id))
    )
    flagged = {row.source: row[1] for row in connection.execute(held.group_by(tables.passage.c.source))}
    rows = connection.execute(select(tables.source).order_by(tables.source.c.name)).all()
    return [
        KeptSource(
            row.name,
            row.settings,
            row.fingerprint,
            _REPORT.validate_python(row.report) if row.report else None,
            documents.get(row.name, 0),
            passages.get(row.name, 0),
            flagged.get(row.name, 0),
        )
        for row in rows
    ]


def _counts(connection: Connection, table: Table) -> dict[str, int]:
    counted = select(table.c.source, func.count().label("count")).group_by(table.c.source)
    return {row.source: row[1] for row in connection.execute(counted)}


def _put_source(connection: Connection, name: str, values: dict[str, object]) -> None:
    changed = connection.execute(update(tables.source).where(tables.source.c.name == name).values(**values))
    if changed.rowcount == 0:
        new: dict[str, object] = {"settings": {}, "fingerprint": "", "report": None}
        connection.execute(insert(tables.source).values(name=name, **{**new, **values}))


def _change(connection: Connection, change: SourceChange) -> None:
    _put_source(
        connection,
        change.source,
        {"fingerprint": change.fingerprint, "report": asdict(change.report) if change.report else None},
    )
    replaced = [*change.gone, *(each.place for each in change.put)]
    _drop(connection, tables.passage, change.source, replaced)
    _drop(connection, tables.document, change.source, [*replaced, *(each.place for each in change.noted)])
    documents = [_document_row(change.source, each) for each in (*change.put, *change.noted)]
    if documents:
        connection.execute(insert(tables.document), documents)
    for place, passages in change.put.items():
        rows = [_passage_row(change.source, place.place, n, each) for n, each in enumerate(passages)]
        if rows:
            connection.execute(insert(tables.passage), rows)
    if change.put or change.gone:
        _count_up(connection)


def _drop(connection: Connection, table: Table, source: str, places: Sequence[str]) -> None:
    for at in range(0, len(places), _AT_ONCE):
        some = places[at : at + _AT_ONCE]
        connection.execute(delete(table).where(table.c.source == source, table.c.place.in_(some)))


def _document_row(source: str, document: Document) -> dict[str, object]:
    about = asdict(document)
    place, sha256 = about.pop("place"), about.pop("sha256")
    return {"source": source, "place": place, "sha256": sha256, "about": about}


def _passage_row(source: str, place: str, n: int, passage: Passage) -> dict[str, object]:
    return {
        "source": source,
        "place": place,
        "n": n,
        "id": passage.id,
        "shown": passage.source,
        "title": passage.title,
        "text": passage.text,
        "audience": asdict(passage.audience),
        "language": passage.language,
        "changed": passage.changed,
        "flags": list(passage.flags),
        "is_flagged": bool(passage.flags),
    }


_CLEARED = case((tables.cleared.c.passage_id.is_(None), tables.passage.c.is_flagged), else_=False).label("is_suspect")
_PASSAGES = (
    select(tables.passage, _CLEARED)
    .select_from(tables.passage.outerjoin(tables.cleared, tables.cleared.c.passage_id == tables.passage.c.id))
    .where(tables.passage.c.source.in_(bindparam("sources", expanding=True)))
    .order_by(tables.passage.c.source, tables.passage.c.place, tables.passage.c.n)
)


def _passages(connection: Connection, sources: Sequence[str]) -> list[Passage]:
    audiences: dict[str, Audience] = {}

    def audience(told: Any) -> Audience:
        key = str(told)
        if key not in audiences:
            audiences[key] = _AUDIENCE.validate_python(told)
        return audiences[key]

    return [
        Passage(
            row.id,
            row.shown,
            row.title,
            row.text,
            audience(row.audience),
            row.language,
            row.changed,
            bool(row.is_suspect),
            tuple(row.flags),
        )
        for row in connection.execute(_PASSAGES, {"sources": list(sources)})
    ]
