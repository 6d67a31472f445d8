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
        self._under_way: dict[str, asyncio.Event] = {}
        """Texts that are being worked out, each with what tells that this has ended."""

    @property
    def name(self) -> str:
        """The other embedder's."""
        return self._embedder.name

    async def embed(self, texts: list[str], *, role: Literal["query", "passage"]) -> list[list[float]]:
        """See `core.modelling.Embedder`. Passages are never remembered."""
        if role == "passage" or len(texts) > _MOST // 4:
            return await self._embedder.embed(texts, role=role)
        found: dict[str, list[float]] = {}
        while left := [text for text in dict.fromkeys(texts) if text not in found]:
            found |= {text: self._known[text] for text in left if text in self._known}
            left = [text for text in left if text not in found]
            if mine := [text for text in left if text not in self._under_way]:
                found |= await self._work_out(mine, role)
            elif left:
                # Somebody else has asked for it; should they fail, we ask.
                await self._under_way[left[0]].wait()
        return [found[text] for text in texts]

    async def _work_out(self, texts: list[str], role: Literal["query", "passage"]) -> dict[str, list[float]]:
        ended = asyncio.Event()
        self._under_way.update(dict.fromkeys(texts, ended))
        try:
            made = dict(zip(texts, await self._embedder.embed(texts, role=role), strict=True))
        finally:
            for text in texts:
                del self._under_way[text]
            ended.set()
        self._known.update({text: vector for text, vector in made.items() if len(text) <= _LONGEST_CHARS})
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return made
