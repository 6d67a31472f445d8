"""What people are called. Events carry ids only, and asking for each would cost a call a message."""

import logging
from collections import OrderedDict

from pydantic import ValidationError

from adapters.slack.api import SlackApi
from adapters.slack.payloads import MemberPage
from core.errors import DeliveryError

log = logging.getLogger(__name__)

_MOST_NAMES = 20_000
_PAGE = 500
_MOST_PAGES = 20


class Names:
    """A cache, filled once at start and by everything that happens to carry a name."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api
        self._names: OrderedDict[str, str] = OrderedDict()

    def of(self, user: str) -> str:
        """The name of a user; the id where it is not known."""
        return self._names.get(user, user)

    def learn(self, user: str, name: str) -> None:
        """Remember a name."""
        if not (user and name):
            return
        self._names[user] = name
        while len(self._names) > _MOST_NAMES:
            self._names.popitem(last=False)

    async def fill(self) -> None:
        """Read the workspace's directory. Names are a comfort: what cannot be read is left out."""
        cursor = ""
        try:
            for _ in range(_MOST_PAGES):
                answer = await self._api.read("users.list", limit=_PAGE, cursor=cursor)
                page = MemberPage.model_validate(answer)
                for member in page.members:
                    self.learn(member.id, member.called)
                cursor = page.response_metadata.next_cursor
                if not cursor:
                    return
        except (DeliveryError, ValidationError) as error:
            log.info("names are not read", extra={"why": type(error).__name__})
