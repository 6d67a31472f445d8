"""Cases, their owners and transcripts, kept in the database."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select

from adapters.storage.caserows import case_of, find_case, find_open, link_customer, move_case, open_case
from adapters.storage.database import Database
from adapters.storage.posts import add_cards
from adapters.storage.tables import case_
from adapters.storage.transcript import add_lines, newest_lines
from core.case import Case, Handoff, Owner
from core.conversation import Line, Message, Thread
from core.reply import Post

_OF_AUTHOR = (
    select(case_)
    .where(
        case_.c.author_id == bindparam("author_id"),
        case_.c.tenant == bindparam("tenant"),
        case_.c.platform == bindparam("platform"),
        case_.c.state == "open",
    )
    .order_by(case_.c.opened_at.desc(), case_.c.id)
)


class StoredCases:
    """The `Cases` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, thread: Thread) -> Case | None:
        """The open case of a thread."""
        return await self._database.read(lambda connection: find_open(connection, thread))

    async def get(self, case_id: str) -> Case | None:
        """A case by id."""
        return await self._database.read(lambda connection: find_case(connection, case_id))

    async def of_author(self, tenant: str, platform: str, author_id: str) -> list[Case]:
        """A person's open cases, the newest first."""
        who = {"tenant": tenant, "platform": platform, "author_id": author_id}
        return await self._database.read(
            lambda connection: [case_of(row) for row in connection.execute(_OF_AUTHOR, who).all()]
        )

    async def open(self, message: Message, customer_id: str) -> Case:
        """The open case of the message's thread, begun now if there is none."""

        def work(connection: Connection) -> Case:
            if (case := find_open(connection, message.thread)) is not None:
                return link_customer(connection, case, customer_id)
            return open_case(connection, message, customer_id, now=self._database.now())

        return await self._database.write(work)

    async def move(
        self, case: Case, owner: Owner, *, why: Handoff, note: str, posts: Sequence[tuple[Thread, Post]]
    ) -> Case | None:
        """Compare-and-set on `case.version`; None, and nothing saved, when somebody was first."""
        return await self._move(case, owner, why=why, note=note, posts=posts, is_resolved=False)

    async def resolve(
        self, case: Case, owner: Owner, *, why: Handoff, note: str, posts: Sequence[tuple[Thread, Post]]
    ) -> Case | None:
        """Like `move`, and closes the case: what comes in its thread afterwards opens a new one."""
        return await self._move(case, owner, why=why, note=note, posts=posts, is_resolved=True)

    async def speak(self, case: Case, *, by: str, name: str, text: str, post: Post) -> Case | None:
        """A person's line and its post, and the case becomes theirs; None when somebody was first."""
        now, owner = self._database.now(), f"human:{by}"
        why = Handoff("answered", f"{name} answers the customer.")

        def work(connection: Connection) -> Case | None:
            moved = move_case(connection, case, owner, why=why, note="", by=owner, now=now)
            if moved is not None:
                add_lines(connection, case.id, [Line("person", name, text, now)])
                key = f"speak:{case.id}:{moved.version}"
                add_cards(connection, [(case.thread, post)], key=key, case_id=case.id, now=now)
            return moved

        return await self._database.write(work)

    async def lines(self, case_id: str, *, limit: int) -> list[Line]:
        """The newest lines of a case's transcript, oldest first."""
        return await self._database.read(lambda connection: newest_lines(connection, case_id, limit=limit))

    async def _move(
        self,
        case: Case,
        owner: Owner,
        *,
        why: Handoff,
        note: str,
        posts: Sequence[tuple[Thread, Post]],
        is_resolved: bool,
    ) -> Case | None:
        now = self._database.now()
        by = next((name for name in (owner, case.owner) if name.startswith("human:")), "system")

        def work(connection: Connection) -> Case | None:
            moved = move_case(connection, case, owner, why=why, note=note, by=by, now=now, is_resolved=is_resolved)
            if moved is not None:
                add_cards(connection, posts, key=f"card:{case.id}:{moved.version}", case_id=case.id, now=now)
            return moved

        return await self._database.write(work)
