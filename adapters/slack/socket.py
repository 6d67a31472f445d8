"""Socket Mode: one connection to Slack, kept up by the client library, watched by us."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from adapters.slack.api import SlackApi

log = logging.getLogger(__name__)

_LOOK_S = 5.0
_PATIENCE = 6
"""Looks without a connection after which a fresh address is asked for."""


class Socket:
    """A Socket Mode connection."""

    def __init__(self, api: SlackApi, bolt: AsyncApp) -> None:
        logger = logging.getLogger("adapters.slack.sdk.socket")
        # It reports each failed try with a traceback; one line a change is ours to write.
        logger.setLevel(logging.CRITICAL)
        self._handler = AsyncSocketModeHandler(
            bolt,
            api.settings.app_token.get_secret_value(),
            logger=logger,
            web_client=api.anonymous_client(),
        )

    @property
    def is_connected(self) -> bool:
        """Events can come in now."""
        client = self._handler.client
        session = client.current_session
        return session is not None and not session.closed and not client.stale

    @asynccontextmanager
    async def connected(self, url: str) -> AsyncGenerator[None]:
        """Connected to this address on entry; afterwards the library reconnects by itself."""
        try:
            self._handler.client.wss_uri = url
            await self._handler.connect_async()
            yield
        finally:
            await self._handler.close_async()

    async def watch(self) -> None:
        """Tell when the connection goes and comes, and free the library from an address that has expired."""
        missed = 0
        while True:
            await asyncio.sleep(_LOOK_S)
            if self.is_connected:
                if missed:
                    log.info("connected to Slack again")
                missed = 0
                continue
            missed += 1
            if missed == 1:
                log.warning("the connection to Slack is lost; reconnecting")
            if missed % _PATIENCE == 0:
                # The library tries one address until it works, and Slack's are good for one use.
                self._handler.client.wss_uri = None
