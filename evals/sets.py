"""Where evaluation data is and how it is read.

Two folders: `FIRSTLINE_EVAL_DATA` is scored, `FIRSTLINE_TRAIN_DATA` may be learned from. Each holds one folder a
set. Where both are the same, an evaluation cross-validates or uses the set's own validation part.
"""

import csv
import gzip
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_DEFAULT = Path("../shared/data")

Record = dict[str, Any]
"""One line of a set, as it stands there."""


@dataclass(frozen=True, slots=True)
class Folders:
    """The folder that is scored and the one that may be learned from."""

    scored: Path
    learned: Path

    @classmethod
    def from_environment(cls) -> "Folders":
        """Both default to the same folder beside the project."""
        scored = Path(os.environ.get("FIRSTLINE_EVAL_DATA") or _DEFAULT)
        learned = Path(os.environ.get("FIRSTLINE_TRAIN_DATA") or _DEFAULT)
        return cls(scored.resolve(), learned.resolve())

    @property
    def are_one(self) -> bool:
        """What is scored is also what could be learned: cross-validate."""
        return self.scored == self.learned

    def find(self, name: str, *patterns: str) -> list[Path]:
        """The files of a set in the scored folder that match, sorted by name; empty when the set is absent."""
        return matching(self.scored / name, patterns)

    def lent(self, name: str, *patterns: str) -> list[Path]:
        """The same, from the folder to learn from where the scored one has none: corpus, database, categories."""
        return self.find(name, *patterns) or matching(self.learned / name, patterns)


def matching(folder: Path, patterns: Sequence[str]) -> list[Path]:
    """The files below a folder that match any of the patterns."""
    return sorted({path for pattern in patterns for path in folder.glob(pattern) if path.is_file()})


def records(paths: Sequence[Path]) -> Iterator[Record]:
    """The lines of JSONL files, one after the other; a list in a `.json` file counts as its items."""
    for path in paths:
        if path.name.endswith((".json", ".json.gz")):
            yield from document(path)
            continue
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    yield json.loads(line)


def document(path: Path) -> Any:
    """A whole JSON file, gzipped or not."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return json.loads(content)


def table(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a TSV file with a heading line."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t")
