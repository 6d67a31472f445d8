"""A store over a real file, and a clock that tests move."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from adapters.storage.store import Store, open_store
from tests.adapters.storage.scene import NOW
from tests.fakes.clock import StillClock


@pytest.fixture
def clock() -> StillClock:
    return StillClock(NOW)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'data' / 'firstline.db'}"


@pytest.fixture
async def store(url: str, clock: StillClock) -> AsyncGenerator[Store]:
    async with open_store(url, clock=clock) as opened:
        yield opened
