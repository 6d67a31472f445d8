"""How alike two questions are in meaning, for putting together what is asked for the same thing."""

from collections.abc import Callable, Sequence

import numpy as np

from adapters.search.vectors import unit
from core.errors import ModelError
from core.gaps import alike
from core.modelling import Embedder

_SAME = {"multilingual-e5-small-q4": 0.90, "all-minilm-l6-v2-int8": 0.55}
"""By embedder: from which cosine on questions are about the same thing. Measured on paraphrases of the StackFAQ set."""
LEAST = 0.45
"""From which likeness on they are put together: by words as by meaning."""


async def likeness_of(texts: Sequence[str], embedder: Embedder | None) -> Callable[[str, str], float]:
    """Likeness by meaning; by shared words where nothing embeds, or nobody measured what does."""
    if embedder is None or embedder.name not in _SAME or not texts:
        return alike
    distinct = list(dict.fromkeys(texts))
    try:
        made = await embedder.embed(distinct, role="query")
    except ModelError:
        return alike
    same, vectors = _SAME[embedder.name], np.stack([unit(each) for each in made])
    at = {text: n for n, text in enumerate(distinct)}

    def likeness(one: str, other: str) -> float:
        cosine = float(vectors[at[one]] @ vectors[at[other]])
        return LEAST + (cosine - same) * (1 - LEAST) / (1 - same)

    return likeness
