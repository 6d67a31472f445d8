"""How long one search takes over a hundred thousand passages, for a reader who may see part of them."""

import time

import numpy as np

from adapters.search.features import Looks
from adapters.search.index import Collection
from adapters.search.ranking import shipped
from adapters.search.searching import search
from adapters.search.vectors import unit
from adapters.search.views import views_of
from core.knowledge import Audience, Inquiry, Passage, Reader, Said

PASSAGES = 100_000
_WORDS = 30_000
_LENGTH = 60
_DIMENSIONS = 384
_QUESTIONS = 200
_OTHERS = 5
"""Every fifth passage belongs to another tenant."""


def latency_ms() -> tuple[float, float]:
    """Median and 99th percentile of one search, without embedding the question."""
    chance = np.random.default_rng(7)
    ranks = np.minimum(chance.zipf(1.2, size=(PASSAGES, _LENGTH)), _WORDS)
    mine, others = Audience(tenants=("T1",)), Audience(tenants=("T2",))
    passages = [
        Passage(
            f"d{n // 20}#{n}",
            f"d{n // 20}.md",
            f"topic{n // 20} part{n % 20}",
            " ".join(f"word{rank}" for rank in row),
            others if n % _OTHERS == 0 else mine,
        )
        for n, row in enumerate(ranks.tolist())
    ]
    collection = Collection(passages)
    vectors = chance.standard_normal((PASSAGES, _DIMENSIONS), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    titles = {each.title: vectors[n] for n, each in enumerate(passages)}
    collection.give({each.id: vectors[n] for n, each in enumerate(passages)}, titles)
    shelf, weights = collection.shelf(Reader(tenant="T1")), shipped("meaning")
    taken: list[float] = []
    for _ in range(_QUESTIONS):
        asked = " ".join(f"word{rank}" for rank in np.minimum(chance.zipf(1.2, size=8), _WORDS).tolist())
        views = views_of(Inquiry(asked, (Said("word7 word90 word1200", is_ours=False),)))
        look = unit(chance.standard_normal(_DIMENSIONS).tolist())
        looks = Looks(new=look, told=look, recent=look, whole=look, ours=None, sentences=None)
        began = time.perf_counter()
        search(shelf, views, looks, weights, limit=5, strong_meaning=0.8)
        taken.append((time.perf_counter() - began) * 1000)
    return float(np.median(taken)), float(np.quantile(taken, 0.99))
