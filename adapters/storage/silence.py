"""What the bot had still to say in a case, taken back the moment the case is no longer its own."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, update

from adapters.storage.bell import ring, wish
from adapters.storage.tables import outbox
from adapters.storage.tongue import language_in
from core import phrases
from core.case import Case
from core.reply import Post
from core.speaking import in_tongue

_OWED = (
    outbox.c.case_id == bindparam("of_case"),
    outbox.c.thread == bindparam("in_thread"),
    outbox.c.kind == "reply",
    outbox.c.state == "due",
)
_VOID = update(outbox).where(*_OWED, outbox.c.ref == "").values(state="void")
_CLOSE = (
    update(outbox)
    .where(*_OWED, outbox.c.ref != "")
    .values(post=bindparam("line"), revision=outbox.c.revision + 1, not_before=bindparam("now"))
)


def silence(connection: Connection, case: Case, *, now: datetime) -> None:
    """Answers not yet confirmed are never sent; one whose message stands there already is closed with a fixed line."""
    if case.is_with_ai or case.state != "open":
        return
    wish(connection, case.thread.key, "taken")
    owed = {"of_case": case.id, "in_thread": case.thread.key}
    connection.execute(_VOID, owed)
    line = in_tongue(phrases.TAKEN_OVER, language_in(connection, case.thread))
    if connection.execute(_CLOSE, {**owed, "line": Post(line), "now": now}).rowcount:
        ring(connection, "post", case.thread.platform)
