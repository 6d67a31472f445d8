"""The local chat model behind an OpenAI-compatible address on the loopback interface.

The engine (llama.cpp inside the package xllamacpp) serves from its own threads in this process. Two slots
keep two prompt prefixes warm: that of choosing a function and that of writing an answer.
"""

import asyncio
import importlib
import importlib.util
import os
import secrets
from types import TracebackType
from typing import Any, Self

from adapters.local.weights import Weights

DECIDE_SLOT, REPLY_SLOT = 0, 1
_QUIET = 1
"""The engine's log level: errors only."""


def is_available() -> bool:
    """The engine is installed."""
    return importlib.util.find_spec("xllamacpp") is not None


class LocalChatServer:
    """Use it as an async context manager; loading takes one to six seconds and does not block the loop."""

    def __init__(self, weights: Weights, *, threads: int | None = None, context_tokens: int = 4_096) -> None:
        self._weights = weights
        # A second thread on a machine that is busy otherwise makes both wait for each other at every layer.
        self._threads = threads or max(1, (os.cpu_count() or 2) - 1)
        self.context_tokens = context_tokens
        self.api_key = secrets.token_urlsafe(24)
        self.model_name = weights.path.stem
        self.base_url = ""
        self._server: Any = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.to_thread(self._start)
        self.base_url = f"{self._server.listening_address.rstrip('/')}/v1"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        server, self._server = self._server, None
        await asyncio.to_thread(_stop, server)

    def _start(self) -> Any:
        # By name, since the extra `local` may not be there when types are checked.
        xllamacpp: Any = importlib.import_module("xllamacpp")
        params = xllamacpp.CommonParams()
        params.model.path = str(self._weights.path)
        params.model_alias = [self.model_name]
        params.hostnames = ["127.0.0.1"]
        params.port = 0
        params.api_keys = [self.api_key]
        params.n_parallel = 2
        params.n_ctx = 2 * self.context_tokens
        params.cpuparams.n_threads = self._threads
        params.cpuparams_batch.n_threads = self._threads
        params.verbosity = _QUIET
        params.ui = False
        return xllamacpp.Server(params)


def _stop(server: Any) -> None:
    """Dropping the last reference ends the engine's threads and frees the model."""
    del server
