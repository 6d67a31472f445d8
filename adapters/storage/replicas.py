"""Processes that share a database: each shows that it lives by counting up, and takes over from those that stop."""

import secrets
import socket
import time
from collections.abc import Callable
from functools import partial

from sqlalchemy import Connection, bindparam, insert, select, update

from adapters.storage.database import Database
from adapters.storage.enginetables import replica

_ADD = insert(replica)
_BEAT = (
    update(replica)
    .where(replica.c.id == bindparam("of_id"), replica.c.state == "alive")
    .values(beat=replica.c.beat + 1, beat_at=bindparam("now"))
)
_OTHERS = select(replica.c.id, replica.c.beat).where(replica.c.state == "alive", replica.c.id != bindparam("me"))
_BURY = (
    update(replica)
    .where(replica.c.id == bindparam("of_id"), replica.c.state == "alive", replica.c.beat == bindparam("seen_beat"))
    .values(state="gone")
)
_IS_ALIVE = select(replica.c.id).where(replica.c.id == bindparam("id"), replica.c.state == "alive")
_LEAVE = update(replica).where(replica.c.id == bindparam("of_id")).values(state="gone")

ALIVE = select(replica.c.id).where(replica.c.state == "alive")
"""Ids of those that work just now, as a subquery."""


def is_working(connection: Connection, owner: str, *, me: str) -> bool:
    """Somebody else who lives works on it."""
    return owner not in ("", me) and connection.execute(_IS_ALIVE, {"id": owner}).first() is not None


class StoredReplicas:
    """The `Replicas` port over a database; `clock` counts seconds and never goes back."""

    def __init__(self, database: Database, *, is_shared: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self.is_shared = is_shared
        self._clock = clock
        self._seen: dict[str, tuple[int, float]] = {}
        """Others: how far they have counted, and since when we have seen them at that."""

    async def join(self) -> None:
        """Begin to work under a new name."""
        if not self.is_shared:
            return
        name = f"{socket.gethostname()[:40]}-{secrets.token_hex(6)}"
        row = {"id": name, "host": socket.gethostname(), "beat": 0, "beat_at": self._database.now(), "state": "alive"}

        def work(connection: Connection) -> None:
            connection.execute(_ADD, row)

        await self._database.write(work)
        self._database.replica_id = name

    async def beat(self) -> bool:
        """Show that we live; False when we were taken for dead."""
        change = {"of_id": self._database.replica_id, "now": self._database.now()}
        return await self._database.write(
            lambda connection: connection.execute(_BEAT, change).rowcount == 1, is_patient=False
        )

    async def bury(self, *, after_s: float) -> int:
        """Take over from everybody whom we ourselves have seen standing still this long; how many."""
        return await self._database.write(partial(self._bury, after_s=after_s), is_patient=False)

    async def leave(self) -> None:
        """Others may take over at once."""
        me = {"of_id": self._database.replica_id}

        def work(connection: Connection) -> None:
            connection.execute(_LEAVE, me)

        if self.is_shared and self._database.replica_id:
            await self._database.write(work, is_patient=False)

    def _bury(self, connection: Connection, *, after_s: float) -> int:
        now, count = self._clock(), 0
        rows = connection.execute(_OTHERS, {"me": self._database.replica_id}).all()
        seen: dict[str, tuple[int, float]] = {}
        for row in rows:
            beat, since = self._seen.get(row.id, (-1, now))
            seen[row.id] = (row.beat, since if beat == row.beat else now)
            if now - seen[row.id][1] >= after_s:
                count += connection.execute(_BURY, {"of_id": row.id, "seen_beat": row.beat}).rowcount
        self._seen = seen
        return count
