"""What people thought of answers, kept in the database."""

from sqlalchemy import Connection, bindparam, delete, insert, select

from adapters.storage.database import Database
from adapters.storage.tables import feedback, turn

_TURN = select(turn.c.id).where(turn.c.id == bindparam("turn_id"))
_FORGET = delete(feedback).where(feedback.c.turn_id == bindparam("of_turn"), feedback.c.by == bindparam("of"))


class StoredFeedback:
    """The `Feedback` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, turn_id: str, *, by: str, is_good: bool, comment: str) -> bool:
        """One verdict a person and turn, the last one counts; False for an unknown turn."""
        now = self._database.now()

        def work(connection: Connection) -> bool:
            if connection.execute(_TURN, {"turn_id": turn_id}).first() is None:
                return False
            connection.execute(_FORGET, {"of_turn": turn_id, "of": by})
            row = {"turn_id": turn_id, "by": by, "is_good": is_good, "comment": comment, "at": now}
            connection.execute(insert(feedback), row)
            return True

        return await self._database.write(work)
