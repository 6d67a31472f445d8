"""Run one job in a child of its own that can neither stay, nor grow, nor reach anything.

The child is forked from a process that has every library loaded already, so it costs milliseconds; it has
limits on memory and processor time, opens no file and no socket, and gives its answer over a pipe.
"""

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

if sys.platform != "win32":  # where nothing here is used
    import resource

_CHUNK = 1 << 16
_NOBODY = 65_534


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may take."""

    cpu_s: float
    wall_s: float
    memory_bytes: int
    """Address space on top of what the child starts with."""
    may_start_threads: bool = False
    answer_bytes: int = 64_000_000


@dataclass(frozen=True, slots=True)
class Contained:
    """How a job ended; `answer` is empty when it did not end by itself, and `why` says why."""

    answer: bytes
    peak_mb: float
    why: str = ""


def contained(job: Callable[[], bytes], limits: Limits) -> Contained:
    """The answer of `job`, run in a child. Only on systems that can fork."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _be_child(job, limits, writing)
    os.close(writing)
    try:
        answer, is_late = _read(reading, limits)
    finally:
        os.close(reading)
    if answer is None:
        os.kill(child, signal.SIGKILL)
    _, status, usage = os.wait4(child, 0)
    peak_mb = usage.ru_maxrss / (1_000_000 if sys.platform == "darwin" else 1_000)
    if answer is None:
        return Contained(b"", peak_mb, "time" if is_late else "size")
    if status != 0:
        is_out_of_time = os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGPROF, signal.SIGXCPU)
        return Contained(b"", peak_mb, "time" if is_out_of_time else "memory")
    return Contained(answer, peak_mb)


def _read(reading: int, limits: Limits) -> tuple[bytes | None, bool]:
    """Everything up to the end; None when it came too late (the flag is True) or is too much."""
    ends_at = time.monotonic() + limits.wall_s
    answer = bytearray()
    while (left_s := ends_at - time.monotonic()) > 0:
        if not select.select([reading], [], [], left_s)[0]:
            break
        chunk = os.read(reading, _CHUNK)
        if not chunk:
            return bytes(answer), False
        answer += chunk
        if len(answer) > limits.answer_bytes:
            return None, False
    return None, True


def _be_child(job: Callable[[], bytes], limits: Limits, writing: int) -> None:
    """Never returns."""
    status = 1
    try:
        _confine(limits, writing)
        answer = job()
        while answer:
            answer = answer[os.write(writing, answer) :]
        status = 0
    finally:
        os._exit(status)


def _confine(limits: Limits, writing: int) -> None:
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, limits.cpu_s)
    if sys.platform != "darwin":  # there the limit is not kept and setting it fails
        most = _address_space() + limits.memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    if not limits.may_start_threads:
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    # All that is left open is the pipe, and nothing can be opened any more: no file, no socket.
    for each in range(writing):
        _close(each)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _close(descriptor: int) -> None:
    try:
        os.close(descriptor)
    except OSError:
        return


def _address_space() -> int:
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
