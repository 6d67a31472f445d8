"""Our own transcript of a case, line by line."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from adapters.storage.tables import message
from core.conversation import Line, Message

_ADD = insert(message)
_NEWEST = (
    select(message)
    .where(
        message.c.case_id == bindparam("case_id"), message.c.turn_id.not_in(bindparam("except_turns", expanding=True))
    )
    .order_by(message.c.seq.desc())
    .limit(bindparam("limit"))
)
_FINDINGS = select(message.c.seq, message.c.findings).where(
    message.c.case_id == bindparam("case_id"), message.c.message_id == bindparam("message_id")
)
_SET_FINDINGS = update(message).where(message.c.seq == bindparam("at_seq")).values(findings=bindparam("findings"))


def said(new: Message) -> Line:
    """A customer's message as a line."""
    return Line("customer", new.author.name, new.text, new.sent_at, message_id=new.id, author_id=new.author.id)


def add_lines(connection: Connection, case_id: str, lines: Iterable[Line], *, turn_id: str = "") -> None:
    """Append lines; `turn_id` says which turn they belong to."""
    rows = [
        {
            "case_id": case_id,
            "turn_id": turn_id,
            "speaker": line.speaker,
            "name": line.name,
            "text": line.text,
            "at": line.at,
            "message_id": line.message_id,
            "findings": line.findings,
            "author_id": line.author_id,
        }
        for line in lines
    ]
    if rows:
        connection.execute(_ADD, rows if len(rows) > 1 else rows[0])


def add_findings(connection: Connection, case_id: str, findings: Iterable[tuple[str, str]]) -> None:
    """Write what a message's pictures showed beside it, each text once."""
    for message_id, text in findings:
        for row in connection.execute(_FINDINGS, {"case_id": case_id, "message_id": message_id}).all():
            known: tuple[str, ...] = row.findings or ()
            if text not in known:
                connection.execute(_SET_FINDINGS, {"at_seq": row.seq, "findings": (*known, text)})


def newest_lines(connection: Connection, case_id: str, *, limit: int, except_turns: Collection[str] = ()) -> list[Line]:
    """The newest lines, oldest first, without those of some turns."""
    left_out = [turn_id for turn_id in except_turns if turn_id] or ["-"]
    rows = connection.execute(_NEWEST, {"case_id": case_id, "except_turns": left_out, "limit": limit}).all()
    return [line_of(row) for row in reversed(rows)]


def line_of(row: Row[Any]) -> Line:
    """A row of the transcript as a line."""
    findings = row.findings or ()
    return Line(row.speaker, row.name, row.text, row.at, row.message_id, findings, author_id=row.author_id, seq=row.seq)
