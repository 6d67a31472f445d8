"""Questions whose answers helped, as vectors, and the passages of a shelf that those answers cited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self
from weakref import WeakKeyDictionary

import numpy as np

from adapters.search.features import Use
from adapters.search.meanings import Matrix
from adapters.search.searching import used_before
from adapters.search.shelf import Shelf
from adapters.search.vectors import unit
from core.citing import CUT
from core.helpful import Helped
from core.modelling import Embedder

_BATCH = 32


@dataclass(frozen=True)
class Helping:
    """What was learned, by tenant. Never changed; made anew when something was learned or taken back."""

    embedder: str
    vectors: Mapping[str, Matrix]
    """By question."""
    by_tenant: Mapping[str, Sequence[Helped]]
    _cited: "WeakKeyDictionary[Shelf, dict[str, tuple[Matrix, list[frozenset[str]]]]]"

    @classmethod
    async def of(cls, helped: Sequence[Helped], embedder: Embedder, *, known: Self | None) -> Self:
        """Embed the questions that `known` does not have. Raises `ModelError`."""
        vectors = dict(known.vectors) if known and known.embedder == embedder.name else {}
        wanted = list(dict.fromkeys(each.question for each in helped))
        missing = [each for each in wanted if each not in vectors]
        for at in range(0, len(missing), _BATCH):
            batch = missing[at : at + _BATCH]
            made = await embedder.embed(batch, role="query")
            vectors |= {text: unit(vector) for text, vector in zip(batch, made, strict=True)}
        by_tenant: dict[str, list[Helped]] = {}
        for each in helped:
            by_tenant.setdefault(each.tenant, []).append(each)
        return cls(embedder.name, {each: vectors[each] for each in wanted}, by_tenant, WeakKeyDictionary())

    def use(self, shelf: Shelf, question: Matrix, tenant: str) -> Use | None:
        """What helped this tenant's customers before, where it is on the shelf; None where nothing is."""
        laid_out = self._cited.setdefault(shelf, {})
        if tenant not in laid_out:
            laid_out[tenant] = self._on(shelf, self.by_tenant.get(tenant, ()))
        earlier, answered = laid_out[tenant]
        return used_before(shelf, question, earlier, answered) if answered else None

    def _on(self, shelf: Shelf, helped: Sequence[Helped]) -> tuple[Matrix, list[frozenset[str]]]:
        by_source: dict[str, list[tuple[str, str]]] = {}
        for each in shelf.passages if helped else ():
            by_source.setdefault(each.source, []).append((each.id, " ".join(each.text.split())))
        vectors: list[Matrix] = []
        answered: list[frozenset[str]] = []
        for each in helped:
            pairs = [(place.quote, one) for place in each.cited for one in by_source.get(place.source, ())]
            if ids := frozenset(key for quote, (key, text) in pairs if text.startswith(quote.removesuffix(CUT))):
                vectors.append(self.vectors[each.question])
                answered.append(ids)
        return (np.stack(vectors) if vectors else np.zeros((0, 1), dtype=np.float32)), answered
