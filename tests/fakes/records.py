"""A company's customer records, and its mail, which arrives at once."""

import asyncio
from dataclasses import dataclass, field

from core.errors import DeliveryError
from core.identity import OnFile

ADA, BEN = OnFile("c-ada", "ada@example.com"), OnFile("c-ben", "ben@example.com")


@dataclass
class Records:
    """Implements `core.identity.Directory` and `core.identity.CodeSender`."""

    sent: list[tuple[OnFile, str]] = field(default_factory=list[tuple[OnFile, str]])
    is_away: bool = False
    came: asyncio.Event = field(default_factory=asyncio.Event)
    """A code was sent."""

    async def by_address(self, address: str) -> OnFile | None:
        """See `core.identity.Directory`."""
        return next((each for each in (ADA, BEN) if each.address == address), None)

    async def by_id(self, customer_id: str) -> OnFile | None:
        """See `core.identity.Directory`."""
        return next((each for each in (ADA, BEN) if each.customer_id == customer_id), None)

    async def send(self, to: OnFile, code: str, *, minutes: int) -> None:
        """See `core.identity.CodeSender`."""
        if self.is_away:
            raise DeliveryError("the mail server does not answer")
        self.sent.append((to, code))
        self.came.set()
