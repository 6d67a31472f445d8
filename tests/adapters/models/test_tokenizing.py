"""A model's own tokenizer."""

from pathlib import Path

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from adapters.models.opening import open_models
from adapters.models.settings import ModelsSettings
from adapters.models.tokenizing import tokenizer_of
from core.errors import SettingsError
from tests.servers.model import ModelServer, serve


def words_file(folder: Path) -> Path:
    """A tokenizer that makes a token of each word."""
    made = Tokenizer(WordLevel({"[UNK]": 0, "parcel": 1}, unk_token="[UNK]"))
    made.pre_tokenizer = Whitespace()
    made.save(str(folder / "tokenizer.json"))
    return folder / "tokenizer.json"


async def test_a_model_is_counted_by_the_tokenizer_that_settings_name(tmp_path: Path) -> None:
    async with serve(ModelServer()) as url:
        table = {"model": "m", "base_url": f"{url}/v1", "tokenizer": str(words_file(tmp_path))}
        settings = ModelsSettings.model_validate({"chat": table})
        async with open_models(settings, api_key="k") as models:
            assert models.tokenizers["m"]("where is my parcel") == 4


@pytest.mark.parametrize(("content", "problem"), [("", "that can be read"), (None, "there is no file")])
def test_what_is_no_tokenizer_is_said(tmp_path: Path, content: str | None, problem: str) -> None:
    file = tmp_path / "tokenizer.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SettingsError, match=problem):
        tokenizer_of(str(file))
