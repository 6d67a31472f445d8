"""The real time."""

from datetime import UTC, datetime


class SystemClock:
    """Implements `core.ports.Clock`."""

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC)
