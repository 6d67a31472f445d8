"""Files of a folder: which ones are read, and as what."""

import fnmatch
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from adapters.sources.reading import Item
from adapters.sources.settings import SourceSettings
from core.library import SourceFailed

FORMS = {
    ".md": "markdown", ".markdown": "markdown", ".mdx": "markdown", ".html": "html", ".htm": "html", ".xhtml": "html",
    ".pdf": "pdf", ".docx": "docx", ".txt": "text", ".text": "text",
}  # fmt: skip
LIMIT_BYTES = 20_000_000
_NOT_ENTERED = frozenset({".git", "node_modules", ".venv", "__pycache__", ".svn", ".hg"})


def folder_items(source: SourceSettings) -> Iterator[Item]:
    """The files below a folder, or the one file that is named. Raises `SourceFailed`."""
    return files_of(Path(source.at).expanduser(), source.only, source.never)


def files_of(root: Path, only: Sequence[str], never: Sequence[str]) -> Iterator[Item]:
    """Files in the order of their paths; each is read just before it is given. Raises `SourceFailed`."""
    if root.is_file():
        yield _item(root, root.name)
        return
    if not root.is_dir():
        raise SourceFailed(f"there is no folder {root}: check `at`")
    real = root.resolve()
    for path in sorted(root.rglob("*")):
        place = path.relative_to(root).as_posix()
        if path.suffix.lower() not in FORMS or not _is_wanted(place, only, never):
            continue
        if path.is_symlink() and real not in path.resolve().parents:
            yield Item(place, problem="it is a link that leads out of the folder")
        elif path.is_file():
            yield _item(path, place)


def _is_wanted(place: str, only: Sequence[str], never: Sequence[str]) -> bool:
    if _NOT_ENTERED.intersection(place.split("/")[:-1]):
        return False
    if any(fnmatch.fnmatch(place, each) for each in never):
        return False
    return not only or any(fnmatch.fnmatch(place, each) for each in only)


def _item(path: Path, place: str) -> Item:
    form = FORMS.get(path.suffix.lower(), "text")
    try:
        found = path.stat()
        if found.st_size > LIMIT_BYTES:
            return Item(place, problem=f"it is larger than {LIMIT_BYTES // 1_000_000} MB")
        content = path.read_bytes()
    except OSError as error:
        return Item(place, problem=f"it cannot be opened ({error.strerror})")
    return Item(place, content, form, changed=f"{datetime.fromtimestamp(found.st_mtime, UTC):%Y-%m-%d}")
