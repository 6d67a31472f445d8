"""Vectors in the library's database: made once by one process, used by all that open it."""

import hashlib
import time
import uuid
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from sqlalchemy import Connection, Insert, Table, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from adapters.search import tables
from adapters.search.library import StoredLibrary
from adapters.search.vectors import TITLE, Matrix

_AT_ONCE = 500
_KEPT = np.dtype("<f2")
"""Half precision, as they are searched in."""
_TURN = "embedding:"
_IN_USE = "embedder"
_TURN_S = 60.0
"""How long a process that embeds may be silent until another one goes on."""


class StoredVectors:
    """Implements `adapters.search.vectors.Vectors`; one object a process."""

    def __init__(self, library: StoredLibrary, *, now_s: Callable[[], float] = time.time) -> None:
        self._library = library
        self._now_s = now_s
        self._me = uuid.uuid4().hex

    async def load(self, embedder: str, keys: Sequence[str]) -> dict[str, Matrix]:
        """See `Vectors`."""
        return await self._library.read(lambda connection: _load(connection, embedder, keys))

    async def save(self, embedder: str, vectors: Mapping[str, Matrix]) -> None:
        """See `Vectors`."""
        rows = [
            {"embedder": embedder, "key": _stored(key), "vector": np.asarray(each, dtype=_KEPT).tobytes()}
            for key, each in vectors.items()
        ]
        if rows:
            await self._library.write(lambda connection: connection.execute(_new(connection, tables.vector), rows))

    async def take_turn(self, embedder: str) -> bool:
        """See `Vectors`."""
        now = int(self._now_s())
        key, until = _TURN + embedder, now + int(_TURN_S)

        def work(connection: Connection) -> bool:
            meta = tables.meta
            connection.execute(_new(connection, meta), {"key": key, "value": 0, "text": ""})
            free = or_(meta.c.text == self._me, meta.c.value < now)
            taken = update(meta).where(meta.c.key == key, free).values(value=until, text=self._me)
            return connection.execute(taken).rowcount == 1

        return await self._library.write(work)

    async def end_turn(self, embedder: str) -> None:
        """See `Vectors`."""
        meta = tables.meta
        mine = delete(meta).where(meta.c.key == _TURN + embedder, meta.c.text == self._me)
        await self._library.write(lambda connection: connection.execute(mine))

    async def settle(self, embedder: str) -> None:
        """See `Vectors`."""

        def work(connection: Connection) -> None:
            meta = tables.meta
            connection.execute(delete(meta).where(meta.c.key == _IN_USE))
            connection.execute(_new(connection, meta), {"key": _IN_USE, "value": 0, "text": embedder})
            _forget(connection)

        await self._library.write(work)

    async def in_use(self) -> str:
        """See `Vectors`."""
        wanted = select(tables.meta.c.text).where(tables.meta.c.key == _IN_USE)
        return await self._library.read(lambda connection: connection.execute(wanted).scalar_one_or_none() or "")


def _new(connection: Connection, table: Table) -> Insert:
    """An insert that leaves what is there: two processes may come with the same."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing()


def _stored(key: str) -> str:
    """A title may be longer than a key of an index can be."""
    return f"{TITLE}{hashlib.sha256(key.encode()).hexdigest()[:32]}" if key.startswith(TITLE) else key


def _load(connection: Connection, embedder: str, keys: Sequence[str]) -> dict[str, Matrix]:
    asked = {_stored(key): key for key in keys}
    places, found, vector = list(asked), dict[str, Matrix](), tables.vector
    for at in range(0, len(places), _AT_ONCE):
        some = places[at : at + _AT_ONCE]
        wanted = select(vector.c.key, vector.c.vector).where(vector.c.embedder == embedder, vector.c.key.in_(some))
        for row in connection.execute(wanted):
            found[asked[row.key]] = np.frombuffer(row.vector, dtype=_KEPT).astype(np.float32)
    return found


def _forget(connection: Connection) -> None:
    vector, passage = tables.vector, tables.passage
    kept = set(connection.execute(select(passage.c.id)).scalars())
    kept.update(_stored(TITLE + each) for each in connection.execute(select(passage.c.title).distinct()).scalars())
    stale = [each for each in connection.execute(select(vector.c.key).distinct()).scalars() if each not in kept]
    for at in range(0, len(stale), _AT_ONCE):
        connection.execute(delete(vector).where(vector.c.key.in_(stale[at : at + _AT_ONCE])))
