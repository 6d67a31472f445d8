"""Who is staff: the members of a staff channel, without guests of other organisations."""

import logging

from pydantic import ValidationError

from adapters.slack.answers import ChannelMembers
from adapters.slack.api import SlackApi
from adapters.slack.colleagues import Colleagues
from adapters.slack.identity import Own
from core.errors import DeliveryError

log = logging.getLogger(__name__)

_KEPT_S = 60.0
_PAGES, _PAGE = 5, 200


class Staff:
    """Asks Slack now and then."""

    def __init__(self, api: SlackApi, own: Own) -> None:
        self._api = api
        self._colleagues = Colleagues(api, own)
        self._members: dict[str, frozenset[str]] = {}
        self._read_at: dict[str, float] = {}

    async def is_place(self, channel: str, user: str, team: str) -> bool:
        """Written or pressed in a staff channel by somebody of ours; a guest of another organisation is no staff."""
        return self._api.settings.is_staff(channel) and await self._colleagues.include(user, team)

    async def is_place_of(self, channel: str, user: str) -> bool:
        """The same for what does not say which workspace somebody is of."""
        return self._api.settings.is_staff(channel) and await self._colleagues.know(user)

    async def desks(self, user: str, team: str) -> tuple[str, ...]:
        """The staff channels that somebody could write in."""
        channels = self._api.settings.desks
        if not channels or not await self._colleagues.include(user, team):
            return ()
        for channel in channels:
            if self._api.pace.now() - self._read_at.get(channel, -_KEPT_S) >= _KEPT_S:
                await self._read(channel)
        return tuple(each for each in channels if user in self._members.get(each, ()))

    async def _read(self, channel: str) -> None:
        found: set[str] = set()
        cursor = ""
        try:
            for _ in range(_PAGES):
                answer = await self._api.read("conversations.members", channel=channel, limit=_PAGE, cursor=cursor)
                page = ChannelMembers.model_validate(answer)
                found.update(page.members)
                if not (cursor := page.response_metadata.next_cursor):
                    break
        except (DeliveryError, ValidationError) as error:
            # Without an answer nobody is staff on the Home tab; the staff channel itself goes on.
            log.warning("members of a staff channel are not read", extra={"why": type(error).__name__})
        self._members[channel], self._read_at[channel] = frozenset(found), self._api.pace.now()
