"""The last moment before something leaves for a chat platform: may it still?"""

from typing import TYPE_CHECKING

import aiohttp

from core.membership import may_leave

if TYPE_CHECKING:
    from aiohttp.abc import AbstractStreamWriter
    from aiohttp.connector import Connection


class LeavingRequest(aiohttp.ClientRequest):
    """A process that was paused between its decision to send and the first byte is no longer sure of itself: it would
    say what another one has said meanwhile. For `aiohttp.ClientSession(request_class=...)`.
    """

    async def write_bytes(
        self, writer: "AbstractStreamWriter", conn: "Connection", content_length: int | None = None
    ) -> None:
        """Headers leave with the body, so nothing has left yet. Refused, whoever waits gets a
        `aiohttp.ClientConnectionError`.
        """
        if may_leave():
            await super().write_bytes(writer, conn, content_length)
        elif conn.protocol is not None:
            # Whoever waits for the answer closes the connection.
            conn.protocol.set_exception(aiohttp.ClientConnectionError("this process was away; others may be answering"))
