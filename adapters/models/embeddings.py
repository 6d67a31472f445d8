"""Embeddings from an OpenAI-compatible endpoint."""

from typing import Any, Literal, cast

import httpx2
from pydantic_core import from_json

from adapters.models.line import Line
from adapters.models.patience import Limits, tries
from core.errors import ModelError
from core.modelling import Used

Role = Literal["query", "passage"]

_BATCH = 64
_CHARS_PER_TOKEN = 4
_LIMITS = Limits(first_chunk_s=30.0)
_FAMILIES: tuple[tuple[str, str, str, int], ...] = (
    ("e5", "query: ", "passage: ", 1_800),
    ("bge-m3", "", "", 16_000),
    ("bge", "Represent this sentence for searching relevant passages: ", "", 1_800),
    ("nomic", "search_query: ", "search_document: ", 16_000),
    ("", "", "", 16_000),
)
"""Part of a model's name, what it was trained to see before a query and a passage, and the characters it reads."""


class EndpointEmbedder:
    """One embedding model at one endpoint."""

    def __init__(self, line: Line, model: str, *, limits: Limits = _LIMITS) -> None:
        self._line = line
        self._model = model
        self._limits = limits
        self._place = line.place
        self._family = next(each for each in _FAMILIES if each[0] in model.lower())

    @property
    def name(self) -> str:
        """See `Embedder`."""
        return self._model

    async def embed(self, texts: list[str], *, role: Role) -> list[list[float]]:
        """See `Embedder`."""
        vectors, _ = await self.embed_counted(texts, role=role)
        return vectors

    async def embed_counted(self, texts: list[str], *, role: Role) -> tuple[list[list[float]], Used]:
        """The same, with what it took: as the endpoint tells, or an estimate."""
        _, query, passage, limit_chars = self._family
        prefix = query if role == "query" else passage
        written = [(prefix + text)[:limit_chars] or " " for text in texts]
        vectors: list[list[float]] = []
        tokens, requests, is_told = 0, 0, True
        for start in range(0, len(written), _BATCH):
            batch = written[start : start + _BATCH]
            found, told = await self._batch(batch)
            vectors += found
            requests += 1
            is_told = is_told and told is not None
            tokens += sum(len(each) // _CHARS_PER_TOKEN + 1 for each in batch) if told is None else told
        if len({len(each) for each in vectors}) > 1:
            raise ModelError(f"{self._model} at {self._place} gave vectors of different lengths.")
        used = Used(self._model, tokens, 0, is_estimate=not is_told, endpoint=self._place, requests=requests)
        return vectors, used

    async def _batch(self, texts: list[str]) -> tuple[list[list[float]], int | None]:
        async for attempt in tries(self._limits):
            with attempt:
                body = {"model": self._model, "input": texts, "encoding_format": "float"}
                timeout = httpx2.Timeout(self._limits.first_chunk_s)
                answer = await self._line.post("embeddings", body, timeout=timeout, model=self._model)
                return self._read(answer.content, len(texts))
        raise AssertionError("the last attempt returns or raises")

    def _read(self, body: bytes, count: int) -> tuple[list[list[float]], int | None]:
        """The vectors, and how many tokens the endpoint says that it read."""
        try:
            told = cast("dict[str, Any]", from_json(body))
            ordered = sorted(cast("list[dict[str, Any]]", told["data"]), key=lambda row: int(row["index"]))
            vectors = [[*map(float, row["embedding"])] for row in ordered]
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{self._place} sent something that is no list of embeddings.") from error
        if len(vectors) != count or not all(vectors):
            raise ModelError(f"{self._place} sent {len(vectors)} embeddings for {count} texts.")
        usage: Any = told.get("usage")
        tokens: Any = cast("dict[str, Any]", usage).get("prompt_tokens") if isinstance(usage, dict) else None
        return vectors, tokens if isinstance(tokens, int) else None
