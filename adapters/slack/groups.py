"""Who belongs to the user groups that give roles at the desk, as Slack said a short while ago."""

import asyncio
import logging
import time
from collections.abc import Callable

from pydantic import BaseModel, ValidationError

from adapters.slack.api import SlackApi
from core.errors import DeliveryError

log = logging.getLogger(__name__)

_FRESH_S = 120.0
_READ_S = 1.0
"""Slack waits three seconds for an acknowledgement, and the act itself takes its time too."""


class _Members(BaseModel):
    users: list[str]


class Groups:
    """A cache of `usergroups.users.list`. A group that cannot be read has the members it had; at first, none."""

    def __init__(self, api: SlackApi, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._clock = clock
        self._members: dict[str, frozenset[str]] = {}
        self._read_at: dict[str, float] = {}
        self._reading = asyncio.Lock()

    async def of(self, user: str) -> tuple[str, ...]:
        """The groups of a user, among those that matter."""
        wanted = [each for each in self._api.settings.groups if each.startswith("S")]
        if not wanted:
            return ()
        try:
            async with asyncio.timeout(_READ_S), self._reading:
                for group in wanted:
                    if self._clock() - self._read_at.get(group, -_FRESH_S) >= _FRESH_S:
                        await self._read(group)
        except TimeoutError:
            log.warning("user groups not read in time")
        return tuple(group for group in wanted if user in self._members.get(group, ()))

    async def _read(self, group: str) -> None:
        try:
            answer = await self._api.read("usergroups.users.list", usergroup=group)
            self._members[group] = frozenset(_Members.model_validate(answer).users)
        except (DeliveryError, ValidationError) as error:
            log.warning(
                "a user group is not read; give the bot the scope usergroups:read",
                extra={"group": group, "why": str(error)},
            )
        self._read_at[group] = self._clock()
