"""Processes under measurement: started on one core, watched from outside, ended with all they started."""

import contextlib
import json
import os
import signal
import statistics
import subprocess
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

import psutil

END_S = 10.0
_SAMPLE_S = 0.25
_MIB = 2**20


def family(pid: int) -> list[psutil.Process]:
    """A process and its descendants; empty when it is gone."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def cpu_s(pid: int) -> float:
    """User and system seconds of a process and its descendants."""
    total = 0.0
    for each in family(pid):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = each.cpu_times()
            total += times.user + times.system
    return total


def rss_mib(pid: int) -> float:
    """Resident memory of a process and its descendants."""
    total = 0
    for each in family(pid):
        with contextlib.suppress(psutil.NoSuchProcess):
            total += each.memory_info().rss
    return total / _MIB


@contextlib.contextmanager
def process(
    command: Sequence[str], *, core: int | None, env: Mapping[str, str], log: Path
) -> Generator[subprocess.Popen[bytes]]:
    """Run a command, pinned to one core where there are several; it and its descendants are ended at the end."""
    with log.open("ab") as out:
        child = subprocess.Popen(command, env=dict(env), stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            if core is not None and hasattr(os, "sched_setaffinity"):
                os.sched_setaffinity(child.pid, {core})
            yield child
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGTERM)
            try:
                child.wait(END_S)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


class Watch(threading.Thread):
    """Samples a process's memory, and how fast its core is just now, until `stop`.

    The speed is the processor time of a small fixed work done on that core: a busy neighbour makes the same work
    cost more, the bot's as well as this, so processor times are compared after scaling by it.
    """

    _WORK = json.dumps({"id": "x", "choices": [{"index": 0, "delta": {"content": "word "}}]})

    def __init__(self, pid: int, core: int | None) -> None:
        super().__init__(daemon=True)
        self._pid, self._core, self._mib = pid, core, 0.0
        self._units: list[float] = []
        self._halt = threading.Event()

    def run(self) -> None:
        """Sample until told to stop."""
        if self._core is not None and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {self._core})
        while not self._halt.wait(_SAMPLE_S):
            self._mib = max(self._mib, rss_mib(self._pid))
            begun = time.thread_time()
            for _ in range(300):
                json.dumps(json.loads(self._WORK))
            self._units.append((time.thread_time() - begun) * 1000)

    def stop(self) -> tuple[float, float]:
        """The highest memory in MiB, and the median processor milliseconds of the fixed work."""
        self._halt.set()
        self.join()
        return self._mib, statistics.median(self._units or [1.0])
