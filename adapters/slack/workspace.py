"""One workspace as it is listened to: who we are there, what people are called, who takes what comes in."""

import asyncio
from collections.abc import Callable

from adapters.slack.api import SlackApi
from adapters.slack.catching_up import CatchingUp
from adapters.slack.hands import Hands
from adapters.slack.identity import Own
from adapters.slack.names import Names
from core.ports import Cursors, FrontDesk


class Workspace:
    """`mark` before anything comes in, give what comes in to its `hands`, and `run` it beside them."""

    def __init__(self, api: SlackApi, desk: FrontDesk, own: Own, cursors: Cursors | None) -> None:
        self._names = Names(api)
        self.hands = Hands(api, desk, own, self._names)
        self._catching_up = CatchingUp(api, cursors, self.hands, own) if cursors is not None else None

    async def mark(self) -> None:
        """Note how far each channel was read, so that what comes in live does not hide what was missed."""
        if self._catching_up is not None:
            await self._catching_up.mark()

    async def run(self, is_connected: Callable[[], bool]) -> None:
        """Learn names and read back what was missed, for ever; cancel to stop."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._names.run())
            group.create_task(self.hands.messages.titles.run())
            if self._catching_up is not None:
                group.create_task(self._catching_up.run(is_connected))
