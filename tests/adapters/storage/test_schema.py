"""The migrations and the tables say the same."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from adapters.storage.database import is_shared, open_database
from adapters.storage.postgres import postgres_engine
from adapters.storage.schema import HEAD, MIGRATIONS, prepare
from adapters.storage.sqlite import file_of, writing_engine
from adapters.storage.store import open_store
from adapters.storage.tables import metadata
from adapters.storage.upkeep import state_of, upgrade_database
from core.errors import StoreError
from tests.adapters.storage.scene import answered, says
from tests.fakes.clock import StillClock


def migrated(file: Path, *, found: str = "") -> Engine:
    """A database that comes from before the first revision, brought up to date."""
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
        if found:
            connection.execute(text("INSERT INTO alembic_version VALUES (:found)"), {"found": found})
    engine.dispose()
    engine = writing_engine(file)
    try:
        prepare(engine)
    except StoreError:
        engine.dispose()
        raise
    return engine


def shape(engine: Engine) -> dict[str, object]:
    """All that a database says of its tables."""
    look = inspect(engine)
    return {
        name: (
            [(column["name"], str(column["type"]), column["nullable"]) for column in look.get_columns(name)],
            look.get_pk_constraint(name),
            sorted(look.get_foreign_keys(name), key=str),
            sorted(look.get_unique_constraints(name), key=str),
            sorted(
                ((index["name"], index["column_names"], index["unique"]) for index in look.get_indexes(name)), key=str
            ),
            sorted(str(index.get("dialect_options", {}).get("sqlite_where")) for index in look.get_indexes(name)),
        )
        for name in sorted(look.get_table_names())
        if name != "alembic_version"
    }


def test_a_migrated_database_has_the_tables_of_a_new_one(tmp_path: Path) -> None:
    new = writing_engine(tmp_path / "new.db")
    prepare(new)
    old = migrated(tmp_path / "old.db")
    try:
        assert shape(old) == shape(new)
        with old.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, metadata) == []
            assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [HEAD]
    finally:
        new.dispose()
        old.dispose()


def test_the_newest_migration_is_the_one_the_tables_belong_to() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


async def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path, clock: StillClock) -> None:
    file = tmp_path / "x.db"
    with pytest.raises(StoreError, match="install the newest Firstline"):
        migrated(file, found="9999")
    with pytest.raises(StoreError, match="install the newest Firstline"):
        async with open_database(f"sqlite:///{file}", clock=clock):
            pass


async def test_a_migrated_database_answers(tmp_path: Path, clock: StillClock) -> None:
    migrated(tmp_path / "x.db").dispose()
    async with open_store(f"sqlite:///{tmp_path / 'x.db'}", clock=clock) as store:
        await says(store)
        await answered(store)


def test_the_same_tables_can_be_made_in_postgresql() -> None:
    dialect = postgresql.dialect()
    made = [str(CreateTable(table).compile(dialect=dialect)) for table in metadata.sorted_tables]
    made += [
        str(CreateIndex(index).compile(dialect=dialect))
        for table in metadata.tables.values()
        for index in table.indexes
    ]
    assert any("JSONB" in each for each in made)
    assert any("TIMESTAMP WITH TIME ZONE" in each for each in made)
    assert any("WHERE state = 'due'" in each for each in made)


def older() -> list[str]:
    """Every version but the newest, the oldest first."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return sorted(each.revision for each in ScriptDirectory.from_config(config).walk_revisions())[:-1]


@pytest.mark.parametrize("found", older())
def test_every_released_schema_moves_forward_with_its_rows(url: str, found: str) -> None:
    """A database of an older version, with a case in it, is brought up to date and then checked as such."""
    engine = postgres_engine(url) if is_shared(url) else sqlite_of(url)
    with engine.begin() as connection:
        upgrade_to(connection, found)
        connection.execute(text("INSERT INTO timer VALUES " + OLD_TIMER) if found >= "0002" else text("SELECT 1"))
    engine.dispose()
    assert state_of(url) == f"at {found}, should be {HEAD}"
    assert upgrade_database(url) == f"up to date ({HEAD})"
    assert state_of(url) == f"up to date ({HEAD})"
    engine = postgres_engine(url) if is_shared(url) else sqlite_of(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        kept = connection.execute(text("SELECT id FROM timer")).scalars().all()
    engine.dispose()
    assert kept == (["old"] if found >= "0002" else [])


OLD_TIMER = "('old', 'note', '2026-03-02 09:00:00', '2026-03-02 09:00:00', '{}', '', 'waiting', 0)"


def sqlite_of(url: str) -> Engine:
    file = file_of(url)
    assert file is not None
    file.parent.mkdir(parents=True, exist_ok=True)
    return writing_engine(file)


def upgrade_to(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
