"""The database's own errors, said so that an operator knows what to do."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, SQLAlchemyError

from core.errors import StoreError

# By SQLite's primary result codes: https://www.sqlite.org/rescode.html
_ADVICE = {
    sqlite3.SQLITE_BUSY: "the database is locked by another program: close it and try again",
    sqlite3.SQLITE_LOCKED: "the database is locked by another program: close it and try again",
    sqlite3.SQLITE_FULL: "the disk is full: free some space; nothing was saved",
    sqlite3.SQLITE_NOTADB: "the file is not a database: check FIRSTLINE_DATABASE_URL",
    sqlite3.SQLITE_CORRUPT: "the database file is damaged: restore it from a backup",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened: check FIRSTLINE_DATABASE_URL and the folder's permissions",
    sqlite3.SQLITE_READONLY: "the file cannot be written: check its permissions",
    sqlite3.SQLITE_PERM: "the file cannot be written: check its permissions",
    sqlite3.SQLITE_IOERR: "the disk failed to read or write: check it",
}


def explain(error: SQLAlchemyError | sqlite3.Error) -> str:
    """One line on what happened and what to do; never a statement's parameters."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(origin, "sqlite_errorcode", None)
    if isinstance(code, int) and (advice := _ADVICE.get(code & 0xFF)):
        return f"database: {advice}"
    # What comes after the first line may hold values of the row.
    said = str(origin).partition("\n")[0]
    return f"database: {type(origin).__name__}: {said}"


@contextmanager
def translated() -> Generator[None]:
    """Let out nothing of the database's own errors but `StoreError`."""
    try:
        yield
    except (SQLAlchemyError, InterfaceError, sqlite3.Error) as error:
        raise StoreError(explain(error)) from error
