"""A PostgreSQL server of our own in a folder that goes with it, or one that the environment names.

`python -m tests.servers.postgres FOLDER` runs one until it is interrupted and prints its URL.
"""

import getpass
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

_VARIABLE = "FIRSTLINE_TEST_POSTGRES"
_START_S = 30.0


def binaries() -> Path | None:
    """The folder with `initdb` and `postgres`."""
    found = shutil.which("initdb")
    if found and (Path(found).resolve().parent / "postgres").exists():
        return Path(found).resolve().parent
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return places[0].parent if places else None


def is_available() -> bool:
    """Tests that need a server can run."""
    return bool(os.environ.get(_VARIABLE)) or binaries() is not None


class Server:
    """A running server."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.url = f"postgresql://firstline@127.0.0.1:{port}/postgres"
        self._user = _user()
        self._process: subprocess.Popen[bytes] | None = None
        found = binaries()
        assert found is not None, "no PostgreSQL here"
        self._bin = found

    def create(self) -> None:
        """Make its folder."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, self._user)
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "firstline", "-A", "trust", "-E", "UTF8", "-N")

    def start(self) -> None:
        """Start it and wait until it answers."""
        arguments = [
            str(self._bin / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port),
            "-k", str(self.folder), "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200",
        ]  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(arguments, stdout=log, stderr=log, cwd="/", user=_as(self._user))
        until = time.monotonic() + _START_S
        while True:
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """Cut all connections and end; the data stays."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30)
            self._process = None

    def _run(self, name: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._bin / name), *arguments], check=True, stdout=subprocess.DEVNULL, cwd="/", user=_as(self._user)
        )


@contextmanager
def private_server() -> Generator[Server]:
    """A server of our own."""
    folder = Path(tempfile.mkdtemp(prefix="firstline-postgres-"))
    server = Server(folder, _free_port())
    try:
        server.create()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def some_server() -> Generator[str]:
    """The URL of a server where databases can be made."""
    if url := os.environ.get(_VARIABLE):
        yield url
        return
    with private_server() as server:
        yield server.url


@contextmanager
def fresh_database(server_url: str) -> Generator[str]:
    """The URL of an empty database that is dropped afterwards."""
    name = f"firstline_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield f"{server_url.rpartition('/')[0]}/{name}"
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _user() -> str:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return getpass.getuser()
    known = {each.pw_name for each in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _as(user: str) -> str | None:
    return user if os.geteuid() == 0 else None


def main() -> None:
    """Run a server until interrupted."""
    with private_server() as server:
        print(server.url, flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    sys.exit(main())
