"""Which language a text is in: by its script, by its commonest words, by a model only where neither tells.

The model of the language identifier takes 75 MiB and half a second to load, so it is asked last.
"""

import importlib
import importlib.util
from functools import cached_property
from typing import Any

from core.tongues import language_of

_LEAST_WORDS = 3
"""Fewer words do not tell."""


class LocalLanguage:
    """Tells languages apart; loads a model only for a text that needs one."""

    def of(self, text: str) -> str:
        """An ISO 639-1 code; empty when the text does not tell."""
        sample = text[:1_000]
        if found := language_of(sample):
            return found
        if len(sample.split()) < _LEAST_WORDS:
            return ""
        return str(self._identifier.classify(sample)[0]) if self._identifier is not None else ""

    @cached_property
    def _identifier(self) -> Any:
        is_there = importlib.util.find_spec("py3langid") is not None
        return importlib.import_module("py3langid") if is_there else None
