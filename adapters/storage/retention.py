"""Erasing what is kept no longer. Rows that only count stay: figures and receipts outlive words."""

from datetime import datetime

from sqlalchemy import Connection, delete, null, select, update

from adapters.storage.answertables import gap, verified_answer
from adapters.storage.database import Database
from adapters.storage.desktables import kept_file, rating
from adapters.storage.moneytables import summary
from adapters.storage.pictures import erase_pictures
from adapters.storage.tables import case_, feedback, inbox, inbox_key, message, outbox, picture, turn
from core.retention import Kind


class StoredKept:
    """The `Kept` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sweep(self, kind: Kind, before: datetime, *, limit: int) -> int:
        """See `core.retention.Kept`."""
        work = {"pictures": _pictures, "words": _words, "traces": _traces}[kind]
        return await self._database.write(lambda connection: work(connection, before, limit))


def _pictures(connection: Connection, before: datetime, limit: int) -> int:
    old = select(picture.c.sha256).where(picture.c.kept_at < before).limit(limit)
    return erase_pictures(connection, list(connection.execute(old).scalars()))


def _words(connection: Connection, before: datetime, limit: int) -> int:
    spoken = select(message.c.seq).where(message.c.case_id == case_.c.id, message.c.text != "").exists()
    over = select(case_.c.id).where(case_.c.state == "closed", case_.c.since < before, spoken).limit(limit)
    cases = list(connection.execute(over).scalars())
    turns = list(connection.execute(select(turn.c.id).where(turn.c.case_id.in_(cases))).scalars())
    done = select(inbox.c.seq).where(inbox.c.turn_id.in_(turns), inbox.c.done_at.is_not(None))
    events = list(connection.execute(done).scalars())
    connection.execute(update(message).where(message.c.case_id.in_(cases)).values(text="", name="", findings=null()))
    connection.execute(update(case_).where(case_.c.id.in_(cases)).values(reason=""))
    connection.execute(update(rating).where(rating.c.case_id.in_(cases)).values(comment=""))
    connection.execute(update(feedback).where(feedback.c.turn_id.in_(turns)).values(comment=""))
    connection.execute(
        delete(outbox).where(outbox.c.case_id.in_(cases), outbox.c.state.in_(("sent", "void", "failed", "held")))
    )
    connection.execute(delete(gap).where(gap.c.case_id.in_(cases)))
    drafts = verified_answer.c.state == "draft", verified_answer.c.case_id.in_(cases)
    connection.execute(delete(verified_answer).where(*drafts))
    connection.execute(delete(summary).where(summary.c.case_id.in_(cases)))
    connection.execute(delete(kept_file).where(kept_file.c.case_id.in_(cases)))
    connection.execute(delete(inbox_key).where(inbox_key.c.seq.in_(events)))
    connection.execute(delete(inbox).where(inbox.c.seq.in_(events)))
    return len(cases)


def _traces(connection: Connection, before: datetime, limit: int) -> int:
    old = select(turn.c.id).where(turn.c.ended_at < before, turn.c.trace.is_not(None)).limit(limit)
    turns = list(connection.execute(old).scalars())
    connection.execute(update(turn).where(turn.c.id.in_(turns)).values(trace=null()))
    return len(turns)
