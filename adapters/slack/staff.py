"""Who of a workspace is staff: the members of the staff channel, without guests of other organisations."""

import logging

from pydantic import ValidationError

from adapters.slack.api import SlackApi
from adapters.slack.channels import ChannelMembers
from adapters.slack.identity import Own
from core.errors import DeliveryError

log = logging.getLogger(__name__)

_KEPT_S = 60.0
_PAGES, _PAGE = 5, 200


class Staff:
    """Asks Slack now and then."""

    def __init__(self, api: SlackApi, own: Own) -> None:
        self._api = api
        self._own = own
        self._members: frozenset[str] = frozenset()
        self._read_at = -1e9

    def is_place(self, channel: str, team: str = "") -> bool:
        """Written or pressed in the staff channel by somebody of ours; a guest of another organisation is no staff."""
        is_ours = team in ("", self._own.team)
        return self._api.settings.is_staff(channel) and is_ours

    async def is_member(self, user: str, team: str = "") -> bool:
        """They could write in the staff channel."""
        if not self._api.settings.staff_channel or team not in ("", self._own.team):
            return False
        if self._api.pace.now() - self._read_at >= _KEPT_S:
            await self._read()
        return user in self._members

    async def _read(self) -> None:
        found: set[str] = set()
        cursor = ""
        try:
            for _ in range(_PAGES):
                channel = self._api.settings.staff_channel
                answer = await self._api.read("conversations.members", channel=channel, limit=_PAGE, cursor=cursor)
                page = ChannelMembers.model_validate(answer)
                found.update(page.members)
                if not (cursor := page.response_metadata.next_cursor):
                    break
        except (DeliveryError, ValidationError) as error:
            # Without an answer nobody is staff on the Home tab; the staff channel itself goes on.
            log.warning("members of the staff channel are not read", extra={"why": type(error).__name__})
        self._members, self._read_at = frozenset(found), self._api.pace.now()
