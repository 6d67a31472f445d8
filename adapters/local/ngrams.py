"""Texts as vectors of their words and letter groups, weighted by how rare these are.

Features are hashed, so there is no vocabulary to keep; their products are kept up to a small noise.
"""

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

_DIMS = 4096
_BUCKETS = 1 << 18
_PIECES = re.compile(r"\w+|[^\w\s]")
_GROUPS = (2, 3, 4, 5)
_MOST_WORDS = 200
"""Of a text; later ones say little about what it is for and would cost the most."""


class NGrams:
    """Weights features by their rarity in the texts it was made from."""

    def __init__(self, rarity: Matrix) -> None:
        self._rarity = rarity

    @classmethod
    def of(cls, texts: Sequence[str]) -> "NGrams":
        """Learn from these texts which features are rare."""
        seen = np.zeros(_BUCKETS, dtype=np.int64)
        for text in texts:
            for features in _features(text):
                seen[[each % _BUCKETS for each in features]] += 1
        return cls((1 + np.log((1 + len(texts)) / (1 + seen))).astype(np.float32))

    @property
    def rarity(self) -> Matrix:
        """The weights, for keeping them."""
        return self._rarity

    def vectors(self, texts: Sequence[str]) -> Matrix:
        """One vector of length 1 a text; words and letter groups count the same."""
        matrix = np.zeros((len(texts), _DIMS), dtype=np.float32)
        for row, text in zip(matrix, texts, strict=True):
            for features in _features(text):
                part = self._part(features)
                length = float(np.linalg.norm(part))
                if length:
                    row += part / length
        return matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)

    def _part(self, features: Counter[int]) -> Matrix:
        part = np.zeros(_DIMS, dtype=np.float32)
        if features:
            keys = np.fromiter(features.keys(), dtype=np.int64, count=len(features))
            counts = np.fromiter(features.values(), dtype=np.float32, count=len(features))
            signs = np.where(keys & (1 << 31), np.float32(1), np.float32(-1))
            values = (1 + np.log(counts)) * self._rarity[keys % _BUCKETS] * signs
            np.add.at(part, (keys >> 5) % _DIMS, values)
        return part


def _features(text: str) -> tuple[Counter[int], Counter[int]]:
    """Words with their neighbours, and groups of letters, each as a number."""
    words = _PIECES.findall(text.lower())[:_MOST_WORDS]
    pairs = [f"{first} {second}" for first, second in pairwise(words)]
    groups: list[str] = []
    for word in words:
        framed = f" {word} "
        for size in _GROUPS:
            groups.extend(framed[at : at + size] for at in range(len(framed) - size + 1))
    return Counter(map(_hash, (*words, *pairs))), Counter(map(_hash, groups))


def _hash(feature: str) -> int:
    return zlib.crc32(feature.encode())
