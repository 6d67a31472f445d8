"""Links between chat users and customers, and the challenges that lead to them, over a database."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, or_, select, update

from adapters.storage import audit
from adapters.storage.database import Database
from adapters.storage.identitytables import challenge, link
from adapters.storage.locks import hold
from core.identity import Challenge, ChatUser, Link, Opened

_OF_USER = (
    link.c.tenant == bindparam("of_tenant"),
    link.c.platform == bindparam("of_platform"),
    link.c.author_id == bindparam("of_author"),
)
_LINK = select(link).where(*_OF_USER)
_ADD_LINK = insert(link)
_FORGET_LINK = delete(link).where(*_OF_USER)
_ADD = insert(challenge)
_BY_THEM = (
    challenge.c.tenant == bindparam("of_tenant"),
    challenge.c.platform == bindparam("of_platform"),
    challenge.c.author_id == bindparam("of_author"),
)
_OPEN = (challenge.c.used_at.is_(None), challenge.c.expires_at > bindparam("now"))
_CURRENT = select(challenge).where(*_BY_THEM, *_OPEN).order_by(challenge.c.at.desc()).limit(1)
_DROP = update(challenge).where(*_BY_THEM, challenge.c.used_at.is_(None)).values(used_at=bindparam("now"))
_COUNT_THEIRS = select(func.count()).where(*_BY_THEM, challenge.c.at > bindparam("since"))
_COUNT_ABOUT = select(func.count()).where(challenge.c.about == bindparam("about"), challenge.c.at > bindparam("since"))
_SWEEP = delete(challenge).where(challenge.c.at < bindparam("before"))
_BY_ID = select(challenge).where(challenge.c.id == bindparam("challenge_id"))
_OF_ID = (challenge.c.id == bindparam("challenge_id"), *_OPEN)
_TRY = (
    update(challenge)
    .where(*_OF_ID, challenge.c.kind == "code", challenge.c.tries < bindparam("most"))
    .values(tries=challenge.c.tries + 1)
)
_CLAIM = (
    update(challenge)
    .where(*_OF_ID, challenge.c.kind == "page")
    .values(kind="code", customer_id=bindparam("customer"), secret=bindparam("new_secret"))
)
_USE = (
    update(challenge)
    .where(challenge.c.id == bindparam("challenge_id"), challenge.c.used_at.is_(None))
    .values(used_at=bindparam("now"))
)
_KEPT = timedelta(days=1)
"""How long a challenge stays after it was begun, to be counted."""


class StoredLinks:
    """The `Links` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, user: ChatUser) -> Link | None:
        """The link of a chat user, run out or not."""
        return await self._database.read(partial(find_link, user=user))

    async def put(self, link: Link) -> None:
        """Keep a link in the place of any earlier one."""
        await self._database.write(partial(_put, new=link, now=self._database.now()))

    async def remove(self, user: ChatUser, *, by: str) -> bool:
        """Take a link away; False when there is none."""
        return await self._database.write(partial(_remove, user=user, by=by, now=self._database.now()))

    async def all(self, who: str = "") -> list[Link]:
        """All links, or those of a customer or author id, the newest first."""
        wanted = select(link).order_by(link.c.at.desc())
        if who:
            wanted = wanted.where(or_(link.c.customer_id == who, link.c.author_id == who))
        return await self._database.read(lambda connection: [_link(row) for row in connection.execute(wanted).all()])


class StoredChallenges:
    """The `Challenges` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, new: Challenge, *, per_person: int, per_address: int, since: datetime) -> Opened:
        """Keep it in the place of the person's earlier ones, within the limits."""
        return await self._database.write(
            partial(_open, new=new, per_person=per_person, per_address=per_address, since=since)
        )

    async def current(self, user: ChatUser, *, now: datetime) -> Challenge | None:
        """The person's challenge that can still be answered."""

        def work(connection: Connection) -> Challenge | None:
            row = connection.execute(_CURRENT, {**_keys(user), "now": now}).one_or_none()
            return None if row is None else _challenge(row)

        return await self._database.read(work)

    async def attempt(self, challenge_id: str, *, most: int, now: datetime) -> Challenge | None:
        """Count one try before it is looked at."""

        def work(connection: Connection) -> Challenge | None:
            counted = connection.execute(_TRY, {"challenge_id": challenge_id, "most": most, "now": now})
            return _standing(connection, challenge_id) if counted.rowcount == 1 else None

        return await self._database.write(work)

    async def claim(self, challenge_id: str, *, customer_id: str, secret: str, now: datetime) -> Challenge | None:
        """A page challenge becomes a code challenge for this customer, once."""
        change = {"challenge_id": challenge_id, "customer": customer_id, "new_secret": secret, "now": now}

        def work(connection: Connection) -> Challenge | None:
            claimed = connection.execute(_CLAIM, change)
            return _standing(connection, challenge_id) if claimed.rowcount == 1 else None

        return await self._database.write(work)

    async def redeem(self, challenge_id: str, link: Link) -> bool:
        """Use it up and keep the link."""
        now = self._database.now()

        def work(connection: Connection) -> bool:
            if connection.execute(_USE, {"challenge_id": challenge_id, "now": now}).rowcount != 1:
                return False
            _put(connection, link, now)
            return True

        return await self._database.write(work)


def find_link(connection: Connection, user: ChatUser) -> Link | None:
    """The link of a chat user inside another transaction."""
    row = connection.execute(_LINK, _keys(user)).one_or_none()
    return None if row is None else _link(row)


def _put(connection: Connection, new: Link, now: datetime) -> None:
    hold(connection, f"link:{new.user.key}")
    connection.execute(_FORGET_LINK, _keys(new.user))
    connection.execute(
        _ADD_LINK,
        {
            "tenant": new.user.tenant,
            "platform": new.user.platform,
            "author_id": new.user.author_id,
            "customer_id": new.customer_id,
            "how": new.how,
            "at": new.at,
            "until": new.until,
            "by": new.by,
        },
    )
    by = new.by or f"customer:{new.user.author_id}"
    audit.note(connection, at=now, case_id="", what="linked", by=by, user=new.user.key, customer=new.customer_id,
               how=new.how)  # fmt: skip


def _remove(connection: Connection, user: ChatUser, by: str, now: datetime) -> bool:
    known = find_link(connection, user)
    if known is None:
        return False
    connection.execute(_FORGET_LINK, _keys(user))
    audit.note(connection, at=now, case_id="", what="unlinked", by=by, user=user.key, customer=known.customer_id)
    return True


def _open(connection: Connection, new: Challenge, per_person: int, per_address: int, since: datetime) -> Opened:
    hold(connection, f"challenge:{new.user.key}")
    hold(connection, f"challenge:{new.about}")
    connection.execute(_SWEEP, {"before": new.at - _KEPT})
    is_page = new.about == new.user.key
    theirs = _COUNT_THEIRS.where(challenge.c.about == new.about if is_page else challenge.c.about != new.user.key)
    if connection.execute(theirs, {**_keys(new.user), "since": since}).scalar_one() >= per_person:
        return "person_full"
    about = {"about": new.about, "since": since}
    is_full = not is_page and connection.execute(_COUNT_ABOUT, about).scalar_one() >= per_address
    connection.execute(_DROP, {**_keys(new.user), "now": new.at})
    connection.execute(
        _ADD,
        {
            "id": new.id,
            "tenant": new.user.tenant,
            "platform": new.user.platform,
            "author_id": new.user.author_id,
            "kind": new.kind,
            "customer_id": "" if is_full else new.customer_id,
            "about": new.about,
            "secret": new.secret,
            "at": new.at,
            "expires_at": new.expires_at,
            "waiting_turn": new.turn_id,
            "tries": new.tries,
        },
    )
    return "address_full" if is_full else "open"


def _standing(connection: Connection, challenge_id: str) -> Challenge:
    return _challenge(connection.execute(_BY_ID, {"challenge_id": challenge_id}).one())


def _keys(user: ChatUser) -> dict[str, Any]:
    return {"of_tenant": user.tenant, "of_platform": user.platform, "of_author": user.author_id}


def _link(row: Row[Any]) -> Link:
    user = ChatUser(row.tenant, row.platform, row.author_id)
    return Link(user, row.customer_id, row.how, row.at, row.until, row.by)


def _challenge(row: Row[Any]) -> Challenge:
    return Challenge(
        id=row.id,
        user=ChatUser(row.tenant, row.platform, row.author_id),
        kind=row.kind,
        customer_id=row.customer_id,
        about=row.about,
        secret=row.secret,
        at=row.at,
        expires_at=row.expires_at,
        turn_id=row.waiting_turn,
        tries=row.tries,
    )
