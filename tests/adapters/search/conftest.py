"""A library over a real database of each kind."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest

from adapters.search.library import StoredLibrary
from adapters.storage.postgres import postgres_engine
from adapters.storage.sqlite import reading_engine, writing_engine
from tests.servers.postgres import fresh_database, is_available, some_server

KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def postgres() -> Generator[str]:
    if not is_available():
        pytest.skip("no PostgreSQL here")
    with some_server() as url:
        yield url


@pytest.fixture(params=KINDS)
async def library(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[StoredLibrary]:
    if request.param == "sqlite":
        file = tmp_path / "knowledge.sqlite3"
        async with StoredLibrary.open(writing_engine(file), reading_engine(file)) as opened:
            yield opened
        return
    with fresh_database(request.getfixturevalue("postgres")) as url:
        engine = postgres_engine(url)
        async with StoredLibrary.open(engine, engine) as opened:
            yield opened
