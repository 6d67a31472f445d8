"""What people are called. Events carry ids only, and asking for each would cost a call a message."""

import asyncio
import logging
from collections import OrderedDict

from pydantic import ValidationError

from adapters.slack.answers import MemberPage, UserAnswer
from adapters.slack.api import SlackApi
from core.errors import DeliveryError

log = logging.getLogger(__name__)

_MOST_NAMES = 20_000
_PAGE = 500
_MOST_PAGES = 20
_INFO = "users.info"
_LOOK_UPS_A_MINUTE = 6


class Names:
    """A cache, filled once at start and by everything that happens to carry a name."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api
        self._names: OrderedDict[str, str] = OrderedDict()
        self._wanted: set[str] = set()
        self._news = asyncio.Event()

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

    def want(self, user: str) -> None:
        """Somebody unknown has written: find out in the background who it is, for next time."""
        if user not in self._names:
            self._wanted.add(user)
            self._news.set()

    async def run(self) -> None:
        """Read the directory, then look up newcomers, slowly: their names are a comfort, their messages are not."""
        await self._fill()
        while True:
            await self._news.wait()
            self._news.clear()
            while self._wanted and self._api.pace.used(_INFO) < _LOOK_UPS_A_MINUTE:
                await self._look_up(self._wanted.pop())

    async def _look_up(self, user: str) -> None:
        if user in self._names:
            return
        try:
            found = UserAnswer.model_validate(await self._api.read(_INFO, user=user))
        except (DeliveryError, ValidationError) as error:
            log.info("a name is not read", extra={"why": type(error).__name__})
            return
        self.learn(user, found.user.called)

    async def _fill(self) -> None:
        """Read the workspace's directory; what cannot be read is left out."""
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
