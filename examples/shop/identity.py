"""How the demo shop knows its customers again. A module of your own looks just like this one."""

from pathlib import Path

from core.identity import OnFile
from examples.shop.mailbox import Mailbox
from examples.shop.store import ShopFile

_SUBJECT = "Your code for the chat with our support"
_BODY = (
    "{code} is your code. Enter it in the chat within {minutes} minutes.\n\n"
    "You did not ask for it? Then ignore this mail. Never give the code to anybody, not even to us."
)


class ShopDirectory:
    """Implements `core.identity.Directory`."""

    def __init__(self, folder: Path) -> None:
        self._file = ShopFile(folder)

    async def by_address(self, address: str) -> OnFile | None:
        """The one customer with this mail address, however it is written."""
        return await self._only("SELECT id, email FROM customer WHERE lower(email) = ?", address.strip().lower())

    async def by_id(self, customer_id: str) -> OnFile | None:
        """The customer of an id."""
        return await self._only("SELECT id, email FROM customer WHERE id = ?", customer_id)

    async def _only(self, sql: str, value: str) -> OnFile | None:
        found = await self._file.run(lambda connection: connection.execute(sql, (value,)).fetchall())
        return OnFile(*found[0]) if len(found) == 1 else None


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
