"""How fast each person writes, so that one cannot use up what belongs to all."""

from collections import deque
from datetime import datetime, timedelta

from core.settings import PaceSettings

_MINUTE = timedelta(minutes=1)


class Pace:
    """How fast each person writes; only those of the last minute are remembered."""

    def __init__(self, settings: PaceSettings) -> None:
        self._limit = settings.messages_per_minute
        self._recent: dict[str, deque[datetime]] = {}

    def is_kept(self, person: str, now: datetime) -> bool:
        """One more message now is no faster than a person may write; counts nothing."""
        times = self._recent.get(person, ())
        return not self._limit or sum(at > now - _MINUTE for at in times) < self._limit

    def wait_s(self, person: str, now: datetime) -> float:
        """Seconds to hold the next answer back; 0 while the person keeps the pace. Counts this message."""
        if not self._limit:
            return 0.0
        times = self._recent.setdefault(person, deque())
        while times and times[0] <= now - _MINUTE:
            times.popleft()
        times.append(now)
        if len(times) <= self._limit:
            return 0.0
        return (times[-self._limit] + _MINUTE - now).total_seconds()

    def forget(self, now: datetime) -> None:
        """Drop people who have been quiet."""
        for person in [each for each, times in self._recent.items() if times[-1] <= now - _MINUTE]:
            del self._recent[person]
