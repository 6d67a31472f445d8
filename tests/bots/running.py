"""Run the real command in a process of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

FIRSTLINE = [sys.executable, "-c", "from bots.cli import main; main()"]
_LIMIT_S = 90
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


def environment(folder: Path, more: Mapping[str, str]) -> dict[str, str]:
    """A clean environment: nothing of the machine's settings gets in."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(_ROOT),
        "HOME": str(folder),
        "FIRSTLINE_DATA_DIR": str(folder / "data"),
        "FIRSTLINE_HTTP_PORT": "0",
        **more,
    }


async def firstline(*arguments: str, folder: Path, env: Mapping[str, str] | None = None, stdin: str = "") -> Ended:
    """Run the command to its end."""
    process = await asyncio.create_subprocess_exec(
        *FIRSTLINE,
        *arguments,
        cwd=folder,
        env=environment(folder, env or {}),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(_LIMIT_S):
        out, err = await process.communicate(stdin.encode())
    return Ended(process.returncode or 0, out.decode(), err.decode())


@dataclass(frozen=True, slots=True)
class Talk:
    """Somebody at a terminal, line by line."""

    process: asyncio.subprocess.Process

    async def says(self, line: str, *, until: str = "") -> str:
        """Type a line; what came up to these words, or to the end."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        await self.process.stdin.drain()
        return await self.until(until)

    async def until(self, words: str) -> str:
        """What is printed up to these words."""
        assert self.process.stdout is not None
        async with asyncio.timeout(_LIMIT_S):
            if not words:
                return (await self.process.stdout.read()).decode()
            try:
                return (await self.process.stdout.readuntil(words.encode())).decode()
            except asyncio.IncompleteReadError as error:
                return error.partial.decode()


@asynccontextmanager
async def talking(*arguments: str, folder: Path, env: Mapping[str, str] | None = None) -> AsyncGenerator[Talk, None]:
    """Run an interactive command; it is killed if it has not ended by itself."""
    process = await asyncio.create_subprocess_exec(
        *FIRSTLINE,
        *arguments,
        cwd=folder,
        env=environment(folder, env or {}),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield Talk(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@dataclass(frozen=True, slots=True)
class Service:
    """A running process."""

    process: asyncio.subprocess.Process
    address: str
    said: list[str]
    """Lines it printed so far, address included."""

    async def stop(self) -> int:
        """SIGTERM, and its exit status."""
        self.process.terminate()
        async with asyncio.timeout(_LIMIT_S):
            return await self.process.wait()


@asynccontextmanager
async def running(*arguments: str, folder: Path, env: Mapping[str, str] | None = None) -> AsyncGenerator[Service, None]:
    """A process that has said its address."""
    process = await asyncio.create_subprocess_exec(
        *FIRSTLINE,
        *arguments,
        cwd=folder,
        env=environment(folder, env or {}),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said: list[str] = []
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_LIMIT_S):
            async for line in process.stdout:
                said.append(line.decode().rstrip())
                if "Firstline is at " in said[-1]:
                    break
        assert said, "the process ended without a word"
        assert "Firstline is at " in said[-1], "\n".join(said)
        drain = asyncio.ensure_future(process.stdout.read())
        yield Service(process, said[-1].rpartition(" ")[2], said)
        if process.returncode is None:
            process.terminate()
            await process.wait()
        said.extend((await drain).decode().splitlines())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
