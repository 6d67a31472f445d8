"""A store over a real database of each kind, and a clock that tests move."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest

from adapters.storage.store import Store, open_store
from tests.adapters.storage.scene import NOW
from tests.fakes.clock import StillClock
from tests.servers.postgres import fresh_database, is_available, some_server

KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture
def clock() -> StillClock:
    return StillClock(NOW)


@pytest.fixture(scope="session")
def postgres() -> Generator[str]:
    if not is_available():
        pytest.skip("no PostgreSQL here")
    with some_server() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'data' / 'firstline.db'}"


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest) -> Generator[str]:
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    with fresh_database(request.getfixturevalue("postgres")) as made:
        yield made


@pytest.fixture
async def store(url: str, clock: StillClock) -> AsyncGenerator[Store]:
    async with open_store(url, clock=clock) as opened:
        yield opened
