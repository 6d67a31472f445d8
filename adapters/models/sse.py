"""Server-sent events out of bytes, as they come.

Pure: bytes in, data out. Lenient where endpoints are: lines may end in CRLF, the blank line between
events may be missing, comments and unknown fields are skipped.
"""

DONE = b"[DONE]"


class EventBuffer:
    """Collects bytes and hands out the data of each event once it is whole."""

    __slots__ = ("_data", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []

    def feed(self, chunk: bytes) -> list[bytes]:
        """The data of every event that `chunk` completes, in order."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        ready: list[bytes] = []
        for line in lines:
            self._take(line, ready)
        return ready

    def end(self) -> list[bytes]:
        """What is left when the stream ends without a last blank line."""
        ready: list[bytes] = []
        self._take(self._rest, ready)
        self._rest = b""
        self._flush(ready)
        return ready

    def _take(self, line: bytes, ready: list[bytes]) -> None:
        if line.endswith(b"\r"):
            line = line[:-1]
        if line.startswith(b"data:"):
            if self._data and _is_whole(self._data[-1]):
                self._flush(ready)
            self._data.append(line[6:] if line.startswith(b"data: ") else line[5:])
        elif not line:
            self._flush(ready)

    def _flush(self, ready: list[bytes]) -> None:
        if self._data:
            ready.append(b"\n".join(self._data))
            self._data.clear()


def _is_whole(data: bytes) -> bool:
    return data.endswith(b"}") or data == DONE
