"""Slash commands whose answer is being written: their own response, for as long as its token lives."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from core.conversation import Message

TOKEN_LIFE_S = 14 * 60
"""Discord voids an interaction's token after 15 minutes; then the response is a message like any other."""
_MOST = 2_000
_COMMAND_KEY = "discord:command:"


def command_key(interaction: int) -> str:
    """The delivery key of a slash command. A message that has one is answered in the command's own response."""
    return f"{_COMMAND_KEY}{interaction}"


def is_command(message: Message) -> bool:
    """This message is a slash command; then its id is that of the response, which exists already."""
    return any(key.startswith(_COMMAND_KEY) for key in message.keys)


@dataclass(frozen=True, slots=True)
class Response:
    """How an interaction's response is edited while its token lives."""

    path: str
    bucket: str
    until: float


class WaitingRoom:
    """Responses by the id of their message; kept in memory only, for after a restart the message still stands."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._responses: OrderedDict[str, Response] = OrderedDict()

    def put(self, message: str, *, application: int, token: str, left_s: float = TOKEN_LIFE_S) -> None:
        """Keep the way to the response that is this message."""
        path = f"/webhooks/{application}/{token}/messages/@original"
        self._responses[message] = Response(path, f"response {message}", self._clock() + left_s)
        while len(self._responses) > _MOST:
            self._responses.popitem(last=False)

    def way_to(self, message: str) -> Response | None:
        """How to edit this message as a response; None when it is an ordinary message (by now)."""
        found = self._responses.get(message)
        if found is not None and self._clock() >= found.until:
            self.forget(message)
            return None
        return found

    def forget(self, message: str) -> None:
        """Its token is void."""
        self._responses.pop(message, None)
