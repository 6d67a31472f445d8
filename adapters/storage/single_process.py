"""One process a database file: an exclusive lock that goes when the process does."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from core.errors import StoreError

if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def only_process(database: Path) -> Generator[None]:
    """Hold `<database>.lock` while inside. Raises `StoreError` when another process holds it."""
    path = database.with_name(f"{database.name}.lock")
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    except OSError as error:
        raise StoreError(
            f"database: {path} cannot be written ({error.strerror}): check the folder's permissions"
        ) from error
    try:
        try:
            _lock(file)
        except OSError as error:
            raise StoreError(
                f"database: another process uses {database}. Stop it, run everything in one process "
                "with `firstline run all`, or set another FIRSTLINE_DATABASE_URL."
            ) from error
        yield
    finally:
        # Never deleted: a process that waits on the old file would then hold a lock nobody else sees.
        os.close(file)
