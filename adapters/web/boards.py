"""All logs of this process, each read back from history when it is first looked at."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from adapters.web.board import Board
from adapters.web.entry import Entry
from core.conversation import Thread

MOST_BOARDS = 500

ReadBack = Callable[[Thread], Awaitable[list[Entry]]]


class Boards:
    """Logs by thread. Those that nobody looks at go first when there are many; history has them."""

    def __init__(self, read_back: ReadBack) -> None:
        self._read_back = read_back
        self._boards: OrderedDict[Thread, Board] = OrderedDict()
        self._reading = asyncio.Lock()

    async def of(self, thread: Thread) -> Board:
        """The log of a thread."""
        if (board := self._boards.get(thread)) is None:
            async with self._reading:
                board = self._boards.get(thread)
                if board is None:
                    board = self._boards[thread] = Board(await self._read_back(thread))
                    self._make_room()
        self._boards.move_to_end(thread)
        return board

    @property
    def threads(self) -> list[Thread]:
        """Threads that were looked at or written to, the latest last."""
        return list(self._boards)

    def _make_room(self) -> None:
        spare = len(self._boards) - MOST_BOARDS
        for thread in [each for each, board in self._boards.items() if board.is_idle][: max(0, spare)]:
            del self._boards[thread]
