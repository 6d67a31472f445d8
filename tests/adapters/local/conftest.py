"""The real small model, once for all tests that need it."""

import os
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from adapters.local.chat_server import LocalChatServer, is_available
from adapters.local.weights import KNOWN, Weights, installed_parts, join

SMALL = KNOWN[-1]


@pytest.fixture(scope="session")
def small_weights(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    """The 0.5B model, joined once."""
    parts = installed_parts(SMALL)
    if not parts or not is_available():
        pytest.skip("the extra local-small is not installed")
    cache = os.environ.get("FIRSTLINE_CACHE_DIR")
    folder = Path(cache) if cache else tmp_path_factory.getbasetemp() / "weights"
    return Weights(join(SMALL, parts, folder), SMALL.label)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def small_server(small_weights: Weights) -> AsyncGenerator[LocalChatServer, None]:
    """The engine with the 0.5B model, on one thread."""
    async with LocalChatServer(small_weights, threads=1) as server:
        yield server
