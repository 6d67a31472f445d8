"""What embeds and what hears stands in the ledger like every model, on the tab of whoever asks."""

from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest

from adapters.storage.store import open_store
from core.errors import BudgetReached, ModelError
from core.metering import Meter
from core.modelling import Used
from core.prices import PriceBook, PriceRow
from core.settings import BudgetSettings
from core.spending import caps_of
from tests.fakes.clock import StillClock

_BOOK = PriceBook((PriceRow(model="e5", input=Decimal(2)), PriceRow(model="ears", request=Decimal("0.006"))))


class Embedder:
    """Takes a thousand tokens for whatever it is asked."""

    name = "e5"

    async def embed(self, texts: list[str], *, role: Literal["query", "passage"]) -> list[list[float]]:
        return (await self.embed_counted(texts, role=role))[0]

    async def embed_counted(
        self, texts: list[str], *, role: Literal["query", "passage"]
    ) -> tuple[list[list[float]], Used]:
        return [[1.0] for _ in texts], Used("e5", 1_000, 0, endpoint="here")


class Ears:
    """Hears a word, or nothing."""

    def __init__(self, *, is_deaf: bool = False) -> None:
        self.asked = Used("ears", 0, 0, endpoint="here")
        self.is_deaf = is_deaf

    async def words(self, content: bytes, *, name: str, media_type: str) -> str:
        if self.is_deaf:
            raise ModelError("nobody hears")
        return "hello"


async def test_what_is_embedded_and_heard_costs_what_the_price_book_says(tmp_path: Path) -> None:
    clock = StillClock()
    async with open_store(f"sqlite:///{tmp_path}/ledger.sqlite3", clock=clock) as store:
        meter = Meter(store.till, _BOOK, clock)
        await meter.embedder(Embedder()).embed(["Where is it?"], role="query")
        assert await meter.transcriber(Ears()).words(b"sound", name="voice.ogg", media_type="audio/ogg") == "hello"
        with pytest.raises(ModelError):
            await meter.transcriber(Ears(is_deaf=True)).words(b"sound", name="voice.ogg", media_type="audio/ogg")
        spent = {each.key: each for each in await store.costs.by("route")}
        assert (spent["embeddings"].calls, spent["embeddings"].nanos) == (1, 2_000_000)
        assert spent["transcription"].nanos == 6_000_000


async def test_at_a_cap_nobody_is_asked(tmp_path: Path) -> None:
    clock = StillClock()
    caps = caps_of(BudgetSettings(requests_per_day=1))
    async with open_store(f"sqlite:///{tmp_path}/ledger.sqlite3", clock=clock, caps=caps) as store:
        meter = Meter(store.till, _BOOK, clock)
        await meter.transcriber(Ears()).words(b"sound", name="voice.ogg", media_type="audio/ogg")
        with pytest.raises(BudgetReached):
            await meter.transcriber(Ears()).words(b"sound", name="voice.ogg", media_type="audio/ogg")
