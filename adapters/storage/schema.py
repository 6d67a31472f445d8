"""The schema of a database: made when it is new, migrated when it is old, left alone when it fits."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from adapters.storage.answertables import answer_variant, gap, verified_answer
from adapters.storage.desktables import callback, correction, duty, kept_file, rating, relay, room
from adapters.storage.enginetables import cursor, replica, step, timer
from adapters.storage.installtables import install_state, installation
from adapters.storage.moneytables import budget, model_call, reservation, summary
from adapters.storage.tables import metadata
from core.errors import StoreError

MORE_TABLES = (
    *(cursor, replica, step, timer, room, relay, kept_file, rating, callback, duty),
    *(model_call, budget, reservation, summary, correction),
    *(verified_answer, answer_variant, gap),
    *(installation, install_state),
)
"""Tables of modules of their own; metadata knows a table once it is imported."""

MIGRATIONS = Path(__file__).parent / "migrations"

HEAD = max(file.stem[:4] for file in (MIGRATIONS / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))
"""The newest revision, which is what the tables say: a migration's file begins with its number."""


def prepare(engine: Engine) -> None:
    """Bring a database to `HEAD`. Raises `StoreError` for one that a newer version has written."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            # Replicas that start together migrate one after another.
            connection.execute(text("SELECT pg_advisory_xact_lock(7238701)"))
        found = revision_of(connection)
        if found == HEAD:
            return
        if found is None:
            _create(connection)
            return
        _migrate(connection, found)


def revision_of(connection: Connection) -> str | None:
    """The revision it is at; None for a new database, empty for one from before the first."""
    # Asked for by name because listing all tables costs more than the rest of a start.
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none() or ""


def _create(connection: Connection) -> None:
    metadata.create_all(connection)
    connection.execute(
        text(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
            "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def _migrate(connection: Connection, found: str) -> None:
    # Imported only here: it takes longer than everything else at a start, and most starts need none.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(
            f"database: its schema {found} is unknown to this version: install the newest Firstline, "
            "or restore the backup that belongs to this one"
        ) from error
