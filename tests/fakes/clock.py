"""A clock that stands still until it is moved."""

from datetime import UTC, datetime, timedelta


class StillClock:
    """Implements `core.ports.Clock`."""

    def __init__(self, at: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)) -> None:
        self._at = at

    def now(self) -> datetime:
        """The time it was set to."""
        return self._at

    def move(self, **by: float) -> None:
        """Go forward, in `timedelta` words."""
        self._at += timedelta(**by)
