"""The page's live connection: what changed in its logs, at most thirty times a second.

A frame holds whole entries. A browser that comes back says which revision it saw last and gets the rest.
"""

import asyncio
import json
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Literal
from weakref import WeakSet

from aiohttp import WSCloseCode, web

from adapters.web.board import Board
from adapters.web.views import view_of_row

FRAME_S = 1 / 30
_HEARTBEAT_S = 20.0
_MESSAGE_LIMIT_BYTES = 4_096

Sockets = WeakSet[web.WebSocketResponse]
SOCKETS = web.AppKey("sockets", Sockets)


class Watch:
    """One log as one browser sees it."""

    def __init__(self, side: Literal["customer", "staff"], board: Board, seen: str) -> None:
        epoch, _, revision = seen.partition(".")
        self.board = board
        self._side: Literal["customer", "staff"] = side
        self._is_known = epoch == board.epoch and revision.isdecimal()
        self._seen = int(revision) if self._is_known else 0
        self._is_first = True

    def frame(self) -> str:
        """What changed since the last frame, as JSON; empty when nothing did and this is not the first."""
        rows = self.board.changed_since(self._seen)
        if not rows and not self._is_first:
            return ""
        frame = {
            "pane": self._side,
            "seen": f"{self.board.epoch}.{self.board.revision}",
            "anew": self._is_first and not self._is_known,
            "entries": [view_of_row(row, side=self._side) for row in rows],
        }
        self._seen, self._is_first = self.board.revision, False
        return json.dumps(frame, ensure_ascii=False)


async def stream(request: web.Request, watches: Sequence[Watch]) -> web.WebSocketResponse:
    """Send frames until the browser goes away."""
    socket = web.WebSocketResponse(heartbeat=_HEARTBEAT_S, max_msg_size=_MESSAGE_LIMIT_BYTES)
    await socket.prepare(request)
    request.app[SOCKETS].add(socket)
    woken = asyncio.Event()
    with ExitStack() as stack:
        for watch in watches:
            stack.enter_context(watch.board.watched(woken))
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(_send(socket, watches, woken))
            async for _ in socket:
                pass  # The page never speaks here; reading is how its going away is noticed.
            sending.cancel()
    return socket


async def close_all(app: web.Application) -> None:
    """Tell every browser that the process ends; it will look for the next one."""
    for socket in list(app[SOCKETS]):
        await socket.close(code=WSCloseCode.SERVICE_RESTART)


async def _send(socket: web.WebSocketResponse, watches: Sequence[Watch], woken: asyncio.Event) -> None:
    try:
        while not socket.closed:
            woken.clear()
            for watch in watches:
                if frame := watch.frame():
                    await socket.send_str(frame)
            await woken.wait()
            await asyncio.sleep(FRAME_S)
    except ConnectionError:
        return
