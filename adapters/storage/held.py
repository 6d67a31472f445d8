"""Answers that wait for a person: rows of the outbox that are not due, each sent once or never."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from adapters.storage import audit
from adapters.storage.bell import ring
from adapters.storage.database import Database
from adapters.storage.posts import add_post, find_by_key
from adapters.storage.tables import outbox
from adapters.storage.transcript import add_lines
from core.case import Case
from core.casework import Actor
from core.conversation import Line, Thread
from core.notes import SUGGESTION
from core.reply import Post
from core.signoff import Held
from core.turn import Turn

_OF_THREAD = (
    select(outbox)
    .where(outbox.c.thread == bindparam("thread"), outbox.c.case_id == bindparam("case_id"), outbox.c.state == "held")
    .order_by(outbox.c.id)
)
_LET_GO = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), outbox.c.state == "held")
    .values(state="due", post=bindparam("post"), revision=outbox.c.revision + 1, not_before=bindparam("now"))
)
_VOID = update(outbox).where(outbox.c.id == bindparam("row_id"), outbox.c.state == "held").values(state="void")


_MARK = re.compile(r" ?\[\d{1,2}\]")
"""What a person says carries no list of sources."""


def key_of(turn_id: str) -> str:
    """The key of the row that holds a turn's draft."""
    return f"held:{turn_id}"


def hold_back(connection: Connection, turn: Turn, post: Post, *, now: datetime) -> None:
    """Keep the answer of a turn until a person has looked at it."""
    if find_by_key(connection, key_of(turn.id)) is None:
        answers = turn.reply.answers
        add_post(
            connection,
            turn.thread,
            post,
            key=key_of(turn.id),
            now=now,
            state="held",
            case_id=turn.case.id,
            turn_id=turn.id,
            answers=answers,
        )


def withdraw(connection: Connection, turn_id: str) -> None:
    """What a draft answers was taken back: it is never sent."""
    row = find_by_key(connection, key_of(turn_id))
    if row is not None:
        connection.execute(_VOID, {"row_id": row.id})


def give_over(connection: Connection, case: Case, *, now: datetime) -> None:
    """The case is not the bot's any more: what waited becomes what people are suggested to say."""
    if case.is_with_ai:
        return
    rows = connection.execute(_OF_THREAD, {"thread": case.thread.key, "case_id": case.id}).all()
    for row in rows:
        connection.execute(_VOID, {"row_id": row.id})
    if rows and case.state == "open":
        text = _MARK.sub("", "\n\n".join(row.post.text for row in rows))
        add_lines(connection, case.id, [Line("system", SUGGESTION, text, now, key_of(rows[-1].turn_id))])


class StoredHeld:
    """The `HeldAnswers` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, turn_id: str) -> Held | None:
        """The one of a turn, while it waits."""

        def work(connection: Connection) -> Held | None:
            row = find_by_key(connection, key_of(turn_id))
            return None if row is None or row.state != "held" else _held(row)

        return await self._database.read(work)

    async def of_case(self, case: Case) -> Sequence[Held]:
        """Those of a case that wait, the oldest first."""
        asked = {"thread": case.thread.key, "case_id": case.id}
        return await self._database.read(
            lambda connection: [_held(row) for row in connection.execute(_OF_THREAD, asked).all()]
        )

    async def send(self, held: Held, post: Post, line: Line, *, by: Actor) -> bool:
        """Let it go to the customer, and into the transcript; False when it does not wait any more."""
        work = partial(_send, held=held, post=post, line=line, by=by, now=self._database.now())
        return await self._database.write(work)

    async def discard(self, held: Held, *, by: Actor) -> bool:
        """It is never sent; False when it does not wait any more."""
        now = self._database.now()

        def work(connection: Connection) -> bool:
            row = find_by_key(connection, key_of(held.turn_id))
            if row is None or connection.execute(_VOID, {"row_id": row.id}).rowcount != 1:
                return False
            _note(connection, held, "draft discarded", by, now=now)
            return True

        return await self._database.write(work)


def _send(connection: Connection, held: Held, post: Post, line: Line, by: Actor, now: datetime) -> bool:
    row = find_by_key(connection, key_of(held.turn_id))
    if row is None or connection.execute(_LET_GO, {"row_id": row.id, "post": post, "now": now}).rowcount != 1:
        return False
    add_lines(connection, held.case_id, [line], turn_id=held.turn_id)
    what = "draft sent" if line.speaker == "bot" else "draft changed and sent"
    _note(connection, held, what, by, now=now)
    ring(connection, "post", row.platform)
    return True


def _note(connection: Connection, held: Held, what: str, by: Actor, *, now: datetime) -> None:
    audit.note(connection, at=now, case_id=held.case_id, what=what, by=by.owner, name=by.name, turn=held.turn_id)


def _held(row: Row[Any]) -> Held:
    return Held(row.turn_id, row.case_id, Thread.from_key(row.thread), row.post, row.at)
