"""Which language a text is in."""

import importlib
import importlib.util
from functools import cached_property
from typing import Any

_LEAST_WORDS = 3
"""Fewer words do not tell."""


def is_available() -> bool:
    """The language identifier is installed."""
    return importlib.util.find_spec("py3langid") is not None


class LocalLanguage:
    """Tells languages apart; loads its model on first use."""

    def of(self, text: str) -> str:
        """An ISO 639-1 code; empty when the text is too short to tell."""
        return str(self._identifier.classify(text)[0]) if len(text.split()) >= _LEAST_WORDS else ""

    @cached_property
    def _identifier(self) -> Any:
        return importlib.import_module("py3langid")
