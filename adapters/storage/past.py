"""The far past of long cases: read as a turn begins, and summaries kept."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from adapters.storage import moneytables
from adapters.storage.database import Database
from adapters.storage.tables import message
from adapters.storage.transcript import line_of
from core.conversation import Line
from core.past import Past, Summary

_LONG_CHARS = 12_000
"""A case with fewer, all of whose lines are there, has no far past."""
_MOST_LINES = 1_000
_summary = moneytables.summary
_OF_CASE = select(_summary).where(_summary.c.case_id == bindparam("of_case"))
_ROOT = select(message).where(message.c.case_id == bindparam("of_case")).order_by(message.c.seq).limit(1)
_MIDDLE = (
    select(message)
    .where(
        message.c.case_id == bindparam("of_case"),
        message.c.seq > bindparam("after"),
        message.c.seq < bindparam("before"),
    )
    .order_by(message.c.seq.desc())
    .limit(_MOST_LINES)
)
_FORGET = delete(_summary).where(_summary.c.case_id == bindparam("of_case"))
_ADD = insert(_summary)
_REPLACE = (
    update(_summary)
    .where(_summary.c.case_id == bindparam("of_case"), _summary.c.through < bindparam("new_through"))
    .values(text=bindparam("new_text"), through=bindparam("new_through"), at=bindparam("now"))
)


def past_of(connection: Connection, case_id: str, history: Sequence[Line], *, is_cut: bool) -> Past:
    """What lies before the newest lines; `is_cut` when there may be more lines than those."""
    if not history or (not is_cut and sum(len(line.text) for line in history) < _LONG_CHARS):
        return Past()
    row = connection.execute(_OF_CASE, {"of_case": case_id}).one_or_none()
    known = Summary(row.text, row.through) if row else None
    if not is_cut:
        return Past(summary=known)
    root = line_of(connection.execute(_ROOT, {"of_case": case_id}).one())
    span = {"after": max(root.seq, known.through if known else 0), "before": history[0].seq}
    rows = connection.execute(_MIDDLE, {"of_case": case_id, **span}).all()
    return Past(root, known, tuple(line_of(each) for each in reversed(rows)))


class StoredSummaries:
    """The `Summaries` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, case_id: str, summary: Summary) -> None:
        """Replace a case's summary by one that goes further; an older one does not replace a newer."""
        now = self._database.now()
        row = {"case_id": case_id, "text": summary.text, "through": summary.through, "at": now}
        new = {"of_case": case_id, "new_text": summary.text, "new_through": summary.through, "now": now}

        def work(connection: Connection) -> None:
            known = connection.execute(_OF_CASE, {"of_case": case_id}).one_or_none()
            connection.execute(*((_REPLACE, new) if known else (_ADD, row)))

        await self._database.write(work)


def forget_summary(connection: Connection, case_id: str) -> None:
    """A message that it may tell of was changed or taken back: the next long turn makes it anew."""
    connection.execute(_FORGET, {"of_case": case_id})
