"""Where a person of the workspace lives, by the time zone of their profile."""

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from pydantic import ValidationError

from adapters.slack.answers import UserAnswer
from adapters.slack.api import SlackApi
from core.conversation import Thread
from core.errors import DeliveryError
from core.hours import zone_of

log = logging.getLogger(__name__)

_REMEMBERED = 5_000


class Zones:
    """Implements `core.promising.ZoneOf`: asked when a moment is promised, and remembered until the next start."""

    def __init__(self, api_of: Callable[[Thread], Awaitable[SlackApi]]) -> None:
        self._api_of = api_of
        self._known: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def of(self, author_id: str, place: Thread) -> str:
        """The zone's name; empty for somebody of another platform, and for a profile that cannot be read."""
        if place.platform != "slack":
            return ""
        key = (place.tenant, author_id)
        if key not in self._known:
            try:
                answer = await (await self._api_of(place)).read("users.info", user=author_id)
                name = UserAnswer.model_validate(answer).user.tz
                self._known[key] = zone_of(name).key if name else ""
            except (DeliveryError, ValidationError, ValueError) as error:
                log.info("a time zone is not read", extra={"why": type(error).__name__})
                return ""
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return self._known[key]
