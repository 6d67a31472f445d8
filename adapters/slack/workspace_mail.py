"""Whom the workspace itself vouches for: its own full members, by their confirmed address."""

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from pydantic import ValidationError

from adapters.slack.answers import UserAnswer
from adapters.slack.api import SlackApi
from core.conversation import Author, Thread
from core.errors import DeliveryError

log = logging.getLogger(__name__)

_REMEMBERED = 5_000


class WorkspaceMail:
    """Implements `core.identity.NativeMail`. Needs the scope `users:read.email`."""

    def __init__(self, api_of: Callable[[Thread], Awaitable[SlackApi]]) -> None:
        self._api_of = api_of
        self._strangers: OrderedDict[str, None] = OrderedDict()
        """Those whom the workspace vouches nothing for, not asked about again until the next start."""

    async def of(self, author: Author, place: Thread) -> str:
        """See `core.identity.NativeMail`: no guests, no people of other workspaces, no bots, nothing unconfirmed."""
        key = f"{place.tenant}:{author.id}"
        if place.platform != "slack" or author.is_bot or key in self._strangers:
            return ""
        try:
            member = UserAnswer.model_validate(
                await (await self._api_of(place)).read("users.info", user=author.id)
            ).user
        except (DeliveryError, ValidationError) as error:
            log.info("a member's address is not read", extra={"why": type(error).__name__})
            return ""
        if member.is_own_in(place.tenant):
            return member.profile.email
        self._strangers[key] = None
        while len(self._strangers) > _REMEMBERED:
            self._strangers.popitem(last=False)
        return ""
