"""Installations in memory."""

from datetime import datetime

from core.installing import Installation


class KeptInstallations:
    """Implements `core.installing.Installations`."""

    def __init__(self, *known: Installation) -> None:
        self.rows = {(each.platform, each.tenant): each for each in known}
        self.states: dict[str, datetime] = {}

    async def all(self, platform: str) -> list[Installation]:
        """See `core.installing.Installations`."""
        return [each for each in self.rows.values() if each.platform == platform]

    async def keep(self, new: Installation) -> None:
        """See `core.installing.Installations`."""
        self.rows[new.platform, new.tenant] = new

    async def remove(self, platform: str, tenant: str) -> bool:
        """See `core.installing.Installations`."""
        return self.rows.pop((platform, tenant), None) is not None

    async def begin(self, state: str, *, until: datetime) -> None:
        """See `core.installing.Installations`."""
        self.states[state] = until

    async def finish(self, state: str) -> bool:
        """See `core.installing.Installations`."""
        return self.states.pop(state, None) is not None
