"""Which category a case belonged to, as staff said; the words stay in the transcript and go with it."""

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from adapters.storage import audit
from adapters.storage.bell import ring
from adapters.storage.database import Database
from adapters.storage.desktables import correction
from adapters.storage.tables import case_, message

_CASE = select(case_.c.id).where(case_.c.id == bindparam("of_case"))
_RENAME = update(case_).where(case_.c.id == bindparam("of_case")).values(category=bindparam("category"))
_FORGET = delete(correction).where(correction.c.case_id == bindparam("of_case"))
_LINES = (
    select(correction.c.case_id, correction.c.category, message.c.text)
    .join(message, message.c.case_id == correction.c.case_id)
    .where(message.c.speaker == "customer", message.c.text != "")
    .order_by(correction.c.case_id, message.c.seq)
)


class StoredCorrections:
    """Categories corrected by staff."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, case_id: str, category: str, *, by: str) -> bool:
        """The last word on a case's category; False for an unknown case."""
        now = self._database.now()

        def work(connection: Connection) -> bool:
            if connection.execute(_CASE, {"of_case": case_id}).first() is None:
                return False
            connection.execute(_FORGET, {"of_case": case_id})
            connection.execute(insert(correction), {"case_id": case_id, "category": category, "by": by, "at": now})
            connection.execute(_RENAME, {"of_case": case_id, "category": category})
            ring(connection, "taught", case_id)
            audit.note(connection, at=now, case_id=case_id, what="category", by=by, category=category)
            return True

        return await self._database.write(work)

    async def examples(self) -> list[tuple[str, str]]:
        """The first words of each corrected case, and its category."""

        def work(connection: Connection) -> list[tuple[str, str]]:
            first: dict[str, tuple[str, str]] = {}
            for row in connection.execute(_LINES):
                first.setdefault(row.case_id, (row.text, row.category))
            return list(first.values())

        return await self._database.read(work)
