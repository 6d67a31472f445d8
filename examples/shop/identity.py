"""How the demo shop knows its customers again. A module of your own looks just like this one."""

from pathlib import Path

from core.identity import OnFile
from examples.shop.mailbox import Mailbox
from examples.shop.store import Shop

_SUBJECT = "Your code for the chat with our support"
_BODY = (
    "{code} is your code. Enter it in the chat within {minutes} minutes.\n\n"
    "You did not ask for it? Then ignore this mail. Never give the code to anybody, not even to us."
)


class ShopDirectory:
    """Implements `core.identity.Directory`."""

    def __init__(self, folder: Path) -> None:
        self._shop = Shop(folder)

    async def by_address(self, address: str) -> OnFile | None:
        """The customer with this mail address."""
        found = await self._shop.customer_with(address)
        return OnFile(found.id, found.email) if found else None

    async def by_id(self, customer_id: str) -> OnFile | None:
        """The customer of an id."""
        found = await self._shop.customer(customer_id)
        return OnFile(found.id, found.email) if found else None


class ShopMail:
    """Implements `core.identity.CodeSender`: into the demo's mailbox."""

    def __init__(self, folder: Path) -> None:
        self._mailbox = Mailbox(folder)

    async def send(self, to: OnFile, code: str, *, minutes: int) -> None:
        """Put the code where the one who runs the demo finds it."""
        await self._mailbox.put(to.address, _SUBJECT, _BODY.format(code=code, minutes=minutes))


def directory(folder: Path) -> ShopDirectory:
    """Called once at start."""
    return ShopDirectory(folder)


def sender(folder: Path) -> ShopMail:
    """Called once at start."""
    return ShopMail(folder)
