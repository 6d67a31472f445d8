"""Vectors kept in memory."""

from collections.abc import Mapping, Sequence

from adapters.search.vectors import Matrix


class KeptVectors:
    """Implements `adapters.search.vectors.Vectors` for one process."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Matrix] = {}
        self._in_use = ""

    async def load(self, embedder: str, keys: Sequence[str]) -> dict[str, Matrix]:
        """See `Vectors`."""
        return {key: self._kept[embedder, key] for key in keys if (embedder, key) in self._kept}

    async def save(self, embedder: str, vectors: Mapping[str, Matrix]) -> None:
        """See `Vectors`."""
        self._kept |= {(embedder, key): each for key, each in vectors.items()}

    async def take_turn(self, embedder: str) -> bool:
        """See `Vectors`."""
        return True

    async def end_turn(self, embedder: str) -> None:
        """See `Vectors`."""

    async def settle(self, embedder: str) -> None:
        """See `Vectors`."""
        self._in_use = embedder

    async def in_use(self) -> str:
        """See `Vectors`."""
        return self._in_use
