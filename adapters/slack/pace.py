"""What one workspace's calls have used of Slack's limits, and which methods must wait.

Limits are per method: one that is refused never stops the others. Source: Slack's rate limit tiers.
"""

import time
from collections import defaultdict, deque
from collections.abc import Callable

from core.errors import RateLimited

_WINDOW_S = 60.0
_POST_SPACING_S = 1.05
"""chat.postMessage is good for one message a second in a channel; a little more, so that none comes too soon."""


class Pace:
    """One per workspace. `clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._taken: dict[str, deque[float]] = defaultdict(deque)
        self._closed_until: dict[str, float] = {}
        self._next_slot: dict[str, float] = {}

    def now(self) -> float:
        """The clock's seconds."""
        return self._clock()

    def used(self, method: str) -> int:
        """Calls of a method in the last minute."""
        taken = self._taken[method]
        while taken and taken[0] <= self._clock() - _WINDOW_S:
            taken.popleft()
        return len(taken)

    def wait_s(self, method: str) -> float:
        """Seconds until Slack takes this method again; 0 when it does now."""
        return max(0.0, self._closed_until.get(method, 0.0) - self._clock())

    def take(self, method: str) -> None:
        """Count a call. Raises `RateLimited` without a call while the method has to wait."""
        if wait_s := self.wait_s(method):
            raise RateLimited(f"Slack limits {method}", retry_after_s=wait_s)
        self._taken[method].append(self._clock())

    def refused(self, method: str, channel: str, wait_s: float) -> float:
        """Slack refused a call for being too fast. Returns how long this caller should wait.

        Posts are limited by channel, so only their callers are spread; everything else waits as a whole.
        """
        now = self._clock()
        if method != "chat.postMessage":
            self._closed_until[method] = now + wait_s
            return wait_s
        slot = max(now + wait_s, self._next_slot.get(channel, 0.0))
        self._next_slot[channel] = slot + _POST_SPACING_S
        return slot - now
