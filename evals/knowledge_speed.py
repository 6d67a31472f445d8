"""How long one search takes over a hundred thousand passages, for a reader who may see part of them.

Times are those of the processor, all threads together: other work on the machine does not count. It runs as a process
of its own, set up as `firstline` sets up its own, so that memory is told apart too.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from adapters.search.collection import Collection
from adapters.search.features import Looks
from adapters.search.ranking import shipped
from adapters.search.searching import search
from adapters.search.vectors import unit
from adapters.search.views import Views, views_of
from core.knowledge import Audience, Inquiry, Passage, Reader, Said

PASSAGES = 100_000
_WORDS = 30_000
_LENGTH = 60
_DIMENSIONS = 384
_QUESTIONS = 300
_WARM_UP = 5
_OTHERS = 5
"""Every fifth passage belongs to another tenant."""
_LONG = 4
"""Every fourth question is a long message of several sentences, in a longer conversation."""
_STATM = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True)
class Speed:
    """What was measured."""

    median_ms: float
    p99_ms: float
    clock_p99_ms: float
    """On the wall clock, other work on the machine included."""
    passages_per_s: float
    """Laid out for searching, without embedding."""
    memory_mb: float | None
    """Passages, words and vectors; None where the system does not tell."""


class NoModel:
    """Stands for the model that made the vectors; embeds nothing."""

    name = "none"

    async def embed(self, texts: list[str], *, role: Literal["query", "passage"]) -> list[list[float]]:
        """See `Embedder`."""
        return []


def measured() -> Speed:
    """Measure in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-m", "evals.knowledge_speed"],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Speed(**json.loads(told.stdout))


def measure() -> Speed:
    """Lay out passages and put questions to them, without embedding any."""
    chance = np.random.default_rng(7)
    before = _resident_mb()
    passages = _passages(chance)
    vectors = chance.standard_normal((PASSAGES, _DIMENSIONS), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    began = time.process_time()
    collection = Collection(passages)
    collection.give(
        {each.id: vectors[n] for n, each in enumerate(passages)},
        {each.title: vectors[n] for n, each in enumerate(passages)},
        NoModel(),
    )
    shelf, weights = collection.shelf(Reader(tenant="T1")), shipped("meaning")
    laid_out_s = time.process_time() - began
    del vectors
    after = _resident_mb()
    taken: list[tuple[float, float]] = []
    for n in range(_QUESTIONS + _WARM_UP):
        views, looks = _question(chance, is_long=n % _LONG == 0)
        busy, clock = time.process_time(), time.perf_counter()
        search(shelf, views, looks, weights, limit=5, strong_meaning=0.8)
        taken.append((time.process_time() - busy, time.perf_counter() - clock))
    busy_ms, clock_ms = np.array(taken[_WARM_UP:]).T * 1000
    return Speed(
        float(np.median(busy_ms)),
        float(np.quantile(busy_ms, 0.99)),
        float(np.quantile(clock_ms, 0.99)),
        PASSAGES / laid_out_s,
        after - before if before is not None and after is not None else None,
    )


def _passages(chance: np.random.Generator) -> list[Passage]:
    ranks = np.minimum(chance.zipf(1.2, size=(PASSAGES, _LENGTH)), _WORDS)
    mine, others = Audience(tenants=("T1",)), Audience(tenants=("T2",))
    return [
        Passage(
            f"d{n // 20}#{n}",
            f"d{n // 20}.md",
            f"topic{n // 20} part{n % 20}",
            " ".join(f"word{rank}" for rank in row),
            others if n % _OTHERS == 0 else mine,
        )
        for n, row in enumerate(ranks.tolist())
    ]


def _question(chance: np.random.Generator, *, is_long: bool) -> tuple[Views, Looks]:
    asked = " ".join(_words(chance, 9) + "." for _ in range(10 if is_long else 1))
    before = tuple(Said(_words(chance, 12), is_ours=n % 2 == 1) for n in range(8 if is_long else 2))
    views = views_of(Inquiry(asked, before))
    new, told, recent, whole, ours = (_look(chance) for _ in range(5))
    sentences = np.stack([_look(chance) for _ in views.sentences]) if views.sentences else None
    return views, Looks(new=new, told=told, recent=recent, whole=whole, ours=ours, sentences=sentences)


def _words(chance: np.random.Generator, count: int) -> str:
    return " ".join(f"word{rank}" for rank in np.minimum(chance.zipf(1.2, size=count), _WORDS).tolist())


def _look(chance: np.random.Generator) -> npt.NDArray[np.float32]:
    return unit(chance.standard_normal(_DIMENSIONS).tolist())


def _resident_mb() -> float | None:
    """What the process holds in memory now."""
    try:
        pages = int(_STATM.read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    json.dump(asdict(measure()), sys.stdout)
