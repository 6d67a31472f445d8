"""Pieces of an answer are handed on together; the first, the last and what went wrong wait for nothing."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from adapters.models.gathering import Gathering

LONG_S = 3_600.0


def gathering(chunks: "asyncio.Queue[bytes | Exception]", *, pause_s: float = LONG_S) -> Gathering:
    """What is put into the queue, with `.` as the end of an answer; nothing put in ends the stream."""

    async def read() -> AsyncGenerator[bytes, None]:
        while chunk := await chunks.get():
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk

    return Gathering(read(), is_last=lambda chunk: b"." in chunk, pause_s=pause_s)


def queue(*chunks: bytes | Exception) -> "asyncio.Queue[bytes | Exception]":
    made: asyncio.Queue[bytes | Exception] = asyncio.Queue()
    for each in chunks:
        made.put_nowait(each)
    return made


async def test_the_first_and_the_last_are_handed_on_at_once() -> None:
    chunks = queue(b"one ")
    async with asyncio.timeout(10), gathering(chunks) as gathered:
        assert await gathered.next() == b"one "
        for each in (b"two ", b"three ", b"four.", b""):
            chunks.put_nowait(each)
        assert await gathered.next() == b"two three four."
        assert await gathered.next() == b""
        assert await gathered.next() == b""


async def test_what_nothing_follows_is_handed_on_when_it_is_time() -> None:
    chunks = queue(b"one ")
    async with asyncio.timeout(10), gathering(chunks, pause_s=0.01) as gathered:
        assert await gathered.next() == b"one "
        chunks.put_nowait(b"two ")
        assert await gathered.next() == b"two "


async def test_what_came_before_an_error_is_handed_on_before_it() -> None:
    chunks = queue(b"one ")
    async with asyncio.timeout(10), gathering(chunks) as gathered:
        assert await gathered.next() == b"one "
        for each in (b"two ", OSError("gone")):
            chunks.put_nowait(each)
        assert await gathered.next() == b"two "
        with pytest.raises(OSError, match="gone"):
            await gathered.next()


async def test_a_reader_that_is_left_early_stops_reading() -> None:
    chunks = queue(b"one ")
    async with asyncio.timeout(10), gathering(chunks) as gathered:
        assert await gathered.next() == b"one "
    chunks.put_nowait(b"two ")
    await asyncio.sleep(0)
    assert chunks.qsize() == 1
