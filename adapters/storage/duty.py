"""Who of the team is there, and the watch over cases with people, kept in the database."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from adapters.storage import audit
from adapters.storage.caserows import case_of
from adapters.storage.database import Database
from adapters.storage.desktables import duty
from adapters.storage.ledger import read_events
from adapters.storage.locks import hold
from adapters.storage.posts import add_cards, find_by_key
from adapters.storage.tables import case_, turn
from core.case import AI, Case
from core.conversation import Thread
from core.duty import Presence, Watched
from core.event import Event
from core.notes import HELD_BACK, HeldBack
from core.reply import Post

_TURNS = 5
"""The newest turns of a case, in which its language is looked for."""
_ALL = select(duty).order_by(duty.c.name, duty.c.staff_id)
_KNOWN = select(duty.c.tenants).where(duty.c.staff_id == bindparam("staff_id"))
_OPEN = select(case_).where(case_.c.state == "open").order_by(case_.c.since, case_.c.id)
_QUEUED = _OPEN.where(case_.c.owner.startswith("queue:"), case_.c.phase == "active")
_WITH_PEOPLE = _OPEN.where(case_.c.owner != AI)
_PRIORITISE = (
    update(case_)
    .where(case_.c.id == bindparam("case_id"), case_.c.version == bindparam("read_version"))
    .values(priority=bindparam("new_priority"), version=case_.c.version + 1)
)


class StoredDuty:
    """The `Duty` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[Presence]:
        """Everybody who ever said something or was given a case, by name."""
        return await self._database.read(
            lambda connection: [_presence(row) for row in connection.execute(_ALL).mappings()]
        )

    async def say(
        self, staff_id: str, name: str, *, is_away: bool, until: datetime | None = None, tenant: str = ""
    ) -> None:
        """Somebody comes or goes."""
        await self._keep(staff_id, tenant, {"name": name, "is_away": is_away, "until": until})

    async def given(self, staff_id: str, name: str, *, tenant: str = "") -> None:
        """Somebody was given a case."""
        await self._keep(staff_id, tenant, {"name": name, "given_at": self._database.now()})

    async def _keep(self, staff_id: str, tenant: str, values: Mapping[str, Any]) -> None:
        def work(connection: Connection) -> None:
            hold(connection, f"duty:{staff_id}")
            known = connection.execute(_KNOWN, {"staff_id": staff_id}).first()
            tenants = sorted({*(known.tenants if known and known.tenants else ()), tenant} - {""})
            kept = {"tenants": tenants, **values}
            if known is None:
                connection.execute(insert(duty), {"staff_id": staff_id, "is_away": False, **kept})
            else:
                connection.execute(update(duty).where(duty.c.staff_id == staff_id), kept)

        await self._database.write(work)


def _presence(row: RowMapping) -> Presence:
    return replace(Presence(**row), tenants=tuple(row["tenants"] or ()))


class StoredWatch:
    """The `Watch` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def queued(self) -> list[Case]:
        """Open cases that nobody has, the oldest first."""
        return await self._database.read(lambda connection: [case_of(row) for row in connection.execute(_QUEUED).all()])

    async def with_people(self) -> list[Watched]:
        """Open cases that are not with the bot, with their events."""

        def work(connection: Connection) -> list[Watched]:
            cases = [case_of(row) for row in connection.execute(_WITH_PEOPLE).all()]
            told: dict[str, list[Event]] = {case.id: [] for case in cases}
            for event in read_events(connection, of_cases=list(told)) if cases else ():
                told[event.case_id].append(event)
            return [Watched(case, told[case.id]) for case in cases]

        return await self._database.read(work)

    async def events(self, case_id: str) -> list[Event]:
        """What happened in one case, oldest first."""
        return await self._database.read(lambda connection: read_events(connection, of_cases=[case_id]))

    async def language(self, case_id: str) -> str:
        """In which language its customer wrote last, as triage judged."""
        for steps in await self._traces(case_id, _TURNS):
            for kind, line in steps:
                if kind == "triage" and (language := json.loads(line).get("language")):
                    return str(language)
        return ""

    async def held_back(self, case_id: str) -> HeldBack | None:
        """The bot's last answer, if the customer was not shown all of it."""
        for steps in await self._traces(case_id, 1):
            for line in (line for kind, line in steps if kind == HELD_BACK):
                kept = json.loads(line)
                return HeldBack(str(kept["answer"]), tuple(map(str, kept["unproved"])))
        return None

    async def _traces(self, case_id: str, count: int) -> list[list[tuple[str, str]]]:
        """Of the newest turns of a case, the newest first."""
        wanted = select(turn.c.trace).where(turn.c.case_id == case_id, turn.c.ended_at.is_not(None))
        wanted = wanted.order_by(turn.c.began_at.desc(), turn.c.id.desc()).limit(count)
        return await self._database.read(
            lambda connection: [list(steps or ()) for steps in connection.execute(wanted).scalars()]
        )

    async def once(
        self, key: str, case_id: str, what: str, detail: Mapping[str, str], posts: Sequence[tuple[Thread, Post]]
    ) -> bool:
        """An event and its posts in one transaction; False, and nothing, when that key was used."""
        now = self._database.now()

        def work(connection: Connection) -> bool:
            hold(connection, f"watch:{case_id}")
            if find_by_key(connection, f"{key}:0") is not None:
                return False
            add_cards(connection, posts, key=key, case_id=case_id, now=now)
            audit.note(connection, at=now, case_id=case_id, what=what, by="system", **detail)
            return True

        return await self._database.write(work) if posts else False

    async def prioritise(self, case: Case, priority: str, *, by: str) -> Case | None:
        """Another priority for a case that people have; None when somebody else changed it first."""
        now = self._database.now()

        def work(connection: Connection) -> Case | None:
            new = {"case_id": case.id, "read_version": case.version, "new_priority": priority}
            if connection.execute(_PRIORITISE, new).rowcount != 1:
                return None
            audit.note(
                connection, at=now, case_id=case.id, what="priority", by=by, priority=priority, reason=f"now {priority}"
            )
            return replace(case, priority=priority, version=case.version + 1)

        return await self._database.write(work)
