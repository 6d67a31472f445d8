"""Threads that hang on a message: begun when the first answer is posted, and what happens when that is refused."""

import logging
from collections import OrderedDict
from typing import TypeVar

from adapters.discord.api import DiscordApi
from adapters.discord.errors import THREAD_EXISTS, Refused
from core.conversation import Thread

log = logging.getLogger(__name__)

_ARCHIVE_MIN = 1440
_NAME_CHARS = 80
_DEFAULT_NAME = "Support"
_REMEMBERED = 5_000
T = TypeVar("T")


class Threads:
    """A thread begun on a message has that message's id, so it can be addressed before it exists."""

    def __init__(self, api: DiscordApi) -> None:
        self._api = api
        self._expected: OrderedDict[str, str] = OrderedDict()
        """Threads to begin, with their names."""
        self._refused: OrderedDict[str, None] = OrderedDict()
        """Threads that could not be begun: their answers stand in the channel itself."""
        self._answers: OrderedDict[str, Thread] = OrderedDict()
        """Such answers, so that a reply to one is understood."""

    def expect(self, thread: Thread, question: str) -> None:
        """Somebody wrote in a channel: the answer will begin a thread on that message."""
        if thread.key not in self._refused:
            _keep(self._expected, thread.key, thread_name(question))

    def is_refused(self, thread: Thread) -> bool:
        """Answers of this thread stand in the channel it was to hang in."""
        return thread.key in self._refused

    def answered_in_channel(self, message: str, thread: Thread) -> None:
        """Remember an answer outside its thread."""
        _keep(self._answers, message, thread)

    def of_answer(self, message: str) -> Thread | None:
        """The thread that an answer in a channel belongs to."""
        return self._answers.get(message)

    async def begin_expected(self, thread: Thread) -> None:
        """Begin the thread if it was announced and does not exist yet."""
        if (name := self._expected.pop(thread.key, None)) is not None:
            await self.begin(thread, name)

    async def begin(self, thread: Thread, name: str = _DEFAULT_NAME) -> bool:
        """Begin the thread on its message; False where Discord does not let us."""
        try:
            await self._api.call(
                "POST",
                f"/channels/{thread.root}/messages/{thread.channel}/threads",
                bucket=f"threads {thread.root}",
                what="thread",
                body={"name": name, "auto_archive_duration": _ARCHIVE_MIN},
            )
        except Refused as refusal:
            if refusal.code == THREAD_EXISTS:
                return True
            log.warning("no thread; allow Create Public Threads", extra={"place": thread.key, "why": str(refusal)})
            _keep(self._refused, thread.key, None)
            return False
        return True

    async def unarchive(self, channel: str) -> None:
        """Open an archived or locked thread again. Raises `DeliveryError` where we may not."""
        body = {"archived": False, "locked": False}
        await self._api.call("PATCH", f"/channels/{channel}", bucket=f"channels {channel}", what="thread", body=body)


def thread_name(question: str) -> str:
    """A thread is called after the question that began it."""
    line = " ".join(question.split())
    return (line if len(line) <= _NAME_CHARS else line[: _NAME_CHARS - 1].rstrip() + "…") or _DEFAULT_NAME


def _keep(store: OrderedDict[str, T], key: str, value: T) -> None:
    store[key] = value
    while len(store) > _REMEMBERED:
        store.popitem(last=False)
