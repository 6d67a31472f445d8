"""The local first pass of triage: learned from examples, kept in a file, ready at the next start without learning.

The file holds vectors and weights, no text. It says what it was learned from by a hash, so a changed example, a
corrected case or another embedder makes it stale.
"""

import asyncio
import contextlib
import hashlib
import json
import logging
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from adapters.local.confidence import Confidence
from adapters.local.kernel_fit import Fit
from adapters.local.ngrams import NGrams
from adapters.local.sorter import LocalSorter, Taught, views
from core.errors import ModelError
from core.modelling import Embedder
from core.sorting import Sorted

log = logging.getLogger(__name__)

FILE_NAME = "triage.npz"
_VERSION = 1
_LEAST_EXAMPLES = 6
_WAIT_S = 4.0
_LEAST_CATEGORIES = 2


def fingerprint(examples: Sequence[Taught], embedders: Sequence[Embedder]) -> str:
    """Tells one learning from another."""
    said = [_VERSION, [each.name for each in embedders], sorted((each.text, each.category) for each in examples)]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def enough(examples: Sequence[Taught]) -> bool:
    """There is something to tell apart."""
    categories = {each.category for each in examples if each.category}
    return len(examples) >= _LEAST_EXAMPLES and len(categories) >= _LEAST_CATEGORIES


@dataclass(slots=True)
class FirstPass:
    """Implements `core.sorting.Sorter`; `warm_up` makes it ready."""

    examples: Sequence[Taught]
    embedders: Sequence[Embedder]
    file: Path
    _sorter: LocalSorter | None = field(default=None, repr=False)
    _learning: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    _is_through: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    async def warm_up(self) -> None:
        """Read what was learned, or learn it now; never fails."""
        try:
            self._sorter = await asyncio.to_thread(load, self.file, self.examples, self.embedders)
            if self._sorter is None and enough(self.examples):
                self._sorter = await learn(self.examples, self.embedders, self.file)
        except (ModelError, OSError) as error:
            log.warning("first pass of triage not learned", extra={"why": str(error)})
        finally:
            self._is_through.set()

    async def relearn(self, examples: Sequence[Taught]) -> None:
        """Learn from these in place of the ones so far; what was learned serves until then. Never fails."""
        async with self._learning:
            if not enough(examples) or fingerprint(examples, self.embedders) == fingerprint(
                self.examples, self.embedders
            ):
                return
            try:
                self._sorter = await learn(examples, self.embedders, self.file)
                self.examples = examples
            except (ModelError, OSError) as error:
                log.warning("first pass of triage not learned anew", extra={"why": str(error)})

    async def sort(self, texts: Sequence[str]) -> list[Sorted]:
        """See `core.sorting.Sorter`. The first messages wait a little while it is still learning."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_WAIT_S):
                await self._is_through.wait()
        if self._sorter is None:
            return []
        try:
            return await self._sorter.sort(texts)
        except ModelError as error:
            log.warning("message not sorted", extra={"why": str(error)})
            return []


async def learn(examples: Sequence[Taught], embedders: Sequence[Embedder], file: Path) -> LocalSorter:
    """Learn from examples and keep it. Raises `ModelError`, `OSError`."""
    sorter = await LocalSorter.taught(examples, embedders)
    await asyncio.to_thread(_save, sorter, file, fingerprint(examples, embedders))
    return sorter


def load(file: Path, examples: Sequence[Taught], embedders: Sequence[Embedder]) -> LocalSorter | None:
    """What was learned from just these examples; None when there is no such file."""
    try:
        with np.load(file, allow_pickle=False) as kept:
            if str(kept["fingerprint"]) != fingerprint(examples, embedders):
                return None
            return _restored(kept, embedders)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return None


def _save(sorter: LocalSorter, file: Path, mark: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    # Written beside and moved, so that nobody ever reads half a file.
    beside = file.with_name(f"{file.stem}.{os.getpid()}.npz")
    kept = sorter.parts()
    arrays: dict[str, Any] = {f"examples_{n}": each for n, each in enumerate(kept.fit.examples)}
    np.savez_compressed(
        beside,
        fingerprint=mark,
        categories=np.array(sorter.categories),
        confidence=np.array([*sorter.confidence.weights, sorter.confidence.threshold]),
        rarity=kept.ngrams.rarity,
        weights=kept.fit.weights,
        **arrays,
    )
    beside.replace(file)


def _restored(kept: Any, embedders: Sequence[Embedder]) -> LocalSorter:
    first, second, third, threshold = (float(each) for each in kept["confidence"])
    seen = tuple(views(embedders))
    fitted = Fit(seen, tuple(kept[f"examples_{n}"] for n in range(len(seen))), kept["weights"])
    return LocalSorter(
        tuple(str(each) for each in kept["categories"]),
        Confidence((first, second, third), threshold),
        embedders,
        NGrams(kept["rarity"]),
        fitted,
    )
