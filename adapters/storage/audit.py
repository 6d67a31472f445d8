"""Who changed what: one row for each change of owner and each decision."""

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import Connection, insert

from adapters.storage.tables import audit

_NOTE = insert(audit)


def note(connection: Connection, *, at: datetime, case_id: str, what: str, by: str, **detail: JsonValue) -> None:
    """Add a row; `by` is `human:<id>`, `turn:<id>` or `system`."""
    connection.execute(_NOTE, {"at": at, "case_id": case_id, "what": what, "by": by, "detail": detail})
