"""Browsers that are signed in at the desk, over a database."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from adapters.storage.database import Database
from adapters.storage.desktables import desk_session
from core.deskdoor import DeskSession


class StoredDeskSessions:
    """The `DeskSessions` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, session: DeskSession, *, most: int) -> None:
        """See `core.deskdoor.DeskSessions`."""
        row = desk_session.c

        def work(connection: Connection) -> None:
            kept = select(row.key).order_by(row.seen_at.desc()).limit(most - 1)
            newest = list(connection.execute(kept).scalars())
            connection.execute(delete(desk_session).where(row.key.not_in(newest)))
            connection.execute(
                insert(desk_session),
                {
                    "key": session.key,
                    "name": session.name,
                    "mark": session.mark,
                    "form_key": session.form_key,
                    "began_at": session.began_at,
                    "seen_at": session.seen_at,
                },
            )

        await self._database.write(work)

    async def find(self, key: str) -> DeskSession | None:
        """See `core.deskdoor.DeskSessions`."""
        wanted = select(desk_session).where(desk_session.c.key == key)

        def work(connection: Connection) -> DeskSession | None:
            found = connection.execute(wanted).mappings().first()
            return DeskSession(**found) if found else None

        return await self._database.read(work)

    async def seen(self, key: str, at: datetime) -> None:
        """See `core.deskdoor.DeskSessions`."""
        change = update(desk_session).where(desk_session.c.key == key).values(seen_at=at)
        await self._database.write(lambda connection: connection.execute(change).rowcount)

    async def end(self, key: str) -> None:
        """See `core.deskdoor.DeskSessions`."""
        gone = delete(desk_session).where(desk_session.c.key == key)
        await self._database.write(lambda connection: connection.execute(gone).rowcount)

    async def end_all(self, name: str) -> int:
        """See `core.deskdoor.DeskSessions`."""
        gone = delete(desk_session).where(desk_session.c.name == name.casefold())
        return await self._database.write(lambda connection: connection.execute(gone).rowcount)
