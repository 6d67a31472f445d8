"""The way out to a chat platform: asked once more, when there is a connection, whether what waits may still leave."""

from typing import TYPE_CHECKING

import aiohttp

from core.membership import may_leave

if TYPE_CHECKING:
    from aiohttp.client_reqrep import ClientRequest
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace


class WayOut(aiohttp.TCPConnector):
    """A process that was paused while it waited for a connection is no longer sure of itself: it would send what
    another one has sent meanwhile.
    """

    async def connect(
        self, req: "ClientRequest", traces: "list[Trace]", timeout: aiohttp.ClientTimeout
    ) -> "Connection":
        """A connection. Raises `aiohttp.ClientConnectionError` when nothing may leave by it."""
        connection = await super().connect(req, traces, timeout)
        if not may_leave():
            connection.close()
            raise aiohttp.ClientConnectionError("others may be answering: this process was away for too long")
        return connection
