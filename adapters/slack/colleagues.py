"""Who is one of us: the people of this workspace, in an Enterprise Grid those of the whole organisation."""

import asyncio
import logging
from collections import OrderedDict

from pydantic import ValidationError

from adapters.slack.answers import Member, UserAnswer
from adapters.slack.api import SlackApi
from adapters.slack.identity import Own
from core.errors import DeliveryError

log = logging.getLogger(__name__)

_READ_S = 1.0
"""Slack waits three seconds for the acknowledgement of an event."""
_MOST = 2_000


class Colleagues:
    """Asks Slack about people of whom an event does not say it, once each."""

    def __init__(self, api: SlackApi, own: Own) -> None:
        self._api = api
        self._own = own
        self._known: OrderedDict[str, bool] = OrderedDict()

    async def include(self, user: str, team: str) -> bool:
        """Whether somebody is ours whose event names their workspace; without a name it is this one."""
        if team in ("", self._own.team):
            return True
        # Outside of a Grid another workspace is another organisation, so there is nothing to ask.
        return bool(self._own.enterprise) and (team == self._own.enterprise or await self.know(user))

    async def know(self, user: str) -> bool:
        """The same, where the event does not say where they come from. Whoever cannot be asked about is not ours."""
        if user not in self._known:
            try:
                async with asyncio.timeout(_READ_S):
                    found = UserAnswer.model_validate(await self._api.read("users.info", user=user)).user
            except (DeliveryError, ValidationError, TimeoutError) as error:
                log.warning("whose colleague somebody is was not read", extra={"why": type(error).__name__})
                return False
            self._keep(user, self._is_ours(found))
        return self._known[user]

    def _is_ours(self, member: Member) -> bool:
        organisation = member.enterprise_user.enterprise_id
        return member.team_id == self._own.team or (bool(organisation) and organisation == self._own.enterprise)

    def _keep(self, user: str, is_ours: bool) -> None:
        self._known[user] = is_ours
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
