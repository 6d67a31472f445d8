#!/bin/sh
# Pin every dependency with hashes, for all supported Pythons and systems, without naming any registry.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}
flags="--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet"
all=$(mktemp)
trap 'rm -f "$all"' EXIT
$uv pip compile pyproject.toml --extra all --extra local --extra local-small --extra dev $flags -o "$all"
lock() { out=$1; shift; $uv pip compile pyproject.toml "$@" -c "$all" $flags -o "requirements/$out.lock"; }
lock base
lock all --extra all
lock dev --extra dev
lock local-base --extra local-base
lock local --extra local
lock local-small --extra local-small
echo 'setuptools>=77' | $uv pip compile - $flags -o requirements/build.lock
