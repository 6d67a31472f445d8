"""The outbox: what must reach a chat, until it has."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, func, select, update

from adapters.storage.bell import ring
from adapters.storage.caserows import find_last, find_open
from adapters.storage.database import Database
from adapters.storage.locks import hold
from adapters.storage.posts import add_post, delivery_of, find_by_id, find_by_key
from adapters.storage.replicas import ALIVE
from adapters.storage.tables import outbox, spelled
from adapters.storage.tongue import spoken
from adapters.storage.transcript import add_lines
from core.conversation import Line, Thread
from core.reply import Delivery, Post

_HEADS = (
    select(func.min(outbox.c.id).label("id"))
    .where(outbox.c.state == spelled("due"))
    .group_by(outbox.c.thread)
    .subquery()
)
# Only the head of a thread's line: one that waits for its next try holds back those behind it.
_DUE = (
    select(outbox)
    .join(_HEADS, _HEADS.c.id == outbox.c.id)
    .where(
        outbox.c.platform.in_(bindparam("platforms", expanding=True)),
        outbox.c.not_before <= bindparam("now"),
    )
    .order_by(outbox.c.id)
    .limit(bindparam("limit"))
)
_FREE = _DUE.where(
    (outbox.c.owner == "") | (outbox.c.owner == bindparam("me")) | outbox.c.owner.not_in(ALIVE)
).with_for_update(of=outbox, skip_locked=True)
_CLAIM = update(outbox).where(outbox.c.id == bindparam("row_id")).values(owner=bindparam("owner"))
_REFS = (
    select(outbox.c.ref)
    .where(outbox.c.thread == bindparam("thread"), outbox.c.ref != "")
    .order_by(outbox.c.id.desc())
    .limit(200)
)
_REWRITE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"))
    .values(
        post=bindparam("post"),
        kind=bindparam("kind"),
        state="due",
        revision=outbox.c.revision + 1,
        attempts=0,
        not_before=bindparam("now"),
        why="",
        owner="",
    )
)
_IS_SAME = outbox.c.revision == bindparam("seen_revision")
_IS_DUE = select(outbox.c.id).where(outbox.c.id == bindparam("row_id"), outbox.c.state == "due", _IS_SAME)
_DELIVERED = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"))
    .values(ref=bindparam("ref"), state=case((_IS_SAME, "sent"), else_=outbox.c.state), why="")
)
_RETRY = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), outbox.c.state == "due", _IS_SAME)
    .values(attempts=outbox.c.attempts + 1, not_before=bindparam("retry_at"), why=bindparam("why"))
)
_GIVE_UP = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), outbox.c.state == "due", _IS_SAME)
    .values(attempts=outbox.c.attempts + 1, state="failed", why=bindparam("why"))
)
_REWRITABLE = ("due", "sent", "failed")


class StoredOutbox:
    """The `Outbox` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, thread: Thread, post: Post, *, key: str) -> Delivery | None:
        """A new row; None when that key was put before."""
        now = self._database.now()

        def work(connection: Connection) -> Delivery | None:
            hold(connection, f"post:{key}")
            if find_by_key(connection, key) is not None:
                return None
            return add_post(connection, thread, post, key=key, now=now)

        return await self._database.write(work)

    async def rewrite(self, key: str, post: Post) -> Delivery | None:
        """New content for a row, due again; None for an unknown key or an answer still being written."""
        now = self._database.now()

        def work(connection: Connection) -> Delivery | None:
            row = find_by_key(connection, key)
            if row is None or row.state not in _REWRITABLE:
                return None
            said = spoken(connection, Thread.from_key(row.thread), post)
            connection.execute(_REWRITE, {"row_id": row.id, "post": said, "kind": said.kind, "now": now})
            ring(connection, "post", row.platform)
            row = find_by_key(connection, key)
            return None if row is None else delivery_of(row)

        return await self._database.write(work)

    async def refs(self, thread: Thread) -> list[str]:
        """The refs of what we have posted in a thread, the newest first."""
        asked = {"thread": thread.key}
        return await self._database.read(lambda connection: list(connection.execute(_REFS, asked).scalars()))

    async def ref(self, delivery: Delivery) -> str:
        """Where a row stands by now; empty: nowhere yet, or there is no such row."""
        row = await self._database.read(lambda connection: find_by_id(connection, delivery.id))
        return row.ref if row else ""

    async def depth(self) -> int:
        """How many rows wait to be delivered."""
        statement = select(func.count()).select_from(outbox).where(outbox.c.state == "due")
        return await self._database.read(lambda connection: int(connection.execute(statement).scalar_one()))

    async def due(self, platforms: Sequence[str], *, limit: int) -> list[Delivery]:
        """Rows to deliver now, oldest first, at most one a thread; each is its taker's until that one is dead."""
        me = self._database.replica_id
        asked = {"platforms": list(platforms), "now": self._database.now(), "limit": limit}
        if not me:
            return await self._database.read(
                lambda connection: [delivery_of(row) for row in connection.execute(_DUE, asked).all()]
            )

        def work(connection: Connection) -> list[Delivery]:
            rows = connection.execute(_FREE, {**asked, "me": me}).all()
            for row in rows:
                if row.owner != me:
                    connection.execute(_CLAIM, {"row_id": row.id, "owner": me})
            return [delivery_of(row) for row in rows]

        return await self._database.write(work)

    async def is_due(self, delivery: Delivery) -> bool:
        """This very content still is to be delivered."""
        asked = {"row_id": delivery.id, "seen_revision": delivery.revision}
        return await self._database.read(lambda connection: connection.execute(_IS_DUE, asked).first() is not None)

    async def delivered(self, delivery: Delivery, ref: str) -> None:
        """The platform has it as `ref`. A row rewritten meanwhile stays due."""
        done = {"row_id": delivery.id, "seen_revision": delivery.revision, "ref": ref}

        def work(connection: Connection) -> None:
            connection.execute(_DELIVERED, done)

        await self._database.write(work)

    async def failed(self, delivery: Delivery, why: str, *, retry_at: datetime | None) -> str:
        """It did not work; None gives it up, and the case shows it. A row rewritten meanwhile is not held back."""
        failure = {"row_id": delivery.id, "seen_revision": delivery.revision, "why": why}

        now = self._database.now()

        def work(connection: Connection) -> str:
            if retry_at is not None:
                connection.execute(_RETRY, {**failure, "retry_at": retry_at})
                return ""
            if connection.execute(_GIVE_UP, failure).rowcount != 1:
                return ""
            return _show_on_case(connection, delivery, why, now=now)

        return await self._database.write(work)


def _show_on_case(connection: Connection, delivery: Delivery, why: str, *, now: datetime) -> str:
    """A line in the transcript of whoever was not reached: people and the bot read it there."""
    if delivery.post.kind == "card":
        return ""
    case = find_open(connection, delivery.thread) or find_last(connection, delivery.thread)
    if case is None:
        return ""
    add_lines(connection, case.id, [Line("system", "", f"This did not reach the customer: {why}", now)])
    return case.id
