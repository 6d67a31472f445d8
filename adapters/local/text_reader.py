"""Reads text off pictures on this machine, with models that come inside the package rapidocr."""

import asyncio
import importlib
import importlib.util
import io
import logging
from functools import cached_property
from typing import Any

import numpy as np
from PIL import Image

from core.vision import ReadLine


def is_available() -> bool:
    """The reader and its engine are installed."""
    return all(importlib.util.find_spec(name) for name in ("rapidocr", "onnxruntime"))


class LocalTextReader:
    """Implements `core.vision.TextReader`; loads its models on first use."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()

    async def read(self, image: bytes) -> list[ReadLine]:
        """Lines from top to bottom."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._read, image)

    def _read(self, image: bytes) -> list[ReadLine]:
        with Image.open(io.BytesIO(image)) as opened:
            plain = opened.convert("RGB")
        pixels = np.asarray(plain)[:, :, ::-1]
        found = self._engine(pixels)
        if found.txts is None:
            return []
        return [
            ReadLine(text, float(score), _box(corners))
            for text, score, corners in zip(found.txts, found.scores, found.boxes, strict=True)
        ]

    @cached_property
    def _engine(self) -> Any:
        reader = importlib.import_module("rapidocr")
        logging.getLogger("RapidOCR").setLevel(logging.WARNING)
        return reader.RapidOCR(params={"Global.log_level": "warning"})


def _box(corners: Any) -> tuple[int, int, int, int]:
    """The upright box around four corners."""
    across, down = corners[:, 0], corners[:, 1]
    return int(across.min()), int(down.min()), int(across.max()) + 1, int(down.max()) + 1
