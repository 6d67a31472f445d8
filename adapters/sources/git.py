"""Git checkouts: a folder of this machine as it stands, or an address that is cloned and fetched again later."""

import hashlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from adapters.sources.files import files_of
from adapters.sources.reading import Item
from adapters.sources.settings import SourceSettings
from core.library import SourceFailed

_LIMIT_S = 300
_SAFE = ("-c", "protocol.ext.allow=never", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false")
"""Nothing that a repository brings along is run."""


def git_items(source: SourceSettings, work_folder: Path) -> Iterator[Item]:
    """The files of a checkout with the day of the commit that changed each last. Raises `SourceFailed`."""
    root = Path(source.at).expanduser()
    if not (root / ".git").exists():
        root = _cloned(source, work_folder)
    folder = (root / source.folder).resolve()
    if root.resolve() not in (folder, *folder.parents):
        raise SourceFailed(f"{source.folder} is outside of the checkout: check `folder`")
    days = _days(root)
    prefix = folder.relative_to(root.resolve()).as_posix()
    for item in files_of(folder, source.only, source.never):
        place = item.place if prefix == "." else f"{prefix}/{item.place}"
        yield replace(item, place=place, changed=days.get(place, item.changed))


def _cloned(source: SourceSettings, work_folder: Path) -> Path:
    if source.at.startswith("-"):
        raise SourceFailed(f"{source.at} is no address of a repository")
    key = hashlib.sha256(f"{source.at}\n{source.branch}".encode()).hexdigest()[:16]
    root = work_folder / key
    branch = ("--branch", source.branch) if source.branch else ()
    if not (root / ".git").exists():
        work_folder.mkdir(parents=True, exist_ok=True)
        _git("clone", "--quiet", "--depth", "50", "--no-tags", *branch, "--", source.at, str(root))
        return root
    _git("-C", str(root), "fetch", "--quiet", "--depth", "50", "--no-tags", "origin", source.branch or "HEAD")
    _git("-C", str(root), "reset", "--quiet", "--hard", "FETCH_HEAD")
    return root


def _days(root: Path) -> dict[str, str]:
    """Each file's day, from the history that is there; the newest commit comes first."""
    days: dict[str, str] = {}
    day = ""
    log = _git("-C", str(root), "log", "--format=%x01%cs", "--name-only", "--no-renames", "-z", "--max-count=2000")
    for line in log.replace("\0", "\n").splitlines():
        if line.startswith("\x01"):
            day = line[1:]
        elif line:
            days.setdefault(line, day)
    return days


def _git(*arguments: str) -> str:
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true", "GIT_LFS_SKIP_SMUDGE": "1"}
    try:
        done = subprocess.run(
            ["git", *_SAFE, *arguments], capture_output=True, timeout=_LIMIT_S, check=False, env=environment
        )
    except FileNotFoundError as error:
        raise SourceFailed("git is not installed on this machine") from error
    except subprocess.TimeoutExpired as error:
        raise SourceFailed(f"git took longer than {_LIMIT_S} seconds") from error
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise SourceFailed(f"git: {lines[-1] if lines else 'failed'}")
    return done.stdout.decode("utf-8", "replace")
