"""An embedder that remembers the last few questions, so that one message is worked out once for all who ask."""

import asyncio
from collections import OrderedDict
from typing import Literal

from core.modelling import Embedder

_MOST = 256
_LONGEST_CHARS = 2_000
"""Longer texts are not remembered: they seldom come twice."""


class RememberingEmbedder:
    """Implements `core.modelling.Embedder` over another one."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: OrderedDict[str, list[float]] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    @property
    def name(self) -> str:
        """The other embedder's."""
        return self._embedder.name

    async def embed(self, texts: list[str], *, role: Literal["query", "passage"]) -> list[list[float]]:
        """See `core.modelling.Embedder`. Passages are never remembered."""
        if role == "passage" or len(texts) > _MOST // 4:
            return await self._embedder.embed(texts, role=role)
        # Whoever comes second waits, and then finds what the first one asked for.
        async with self._one_at_a_time:
            missing = [text for text in dict.fromkeys(texts) if text not in self._known]
            made = dict(zip(missing, await self._embedder.embed(missing, role=role), strict=True)) if missing else {}
            found = [made[text] if text in made else self._known[text] for text in texts]
            for text in texts:
                if len(text) <= _LONGEST_CHARS:
                    self._known[text] = made.get(text) or self._known[text]
                    self._known.move_to_end(text)
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
        return found
