"""Runs one job of this name in a confined child, for tests: `python -m tests.adapters.vision.contained_job NAME`."""

import _socket
import os
import sys
import time

from adapters.vision.sandbox import Limits, contained


def reads_a_file() -> bytes:
    with open(__file__, "rb") as file:
        return file.read()


def opens_a_way_out() -> bytes:
    _socket.socket()
    return b"open"


def starts_a_process() -> bytes:
    os.fork()
    return b"forked"


def takes_memory() -> bytes:
    return bytes(900_000_000)[:1]


def takes_time() -> bytes:
    while True:
        pass


def falls_asleep() -> bytes:
    time.sleep(60)
    return b""


def answers() -> bytes:
    return b"done"


if __name__ == "__main__":
    job = {each.__name__: each for each in (reads_a_file, opens_a_way_out, starts_a_process, takes_memory, takes_time,
                                            falls_asleep, answers)}[sys.argv[1]]  # fmt: skip
    done = contained(job, Limits(cpu_s=0.3, wall_s=1.0 if job is falls_asleep else 20.0, memory_bytes=100_000_000))
    print(done.answer.decode(), done.why)  # noqa: T201 - it is how the test hears of it
