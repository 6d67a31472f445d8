"""Folders read as the product reads them."""

from collections.abc import Sequence
from pathlib import Path

from adapters.sources.files import folder_items
from adapters.sources.reading import Item
from adapters.sources.settings import SourceSettings
from adapters.sources.syncing import read_whole
from core.knowledge import Passage


def passages_of(text: str, *, place: str = "page.md", form: str = "markdown", **settings: object) -> list[Passage]:
    """The passages of one document."""
    return passages_in(text.encode(), place=place, form=form, **settings)


def passages_in(content: bytes, *, place: str, form: str, **settings: object) -> list[Passage]:
    """The passages of one file."""
    source = SourceSettings.model_validate({"at": "folder", "name": "s", **settings})
    return read_whole(Item(place, content, form), source, "x")[1]


def read_folders(folders: Sequence[Path]) -> list[Passage]:
    """The passages of whole folders."""
    sources = [SourceSettings(at=str(folder)) for folder in folders]
    return [
        passage for source in sources for item in folder_items(source) for passage in read_whole(item, source, "x")[1]
    ]
