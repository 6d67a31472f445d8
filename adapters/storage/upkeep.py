"""Looking after the schema by hand: is it up to date, and if not, make it so."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager

from sqlalchemy import Engine

from adapters.storage.database import is_shared
from adapters.storage.failures import translated
from adapters.storage.postgres import postgres_engine
from adapters.storage.schema import HEAD, prepare, revision_of
from adapters.storage.single_process import only_process
from adapters.storage.sqlite import file_of, writing_engine


def state_of(url: str) -> str:
    """One line: `up to date (0005)`, `empty`, or what it is at and what it should be. Raises `StoreError`."""
    if not is_shared(url) and (file := file_of(url)) is not None and not file.exists():
        return "empty: there is no database yet; the first start makes it"
    with _engine(url, is_alone=False) as engine, translated(), engine.connect() as connection:
        found = revision_of(connection)
    if found is None:
        return "empty: the first start makes the tables"
    return f"up to date ({HEAD})" if found == HEAD else f"at {found or 'nothing'}, should be {HEAD}"


def upgrade_database(url: str) -> str:
    """Bring it up to date; one line about it. Raises `StoreError`, also while a process uses a SQLite file."""
    with _engine(url, is_alone=True) as engine, translated():
        prepare(engine)
    return f"up to date ({HEAD})"


@contextmanager
def _engine(url: str, *, is_alone: bool) -> Generator[Engine]:
    with ExitStack() as held:
        if is_shared(url):
            engine = postgres_engine(url)
        else:
            file = file_of(url)
            if file is not None and is_alone:
                file.parent.mkdir(parents=True, exist_ok=True)
                held.enter_context(only_process(file))
            engine = writing_engine(file)
        try:
            yield engine
        finally:
            engine.dispose()
