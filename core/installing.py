"""The bot in the workspaces of others, which install it themselves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Installation:
    """The bot in one workspace, as somebody installed it there."""

    platform: str
    tenant: str
    name: str
    """What the workspace is called."""
    token: str = field(repr=False)
    """What the platform gave us to act there. Kept out of `repr`, so that no log line shows it."""
    by: str
    """The platform's id of whoever installed it."""
    at: datetime


class Installations(Protocol):
    """Installations as rows, and the one-time states that lead to them."""

    async def all(self, platform: str) -> Sequence[Installation]:
        """Every installation of a platform, the oldest first."""
        ...

    async def keep(self, new: Installation) -> None:
        """Keep an installation in the place of an earlier one in the same workspace."""
        ...

    async def remove(self, platform: str, tenant: str) -> bool:
        """Take an installation away; False when there is none."""
        ...

    async def begin(self, state: str, *, until: datetime) -> None:
        """Somebody begins to install: the state they have to bring back in time."""
        ...

    async def finish(self, state: str) -> bool:
        """Use a state up; False for one that is not known, used or too old."""
        ...
