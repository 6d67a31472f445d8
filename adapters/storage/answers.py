"""Verified answers and gaps kept in the database."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from adapters.storage.answertables import answer_variant, verified_answer
from adapters.storage.answertables import gap as gap_table
from adapters.storage.database import Database
from adapters.storage.tables import feedback, message, turn
from core.gaps import Gap
from core.knowledge import Audience
from core.redaction import masked
from core.verified import Variant, VerifiedAnswer

_ALL = select(verified_answer).order_by(verified_answer.c.id)
_ONE = select(verified_answer).where(verified_answer.c.id == bindparam("number"))
_VARIANTS = select(answer_variant).order_by(answer_variant.c.id)
_CHANGE = (
    update(verified_answer)
    .where(verified_answer.c.id == bindparam("number"))
    .values(
        text=bindparam("text"),
        owner=bindparam("owner"),
        state=bindparam("state"),
        approved_on=bindparam("approved_on"),
        expires_on=bindparam("expires_on"),
        audience=bindparam("audience"),
        case_id=bindparam("case_id"),
        changed=verified_answer.c.changed + 1,
    )
)
_DROP_VARIANTS = delete(answer_variant).where(answer_variant.c.answer_id == bindparam("number"))
_VERSION = select(
    func.count(verified_answer.c.id),
    func.coalesce(func.sum(verified_answer.c.changed), 0),
    select(func.count(answer_variant.c.id)).scalar_subquery(),
    select(func.coalesce(func.max(answer_variant.c.id), 0)).scalar_subquery(),
)
_SINCE = select(gap_table).where(gap_table.c.at >= bindparam("moment")).order_by(gap_table.c.id)
_UNHELPFUL = (
    select(
        feedback.c.comment, feedback.c.at, turn.c.id, turn.c.case_id, turn.c.thread, message.c.speaker, message.c.text
    )
    .join(turn, turn.c.id == feedback.c.turn_id)
    .join(message, message.c.turn_id == turn.c.id)
    .where(feedback.c.at >= bindparam("moment"), feedback.c.is_good.is_(False))
    .where(message.c.speaker.in_(("customer", "bot")), message.c.text != "")
    .order_by(feedback.c.at, message.c.seq)
)
"""Read where it stands, so it follows a verdict that changes, and goes with the words and with the person."""
_KNOWN = select(gap_table.c.id).where(
    gap_table.c.case_id == bindparam("case_id"),
    gap_table.c.turn_id == bindparam("turn_id"),
    gap_table.c.kind == bindparam("kind"),
)
_PREFIX = "V-"


class StoredAnswers:
    """The `VerifiedAnswers` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, answer: VerifiedAnswer) -> VerifiedAnswer:
        """See the port."""

        def work(connection: Connection) -> VerifiedAnswer:
            made = connection.execute(insert(verified_answer).values(**_columns(answer), changed=1))
            number = int(made.inserted_primary_key[0]) if made.inserted_primary_key else 0
            _add_variants(connection, number, answer)
            return replace(answer, id=f"{_PREFIX}{number}")

        return await self._database.write(work)

    async def change(self, answer: VerifiedAnswer) -> bool:
        """See the port."""
        number = _number(answer.id)

        def work(connection: Connection) -> bool:
            if connection.execute(_CHANGE, {"number": number, **_columns(answer)}).rowcount != 1:
                return False
            connection.execute(_DROP_VARIANTS, {"number": number})
            _add_variants(connection, number, answer)
            return True

        return await self._database.write(work)

    async def get(self, answer_id: str) -> VerifiedAnswer | None:
        """See the port."""
        number = _number(answer_id)

        def work(connection: Connection) -> VerifiedAnswer | None:
            row = connection.execute(_ONE, {"number": number}).first()
            wanted = _VARIANTS.where(answer_variant.c.answer_id == number)
            return _answer(row, connection.execute(wanted).all()) if row else None

        return await self._database.read(work)

    async def all(self) -> list[VerifiedAnswer]:
        """See the port."""

        def work(connection: Connection) -> list[VerifiedAnswer]:
            by_answer: dict[int, list[Row[Any]]] = {}
            for each in connection.execute(_VARIANTS).all():
                by_answer.setdefault(each.answer_id, []).append(each)
            return [_answer(row, by_answer.get(row.id, [])) for row in connection.execute(_ALL).all()]

        return await self._database.read(work)

    async def version(self) -> str:
        """See the port."""
        return await self._database.read(lambda connection: str(tuple(connection.execute(_VERSION).one())))


class StoredGaps:
    """The `Gaps` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, gap: Gap) -> None:
        """See the port."""

        def work(connection: Connection) -> None:
            known = {"case_id": gap.case_id, "turn_id": gap.turn_id, "kind": gap.kind}
            if connection.execute(_KNOWN, known).first() is None:
                connection.execute(insert(gap_table), asdict(gap))

        await self._database.write(work)

    async def since(self, moment: datetime) -> list[Gap]:
        """See the port."""

        def work(connection: Connection) -> list[Gap]:
            rows = connection.execute(_SINCE, {"moment": moment}).mappings().all()
            noted = [Gap(**{name: value for name, value in row.items() if name != "id"}) for row in rows]
            return sorted([*noted, *_unhelpful(connection, moment)], key=lambda gap: gap.at)

        return await self._database.read(work)


def _unhelpful(connection: Connection, moment: datetime) -> list[Gap]:
    """Answers that somebody called not helpful, each once, with what they answered."""
    by_turn: dict[str, list[Any]] = {}
    for row in connection.execute(_UNHELPFUL, {"moment": moment}):
        by_turn.setdefault(row.id, []).append(row)
    found: list[Gap] = []
    for turn_id, rows in by_turn.items():
        asked, answered = (list(dict.fromkeys(r.text for r in rows if r.speaker == who)) for who in ("customer", "bot"))
        if asked:
            told, comment = rows[-1], next((row.comment for row in rows if row.comment), "")
            found.append(
                Gap("unhelpful", masked("\n".join(asked)), told.at, told.case_id, turn_id, told.thread,
                    masked("\n".join(answered)), masked(comment))
            )  # fmt: skip
    return found


def _number(answer_id: str) -> int:
    digits = answer_id.upper().removeprefix(_PREFIX)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0


def _columns(answer: VerifiedAnswer) -> dict[str, Any]:
    return {
        "text": answer.text,
        "owner": answer.owner,
        "state": answer.state,
        "approved_on": answer.approved_on,
        "expires_on": answer.expires_on,
        "audience": asdict(answer.audience),
        "case_id": answer.case_id,
    }


def _add_variants(connection: Connection, number: int, answer: VerifiedAnswer) -> None:
    rows = [{"answer_id": number, "text": each.text, "case_id": each.case_id} for each in answer.variants]
    if rows:
        connection.execute(insert(answer_variant), rows)


def _answer(row: Row[Any], variants: Sequence[Row[Any]]) -> VerifiedAnswer:
    kept = row.audience
    return VerifiedAnswer(
        id=f"{_PREFIX}{row.id}",
        text=row.text,
        variants=tuple(Variant(each.text, each.case_id) for each in variants),
        owner=row.owner,
        state=row.state,
        approved_on=row.approved_on,
        expires_on=row.expires_on,
        audience=Audience(
            tuple(kept["tenants"]), tuple(kept["channels"]), tuple(kept["tiers"]), bool(kept["verified_only"])
        ),
        case_id=row.case_id,
    )
