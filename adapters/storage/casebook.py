"""The casebook over a database: joins that a desk needs, each read in one view of what is committed."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, or_, select, true

from adapters.storage.actionrows import action_of, approval_of
from adapters.storage.callbacks import callbacks_of
from adapters.storage.caserows import case_of, find_case
from adapters.storage.database import Database
from adapters.storage.desk import trace_of
from adapters.storage.desktables import callback, rating, room
from adapters.storage.ledger import read_events
from adapters.storage.moneytables import model_call
from adapters.storage.posts import delivery_of
from adapters.storage.tables import (
    action,
    approval,
    case_,
    feedback,
    message,
    message_picture,
    outbox,
    picture,
    turn,
)
from adapters.storage.transcript import line_of, newest_lines
from core.case import Case
from core.casebook import Bill, Dossier, Found, Opinion, Reach, ShownPicture, Tallies, Waiting
from core.conversation import Line
from core.event import Event
from core.modelling import Picture
from core.turn import Posted

_MOST_LINES = 2_000
_MOST_POSTS = 500
_MOST_WORDS = 8
MOST_SEARCHED = 50_000
"""Lines that a search reads, the newest of those one may see."""


class StoredCasebook:
    """The `Casebook` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self, reach: Reach, *, limit: int) -> list[Waiting]:
        """See `core.casebook.Casebook`."""
        return await self._database.read(lambda connection: _waiting(connection, reach, limit))

    async def search(self, words: str, reach: Reach, *, limit: int) -> list[Found]:
        """See `core.casebook.Casebook`."""
        return await self._database.read(lambda connection: _search(connection, words, reach, limit))

    async def dossier(self, case_id: str, reach: Reach) -> Dossier | None:
        """See `core.casebook.Casebook`."""
        return await self._database.read(lambda connection: _dossier(connection, case_id, reach))

    async def picture(self, case_id: str, sha256: str, reach: Reach) -> Picture | None:
        """See `core.casebook.Casebook`."""
        return await self._database.read(lambda connection: _picture(connection, case_id, sha256, reach))

    async def tallies(self, reach: Reach) -> Tallies:
        """See `core.casebook.Casebook`."""
        return await self._database.read(lambda connection: _tallies(connection, reach))


def _within(reach: Reach) -> ColumnElement[bool]:
    return true() if reach.is_all else (case_.c.platform + ":" + case_.c.tenant).in_(sorted(reach.tenants))


def _find(connection: Connection, case_id: str, reach: Reach) -> Case | None:
    found = find_case(connection, case_id)
    return found if found is not None and reach.includes(found.thread) else None


def _waiting(connection: Connection, reach: Reach, limit: int) -> list[Waiting]:
    touched = func.coalesce(case_.c.since, case_.c.opened_at)
    wanted = (
        select(case_)
        .where(case_.c.state != "closed", _within(reach))
        .order_by(case((case_.c.state != "open", 2), (case_.c.owner == "ai", 1), else_=0), touched, case_.c.id)
        .limit(limit)
    )
    cases = [case_of(row) for row in connection.execute(wanted).all()]
    ids = [each.id for each in cases]
    events = _by_case(read_events(connection, of_cases=ids)) if ids else {}
    promised = select(callback.c.case_id, func.min(callback.c.due_at)).where(
        callback.c.case_id.in_(ids), callback.c.state.in_(("waiting", "due"))
    )
    moments = {row[0]: row[1] for row in connection.execute(promised.group_by(callback.c.case_id)).all()}
    last = _last_lines(connection, ids)
    return [Waiting(each, last.get(each.id), tuple(events.get(each.id, ())), moments.get(each.id)) for each in cases]


def _last_lines(connection: Connection, ids: Sequence[str]) -> dict[str, Line]:
    newest = (
        select(func.max(message.c.seq))
        .where(message.c.case_id.in_(ids), message.c.text != "", message.c.speaker != "system")
        .group_by(message.c.case_id)
    )
    rows = connection.execute(select(message).where(message.c.seq.in_(newest))).all()
    return {row.case_id: line_of(row) for row in rows}


def _by_case(events: Sequence[Event]) -> dict[str, list[Event]]:
    told: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        told[event.case_id].append(event)
    return told


def _search(connection: Connection, text: str, reach: Reach, limit: int) -> list[Found]:
    asked, words = text.strip(), text.split()[:_MOST_WORDS]
    if not words:
        return []
    named = or_(
        case_.c.id == asked.upper(),
        case_.c.customer_id == asked,
        case_.c.author_id == asked,
        select(action.c.id).where(action.c.case_id == case_.c.id, action.c.receipt_id == asked).exists(),
    )
    wanted = select(case_).where(_within(reach), named).order_by(case_.c.opened_at.desc(), case_.c.id).limit(limit)
    found = {each.id: Found(each, None) for each in map(case_of, connection.execute(wanted).all())}
    # Read from the newest line back, and not for ever: what is older is found by its case, customer or receipt.
    newest = select(message.c.seq, message.c.case_id, message.c.text).join(case_, case_.c.id == message.c.case_id)
    read = newest.where(_within(reach)).order_by(message.c.seq.desc()).limit(MOST_SEARCHED).subquery()
    holds = and_(*(read.c.text.icontains(word, autoescape=True) for word in words))
    last = func.max(read.c.seq)
    hits = select(last).where(holds).group_by(read.c.case_id).order_by(last.desc()).limit(limit)
    rows = connection.execute(select(message).where(message.c.seq.in_(list(connection.execute(hits).scalars())))).all()
    for row in sorted(rows, key=lambda row: -row.seq):
        case_found = find_case(connection, row.case_id)
        if case_found is not None:
            found[row.case_id] = Found(case_found, line_of(row))
    return list(found.values())[:limit]


def _dossier(connection: Connection, case_id: str, reach: Reach) -> Dossier | None:
    found = _find(connection, case_id, reach)
    if found is None:
        return None
    actions = connection.execute(select(action).where(action.c.case_id == case_id).order_by(action.c.id)).all()
    asked = select(approval).where(approval.c.action_key.in_([row.key for row in actions]))
    turns = connection.execute(select(turn).where(turn.c.case_id == case_id).order_by(turn.c.began_at, turn.c.id)).all()
    return Dossier(
        case=found,
        lines=tuple(newest_lines(connection, case_id, limit=_MOST_LINES)),
        events=tuple(read_events(connection, of_cases=[case_id])),
        actions=tuple(action_of(row) for row in actions),
        approvals=tuple(approval_of(row) for row in connection.execute(asked.order_by(approval.c.expires_at)).all()),
        callbacks=tuple(callbacks_of(connection, case_id)),
        pictures=tuple(_shown(row) for row in connection.execute(_pictures_of(found)).all()),
        traces=tuple(trace_of(row) for row in turns),
        posts=tuple(_posts(connection, found)),
        opinions=tuple(_opinions(connection, case_id, [row.id for row in turns])),
        bill=_bill(connection, case_id),
    )


def _pictures_of(found: Case) -> Any:
    # Several cases may have been in one thread, one after the other: only messages of this one count.
    theirs = select(message.c.message_id).where(message.c.case_id == found.id, message.c.message_id != "")
    return (
        select(message_picture.c.message_id, message_picture.c.name, message_picture.c.sha256)
        .join(picture, picture.c.sha256 == message_picture.c.sha256)
        .where(message_picture.c.thread == found.thread.key, message_picture.c.message_id.in_(theirs))
        .order_by(picture.c.kept_at, message_picture.c.attachment_id)
    )


def _shown(row: Row[Any]) -> ShownPicture:
    return ShownPicture(row.message_id, row.name, row.sha256)


def _picture(connection: Connection, case_id: str, sha256: str, reach: Reach) -> Picture | None:
    found = _find(connection, case_id, reach)
    if found is None or sha256 not in {row.sha256 for row in connection.execute(_pictures_of(found)).all()}:
        return None
    kept = connection.execute(select(picture.c.media_type, picture.c.content).where(picture.c.sha256 == sha256)).one()
    return Picture(kept.media_type, kept.content)


def _posts(connection: Connection, found: Case) -> list[Posted]:
    rooms = connection.execute(select(room.c.place, room.c.thread).where(room.c.case_id == found.id)).all()
    places = {found.thread.key, *(row.place for row in rooms), *(row.thread for row in rooms)}
    wanted = select(outbox).where(outbox.c.thread.in_(sorted(places)), outbox.c.case_id == found.id)
    rows = connection.execute(wanted.order_by(outbox.c.id).limit(_MOST_POSTS)).all()
    return [Posted(delivery_of(row), row.state, row.at, row.why) for row in rows]


def _opinions(connection: Connection, case_id: str, turns: Sequence[str]) -> list[Opinion]:
    rated = connection.execute(select(rating).where(rating.c.case_id == case_id)).all()
    judged = connection.execute(select(feedback).where(feedback.c.turn_id.in_(turns)).order_by(feedback.c.at)).all()
    return [
        *(Opinion("", f"{row.score} of 5", row.comment) for row in rated),
        *(Opinion(row.turn_id, "good" if row.is_good else "bad", row.comment) for row in judged),
    ]


def _bill(connection: Connection, case_id: str) -> Bill:
    call = model_call.c
    sums = select(
        func.coalesce(func.sum(call.requests), 0),
        func.coalesce(func.sum(call.input_tokens + call.output_tokens), 0),
        func.coalesce(func.sum(call.nanos), 0),
        func.coalesce(func.sum(case((call.nanos.is_(None), 1), else_=0)), 0),
    ).where(call.case_id == case_id)
    return Bill(*(int(value) for value in connection.execute(sums).one()))


def _tallies(connection: Connection, reach: Reach) -> Tallies:
    ids = set(connection.execute(select(case_.c.id).where(_within(reach))).scalars())
    call = model_call.c
    sums = select(
        call.case_id,
        func.coalesce(func.sum(call.nanos), 0),
        func.coalesce(func.sum(case((call.nanos.is_(None), 1), else_=0)), 0),
    ).group_by(call.case_id)
    spent = [row for row in connection.execute(sums).all() if row[0] in ids]
    return Tallies(
        events=tuple(event for event in read_events(connection) if event.case_id in ids),
        nanos={row[0]: int(row[1]) for row in spent},
        unpriced=sum(int(row[2]) for row in spent),
    )
