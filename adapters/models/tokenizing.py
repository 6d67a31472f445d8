"""A model's own tokenizer, read from the `tokenizer.json` that its makers publish."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.errors import SettingsError


def tokenizer_of(path: str) -> Callable[[str], int]:
    """Counts the tokens of a text, without those that only open and close one. Raises `SettingsError`."""
    file = Path(path).expanduser()
    try:
        # Imported only here: it belongs to an extra, and is needed only where a tokenizer is named.
        tokenizers: Any = importlib.import_module("tokenizers")
    except ImportError as error:
        problem = "tokenizer in [models] needs the package tokenizers: install the extra `local-base`."
        raise SettingsError([problem]) from error
    if not file.is_file():
        raise SettingsError([f"tokenizer in [models]: there is no file {path}. Name a tokenizer.json, or take it out."])
    try:
        loaded = tokenizers.Tokenizer.from_file(str(file))
    except Exception as error:
        raise SettingsError([f"tokenizer in [models]: {path} is no tokenizer.json that can be read."]) from error
    loaded.no_truncation()
    loaded.no_padding()

    def count(text: str) -> int:
        return len(loaded.encode(text, add_special_tokens=False).ids)

    return count
