"""What people thought of answers, kept in the database."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from adapters.storage.database import Database
from adapters.storage.tables import feedback, message, outbox, turn
from core.conversation import Thread
from core.helpful import Helped, Place
from core.redaction import masked
from core.reply import Post

_TURN = select(turn.c.id).where(turn.c.id == bindparam("turn_id"))
_FORGET = delete(feedback).where(feedback.c.turn_id == bindparam("of_turn"), feedback.c.by == bindparam("of"))
_BAD = select(feedback.c.turn_id).where(feedback.c.is_good.is_(False))
_GOOD = (
    select(feedback.c.turn_id, func.max(feedback.c.at).label("at"))
    .where(feedback.c.turn_id.not_in(_BAD))
    .group_by(feedback.c.turn_id)
    .order_by(func.max(feedback.c.at).desc())
    .limit(bindparam("most"))
    .subquery()
)
_HELPFUL = (
    select(_GOOD.c.turn_id, outbox.c.thread, outbox.c.post, message.c.text)
    .join(outbox, outbox.c.turn_id == _GOOD.c.turn_id)
    .join(message, message.c.turn_id == _GOOD.c.turn_id)
    .where(message.c.speaker == "customer", message.c.text != "")
    .order_by(_GOOD.c.at.desc(), _GOOD.c.turn_id, outbox.c.id, message.c.seq)
)


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

    async def helpful(self, most: int) -> list[Helped]:
        """See `core.helpful.HelpfulAnswers`."""

        def work(connection: Connection) -> list[Helped]:
            by_turn: dict[str, list[Any]] = {}
            for row in connection.execute(_HELPFUL, {"most": most}):
                by_turn.setdefault(row.turn_id, []).append(row)
            return [each for rows in by_turn.values() if (each := _helped(rows)).cited]

        return await self._database.read(work)


def _helped(rows: Iterable[Any]) -> Helped:
    """A turn has a row for each of its posts and each of the customer's lines."""
    kept = list(rows)
    posts: list[Post] = [each.post for each in kept]
    cited = dict.fromkeys(Place(each.source, each.quote) for post in posts for each in post.citations)
    asked = dict.fromkeys(each.text for each in kept)
    return Helped(Thread.from_key(kept[0].thread).tenant, masked("\n".join(asked)), tuple(cited))
