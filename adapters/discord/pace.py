"""What Discord still allows, read from its own headers: who may write now, and who has to wait.

Limits are per route and channel, and one over all. A finished text goes before any draft.
"""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from weakref import WeakSet

ALL_A_SECOND = 50
"""Of the whole bot; Discord says so in no header, and raises it for large bots. Source: topics/rate-limits.mdx."""
_FOR_FIRST_WORDS = 0.88
_FOR_DRAFTS = 0.72
"""Shares of it: drafts leave room for posts and finished texts."""
_USUAL_LIMIT = 5
_USUAL_WINDOW_S = 5.0
"""Taken for granted until a channel's first answer tells."""
_DRAFT_EVERY_S = 1.15
_ROUNDED_S = 0.01
"""Discord rounds its times: a call that comes too early is refused and counts against us."""
_REMEMBERED = 10_000


@dataclass(slots=True, eq=False)
class Bucket:
    """What one route of one channel has left."""

    limit: int = _USUAL_LIMIT
    left: int = _USUAL_LIMIT
    renewed_at: float = 0.0
    replies: WeakSet[object] = field(default_factory=WeakSet[object])
    """Answers that are being written here; each will need its last edit. One that was cut off falls out by itself."""
    waiting: int = 0
    """Finished texts that wait for room."""


class Pace:
    """One per bot. `clock` counts seconds and never goes back; `sleep` lets that many pass.

    `a_second` is how many calls Discord takes of this bot.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        *,
        a_second: int = ALL_A_SECOND,
    ) -> None:
        self.now = clock
        self._a_second = a_second
        self.sleep = sleep
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._calls: deque[float] = deque()
        self._closed_until = 0.0

    def opened(self, bucket: str, reply: object) -> None:
        """An answer begins that will be edited there."""
        self._of(bucket).replies.add(reply)

    def closed(self, bucket: str, reply: object) -> None:
        """That answer is whole."""
        self._of(bucket).replies.discard(reply)

    def draft_every_s(self, bucket: str) -> float:
        """How long each answer there waits between drafts: they take turns."""
        return _DRAFT_EVERY_S * max(1, len(self._of(bucket).replies))

    def may_draft(self, bucket: str, *, is_first: bool) -> bool:
        """A draft takes nothing that a finished text will need; the first words of an answer ask for less."""
        most = self._a_second * (_FOR_FIRST_WORDS if is_first else _FOR_DRAFTS)
        found = self._of(bucket)
        if self.now() < self._closed_until or found.waiting or self._used() >= most:
            return False
        kept = 1 if is_first else max(1, min(len(found.replies) + 1, found.limit - 1))
        return found.left - 1 >= kept

    def wait_s(self, bucket: str) -> float:
        """Seconds until a call there will be taken; 0: now."""
        now, found = self.now(), self._of(bucket)
        wait_s = max(0.0, self._closed_until - now)
        if found.left <= 0:
            wait_s = max(wait_s, found.renewed_at - now)
        if self._used() >= self._a_second:
            wait_s = max(wait_s, self._calls[0] + 1.0 - now)
        return wait_s

    def queued(self, bucket: str, change: int) -> None:
        """A finished text begins (1) or ends (-1) to wait for room."""
        self._of(bucket).waiting += change

    def take(self, bucket: str) -> None:
        """Count a call that goes out now."""
        now, found = self.now(), self._of(bucket)
        if found.left == found.limit:
            found.renewed_at = now + _USUAL_WINDOW_S
        found.left -= 1
        self._calls.append(now)

    def heard(self, bucket: str, headers: Mapping[str, str]) -> None:
        """What Discord says is left; without a word nothing is limited."""
        found = self._of(bucket)
        try:
            found.limit = max(1, int(headers["X-RateLimit-Limit"]))
            found.left = int(headers["X-RateLimit-Remaining"])
            found.renewed_at = self.now() + float(headers["X-RateLimit-Reset-After"]) + _ROUNDED_S
        except (KeyError, ValueError):
            found.left = found.limit

    def refused(self, bucket: str, wait_s: float, *, is_global: bool) -> None:
        """Discord refused a call for being too fast."""
        until = self.now() + wait_s + _ROUNDED_S
        if is_global:
            self._closed_until = max(self._closed_until, until)
            return
        found = self._of(bucket)
        found.left, found.renewed_at = 0, until

    def _used(self) -> int:
        """Calls of the last second."""
        while self._calls and self._calls[0] <= self.now() - 1.0:
            self._calls.popleft()
        return len(self._calls)

    def _of(self, bucket: str) -> Bucket:
        found = self._buckets.get(bucket)
        if found is None:
            found = self._buckets[bucket] = Bucket()
            self._forget()
        elif found.left < found.limit and self.now() >= found.renewed_at:
            found.left = found.limit
        return found

    def _forget(self) -> None:
        while len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
