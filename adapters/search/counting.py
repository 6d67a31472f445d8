"""Texts as counts of terms, in three plain arrays: a dictionary a passage takes ten times the room."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from adapters.search.words import term_counts

_MOST = 255


@dataclass(frozen=True, slots=True)
class Counted:
    """The terms of some texts, one text after another."""

    terms: npt.NDArray[np.uint32]
    often: npt.NDArray[np.uint8]
    """How often each occurs; 255 stands for that and more."""
    starts: npt.NDArray[np.int64]
    """Where each text begins, and where the last one ends."""

    def __len__(self) -> int:
        return len(self.starts) - 1

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """Count the terms of texts."""
        terms, often, starts = array("I"), array("B"), array("q", [0])
        for text in texts:
            counts = term_counts(text)
            terms.extend(counts)
            often.extend([min(n, _MOST) for n in counts.values()])
            starts.append(len(terms))
        return cls(
            np.array(terms, dtype=np.uint32), np.array(often, dtype=np.uint8), np.array(starts, dtype=np.int64)
        )  # fmt: skip

    def only(self, rows: npt.NDArray[np.int64]) -> "Counted":
        """The same for some of the texts, in the order of `rows`."""
        sizes = np.diff(self.starts)[rows]
        starts = np.append(0, np.cumsum(sizes)).astype(np.int64)
        at = np.arange(starts[-1], dtype=np.int64) + np.repeat(self.starts[rows] - starts[:-1], sizes)
        return Counted(self.terms[at], self.often[at], starts)
