"""All that is kept about one person: told in full, deleted without a rest, and looked for afterwards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue
from sqlalchemy import ColumnElement, Connection, Table, Text, cast, delete, false, or_, select

from adapters.storage import desktables, enginetables
from adapters.storage.codec import dump_json, load_json
from adapters.storage.database import Database
from adapters.storage.identitytables import link
from adapters.storage.tables import action, case_, inbox, message_picture, metadata, turn
from core.conversation import Thread

_SIDE_TABLES = (desktables.room, enginetables.timer)
"""Known to the metadata once their modules are imported."""
_LAST = ("picture_part", "finding", "picture")
"""Shared by hash: they go when nobody else's message shows them."""


@dataclass(slots=True)
class Person:
    """A customer by every key that rows know them by."""

    customer_id: str
    cases: set[str] = field(default_factory=set[str])
    threads: set[str] = field(default_factory=set[str])
    turns: set[str] = field(default_factory=set[str])
    authors: set[str] = field(default_factory=set[str])
    actions: set[str] = field(default_factory=set[str])
    events: set[int] = field(default_factory=set[int])
    pictures: set[str] = field(default_factory=set[str])

    @property
    def is_known(self) -> bool:
        """Anything at all is kept."""
        return bool(self.cases or self.actions or self.authors)

    @property
    def channels(self) -> set[str]:
        """Ids of the channels their cases were in; folders of uploads are named by them."""
        return {Thread.from_key(key).channel for key in self.threads}


class StoredPersons:
    """What is kept about people, over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def export(self, who: str) -> dict[str, JsonValue]:
        """Every row about the person of a customer id or platform user id; empty when nothing is kept."""
        return await self._database.read(lambda connection: export(connection, find_person(connection, who)))

    async def forget(self, who: str) -> tuple[Person, dict[str, int]]:
        """Delete all of it in one transaction; who it was, and how many rows of each table went."""

        def work(connection: Connection) -> tuple[Person, dict[str, int]]:
            person = find_person(connection, who)
            return person, forget(connection, person)

        return await self._database.write(work)

    async def left(self, needles: Sequence[str]) -> int:
        """In how many rows of the whole database any of these words still stands."""
        return await self._database.read(lambda connection: left(connection, needles))


def find_person(connection: Connection, who: str) -> Person:
    """The person of a customer id, or of a platform's user id where no customer is linked."""
    person = Person(who)
    rows = connection.execute(select(case_).where(or_(case_.c.customer_id == who, case_.c.author_id == who))).all()
    for row in rows:
        person.cases.add(row.id)
        person.threads.add(row.thread)
        person.authors.add(row.author_id)
    linked = select(link.c.author_id).where(or_(link.c.customer_id == who, link.c.author_id == who))
    person.authors.update(connection.execute(linked).scalars())
    owned = or_(action.c.customer_id == who, action.c.case_id.in_(person.cases))
    person.actions.update(connection.execute(select(action.c.key).where(owned)).scalars())
    person.turns.update(connection.execute(select(turn.c.id).where(turn.c.case_id.in_(person.cases))).scalars())
    person.events.update(connection.execute(select(inbox.c.seq).where(inbox.c.thread.in_(person.threads))).scalars())
    shown = select(message_picture.c.sha256).where(message_picture.c.thread.in_(person.threads))
    person.pictures.update(connection.execute(shown).scalars())
    return person


def export(connection: Connection, person: Person) -> dict[str, JsonValue]:
    """Every row about a person, table by table; pictures as their size and hash."""
    told: dict[str, JsonValue] = {}
    for table in metadata.sorted_tables:
        rows = connection.execute(select(table).where(_about(table, person))).mappings().all()
        if rows:
            told[table.name] = [_told(dict(row)) for row in rows]
    return told


def forget(connection: Connection, person: Person) -> dict[str, int]:
    """Delete every row about a person; how many of each table."""
    gone: dict[str, int] = {}
    tables = [table for table in reversed(metadata.sorted_tables) if table.name not in _LAST]
    for table in (*tables, *(metadata.tables[name] for name in _LAST)):
        count = connection.execute(delete(table).where(_about(table, person))).rowcount
        if count:
            gone[table.name] = count
    return gone


def left(connection: Connection, needles: Sequence[str]) -> int:
    """In how many rows of the whole database any of these words still stands."""
    return sum(any(needle in text for needle in needles if needle) for text in _everything(connection))


def _everything(connection: Connection) -> Iterator[str]:
    for table in metadata.sorted_tables:
        for row in connection.execute(select(table)).mappings():
            yield dump_json({key: value if not isinstance(value, bytes) else "" for key, value in row.items()})


def _about(table: Table, person: Person) -> ColumnElement[bool]:
    """The condition under which a row of a table is about the person."""
    keys: dict[str, set[Any]] = {
        "case_id": person.cases,
        "thread": person.threads,
        "turn_id": person.turns,
        "author_id": person.authors,
        "action_key": person.actions,
    }
    wanted: list[ColumnElement[bool]] = [table.c[name].in_(values) for name, values in keys.items() if name in table.c]
    if "customer_id" in table.c:
        wanted.append(table.c["customer_id"] == person.customer_id)
    match table.name:
        case "case_":
            wanted.append(table.c["id"].in_(person.cases))
        case "outbox":
            # What staff were told about a case names it, wherever it was posted.
            wanted.extend(cast(table.c["post"], Text).contains(case) for case in person.cases)
        case "cursor":
            wanted.append(table.c["place"].in_(person.threads))
        case "audit":
            # Links are about a person, not about a case.
            words = [person.customer_id, *person.authors]
            wanted.extend(
                _is_of_links(table) & cast(table.c["detail"], Text).contains(word, autoescape=True)
                for word in words
                if word
            )
        case "turn":
            wanted.append(table.c["id"].in_(person.turns))
        case "inbox" | "inbox_key":
            wanted.append(table.c["seq"].in_(person.events))
        case "picture" | "picture_part" | "finding":
            wanted = [_only_theirs(table, person)]
        case _:
            pass
    return or_(*wanted) if wanted else false()


def _is_of_links(table: Table) -> ColumnElement[bool]:
    return table.c["what"].in_(("linked", "unlinked"))


def _only_theirs(table: Table, person: Person) -> ColumnElement[bool]:
    others = select(message_picture.c.sha256).where(message_picture.c.thread.not_in(person.threads))
    column = table.c["sha256"] if "sha256" in table.c else next(iter(table.primary_key.columns))
    return column.in_(person.pictures) & column.not_in(others)


def _told(row: dict[str, Any]) -> JsonValue:
    plain: JsonValue = load_json(
        dump_json({key: value if not isinstance(value, bytes) else f"{len(value)} bytes" for key, value in row.items()})
    )
    return plain
