"""The weights of `core.readiness` that come with Firstline, by embedder: cosines of two of them do not compare."""

import json
from functools import cache
from pathlib import Path

from core.readiness import Readiness

READINESS = Path(__file__).with_name("readiness.json")
"""Learned by `python -m evals.readiness --ship`; `words` without an embedder."""


@cache
def shipped_readiness(embedder: str) -> Readiness | None:
    """For an embedder's name, empty for words alone; None for one that nothing was learned for: the model decides."""
    stored = json.loads(READINESS.read_text(encoding="utf-8"))
    return Readiness.read(stored[embedder or "words"]) if (embedder or "words") in stored else None
