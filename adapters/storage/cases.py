"""Cases, their owners and transcripts, kept in the database."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from adapters.storage.caserows import case_of, find_case, find_last, find_open, link_customer, open_case, save_change
from adapters.storage.codec import Moment
from adapters.storage.database import Database
from adapters.storage.locks import hold
from adapters.storage.posts import add_cards, add_post
from adapters.storage.silence import silence
from adapters.storage.staffside import add_crossing
from adapters.storage.tables import case_, message
from adapters.storage.transcript import add_lines, newest_lines
from core.case import Case
from core.casework import Change
from core.conversation import Line, Message, Thread

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

_COUNT = (
    select(func.count())
    .select_from(message.join(case_, case_.c.id == message.c.case_id))
    .where(
        case_.c.author_id == bindparam("author_id"),
        case_.c.tenant == bindparam("tenant"),
        case_.c.platform == bindparam("platform"),
        message.c.author_id == bindparam("author_id"),
        message.c.speaker == "customer",
        message.c.at >= bindparam("since", type_=Moment),
    )
)


class StoredCases:
    """The `Cases` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, thread: Thread) -> Case | None:
        """The open case of a thread."""
        return await self._database.read(lambda connection: find_open(connection, thread))

    async def last(self, thread: Thread) -> Case | None:
        """The newest case of a thread, open or not."""
        return await self._database.read(lambda connection: find_last(connection, thread))

    async def get(self, case_id: str) -> Case | None:
        """A case by id."""
        return await self._database.read(lambda connection: find_case(connection, case_id))

    async def of_author(self, tenant: str, platform: str, author_id: str) -> list[Case]:
        """A person's open cases, the newest first."""
        who = {"tenant": tenant, "platform": platform, "author_id": author_id}
        return await self._database.read(
            lambda connection: [case_of(row) for row in connection.execute(_OF_AUTHOR, who).all()]
        )

    async def count_of_author(self, tenant: str, platform: str, author_id: str, *, since: datetime) -> int:
        """How many messages of a person are in their own cases' transcripts since then."""
        who = {"tenant": tenant, "platform": platform, "author_id": author_id, "since": since}
        return await self._database.read(lambda connection: connection.execute(_COUNT, who).scalar_one())

    async def open(self, message: Message, customer_id: str) -> Case:
        """The open case of the message's thread, begun now if there is none."""

        def work(connection: Connection) -> Case:
            hold(connection, f"turn:{message.thread.key}")
            if (case := find_open(connection, message.thread)) is not None:
                return link_customer(connection, case, customer_id)
            return open_case(connection, message, customer_id, now=self._database.now())

        return await self._database.write(work)

    async def change(self, before: Case, change: Change, *, key: str = "") -> Case | None:
        """Save a decided move with its notes, lines and posts; None, and nothing saved, when somebody was first."""
        now = self._database.now()
        return await self._database.write(lambda connection: _changed(connection, before, change, key=key, now=now))

    async def note(self, case: Case, line: Line) -> None:
        """A line for the transcript that nobody is sent."""

        def work(connection: Connection) -> None:
            add_lines(connection, case.id, [line])

        await self._database.write(work)

    async def lines(self, case_id: str, *, limit: int) -> list[Line]:
        """The newest lines of a case's transcript, oldest first."""
        return await self._database.read(lambda connection: newest_lines(connection, case_id, limit=limit))


def _changed(connection: Connection, before: Case, change: Change, *, key: str, now: datetime) -> Case | None:
    if any(not add_crossing(connection, each, None, now=now) for each in change.crossings):
        return before
    after = save_change(connection, before, change, now=now)
    if after is not None:
        if before.is_with_ai or change.act == "speak":
            silence(connection, after, now=now)
        card_key = key or f"card:{after.id}:{after.version}"
        for each, (thread, post) in zip(change.crossings, change.posts, strict=False):
            add_post(connection, thread, post, key=each.outbox_key, now=now, case_id=after.id)
        add_cards(connection, change.posts[len(change.crossings) :], key=card_key, case_id=after.id, now=now)
    return after
