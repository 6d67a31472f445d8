"""Decoding processes: started when needed, asked one picture at a time, ended when one does not answer."""

import asyncio
import json
import logging
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Self

from core.errors import AttachmentError
from core.modelling import Picture

log = logging.getLogger(__name__)

_CPU_S = 1.8
_WALL_S = 8.0
"""A busy machine may take this long over what needs little processor time."""
_START_S = 20.0
_MEMORY_BYTES = 420_000_000
_TOO_LONG = "it takes too long to open"
_TOO_MUCH = "it needs too much memory to open"
_ANSWER_LIMIT_BYTES = 128_000_000


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of an upload, and what it took."""

    problem: str
    parts: tuple[Picture, ...]
    width_px: int
    height_px: int
    note: str
    codes: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]
    seconds: float
    peak_mb: float


class Decoders:
    """A few decoding processes; each starts on first use and is replaced when it had to be ended."""

    def __init__(self, *, at_once: int = 2) -> None:
        self._idle: list[asyncio.subprocess.Process] = []
        self._places = asyncio.Semaphore(at_once)

    @classmethod
    @asynccontextmanager
    async def open(cls, *, at_once: int = 2) -> AsyncGenerator[Self, None]:
        """Decoders until the block ends."""
        decoders = cls(at_once=at_once)
        try:
            yield decoders
        finally:
            for process in decoders._idle:
                await _end(process)

    async def decode(self, content: bytes, *, pixels: int, long_side_px: int, parts: int) -> Opened:
        """Decode one upload. Never raises for what is in it."""
        request = {
            "size": len(content),
            "pixels": pixels,
            "long_side_px": long_side_px,
            "parts": parts,
            "cpu_s": _CPU_S,
            "wall_s": _WALL_S,
            "memory_bytes": _MEMORY_BYTES,
        }
        async with self._places:
            process = self._idle.pop() if self._idle else await _start()
            is_kept = False
            try:
                async with asyncio.timeout(_WALL_S + _START_S):
                    head, body = await _ask(process, request, content)
                is_kept = True
            except TimeoutError:
                return _problem(_TOO_LONG)
            except (OSError, ValueError, asyncio.IncompleteReadError) as error:
                log.warning("decoding process ended", extra={"error": type(error).__name__})
                return _problem(_TOO_MUCH)
            finally:
                if is_kept:
                    self._idle.append(process)
                else:
                    await _end(process)
        return _opened(head, body)


async def _start() -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "adapters.vision.process",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**_inherited(), "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"},
        )
    except OSError as error:
        raise AttachmentError("I cannot open pictures just now. Please try again in a moment.") from error


def _inherited() -> dict[str, str]:
    """No secret of ours goes along, only what a process needs to start on Windows."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}


async def _ask(
    process: asyncio.subprocess.Process, request: dict[str, Any], content: bytes
) -> tuple[dict[str, Any], bytes]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(request).encode() + b"\n" + content)
    await process.stdin.drain()
    head: dict[str, Any] = json.loads(await process.stdout.readline())
    size = int(head["size"])
    if not 0 < size <= _ANSWER_LIMIT_BYTES:
        raise ValueError("no answer")
    return head, await process.stdout.readexactly(size)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    transport: Any = getattr(process, "_transport", None)
    if transport is not None:
        transport.close()


def _opened(head: dict[str, Any], body: bytes) -> Opened:
    line, _, rest = body.partition(b"\n")
    told: dict[str, Any] = json.loads(line)
    parts: list[Picture] = []
    for kind, size in told["parts"]:
        parts.append(Picture(str(kind), rest[:size]))
        rest = rest[size:]
    return Opened(
        problem=str(told["problem"]),
        parts=tuple(parts),
        width_px=int(told["width"]),
        height_px=int(told["height"]),
        note=str(told["note"]),
        codes=tuple((str(kind), str(text)) for kind, text in told["codes"]),
        problems=tuple(map(str, told["problems"])),
        seconds=float(head["seconds"]),
        peak_mb=float(head["peak_mb"]),
    )


def _problem(problem: str) -> Opened:
    return Opened(problem, (), 0, 0, "", (), (), _WALL_S, 0.0)
