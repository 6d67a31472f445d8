"""What the ready-made tools need of a shop's own systems: four narrow ports, and the values that pass through them.

Every verb names the customer on whose behalf it is called, and reaches that customer's rows alone. Whatever changes
something takes a `key` and acts once by it: the same key again gives the first `Deed`. What the back end does not
allow raises `NotDone`, and then nothing was changed; any other error leaves the outcome open, until `Deeds.find` tells.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from core.tools import Money

Standing = Literal["normal", "new", "watched"]
"""Of a customer; the policy table may ask about it before money moves."""

OrderState = Literal["processing", "shipped", "delivered", "cancelled", "refunded"]
"""processing: not sent yet, so it may be cancelled or sent elsewhere. refunded: all of its lines were paid back."""

Obstacle = Literal[
    "not_found", "already_refunded", "never_charged", "not_sent_yet", "already_sent", "already_cancelled",
    "too_much", "no_address_on_file", "not_possible",
]  # fmt: skip
"""Why a back end does not do something. not_found: there is none, or it is somebody else's; nobody is told which."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a parcel goes."""

    name: str
    street: str
    postcode: str
    city: str
    country: str

    def __str__(self) -> str:
        return f"{self.name}, {self.street}, {self.postcode} {self.city}, {self.country}"


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One thing that was ordered, in any quantity."""

    id: str
    """Within the order."""
    item: str
    quantity: int
    price: Money
    """For the whole quantity: what a refund of this line pays."""
    is_refunded: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """An order of one customer."""

    id: str
    state: OrderState
    lines: tuple[OrderLine, ...]
    total: Money
    placed_on: date
    event_on: date
    """When it was delivered, handed over or cancelled, or is expected."""
    carrier: str = ""
    tracking: str = ""
    ship_to: Address | None = None
    standing: Standing = "normal"
    """Of the customer whose order it is."""


@dataclass(frozen=True, slots=True)
class Note:
    """A line on a customer's record."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """A customer's record."""

    customer_id: str
    name: str
    email_hint: str
    """The address on file with its middle hidden, `a•••@example.com`; empty when there is none."""
    country: str = ""
    standing: Standing = "normal"
    notes: tuple[Note, ...] = ()
    """The newest first. For staff: customers and models do not see them."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What a back end did, once, under a key."""

    id: str
    """The back end's own number of it; stands on the receipt."""
    money: Money | None = None
    """What was paid back, where money moved."""
    sent_to: str = ""
    """Where a message about it went, with its middle hidden."""


class NotDone(Exception):
    """The back end does not do this. Nothing was changed; `obstacle` says why. Tools turn it into words."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle)
        self.obstacle: Obstacle = obstacle


class Orders(Protocol):
    """A customer's orders."""

    async def find(self, customer_id: str, order_id: str) -> Order:
        """One order. Raises `NotDone` (`not_found`) for one that is not there or is not this customer's."""
        ...

    async def of_customer(self, customer_id: str) -> tuple[Order, ...]:
        """All of a customer's orders, the newest first."""
        ...

    async def refund(
        self, customer_id: str, order_id: str, *, line_ids: tuple[str, ...], amount: Money, reason: str, key: str
    ) -> Deed:
        """Pay lines back: those named, each once. `amount` is at most their sum; staff may have lowered it."""
        ...

    async def cancel(self, customer_id: str, order_id: str, *, reason: str, key: str) -> Deed:
        """Cancel an order that was not sent yet; what was charged goes back."""
        ...

    async def change_address(self, customer_id: str, order_id: str, *, to: Address, key: str) -> Deed:
        """Send an order elsewhere, as long as it was not sent yet."""
        ...


class Accounts(Protocol):
    """Customers' records."""

    async def find(self, customer_id: str) -> Account:
        """A customer's own record. Raises `NotDone` (`not_found`)."""
        ...

    async def add_note(self, customer_id: str, *, text: str, key: str) -> Deed:
        """Write a note on the record."""
        ...

    async def send_reset_link(self, customer_id: str, *, key: str) -> Deed:
        """Mail a link for a new password to the address on file; there is no way to name another."""
        ...

    async def request_recovery(self, customer_id: str, *, account: str, detail: str, key: str) -> Deed:
        """Ask people to give somebody their account back; nothing about the account is told or changed.

        `customer_id` is empty for somebody nobody knows; `account` is what they say theirs is.
        """
        ...


class ServiceDesk(Protocol):
    """Work for people."""

    async def open_ticket(self, customer_id: str, *, subject: str, description: str, key: str) -> Deed:
        """Open a ticket."""
        ...

    async def book_call(self, customer_id: str, *, at: datetime, topic: str, key: str) -> Deed:
        """Have somebody call the number on file at a time, which is aware."""
        ...


class Deeds(Protocol):
    """What was done."""

    async def find(self, customer_id: str, key: str) -> Deed:
        """What was done under a key. Raises `LookupError` when nothing was, and only then."""
        ...


@dataclass(frozen=True, slots=True)
class BackOffice:
    """A shop's own systems."""

    orders: Orders
    accounts: Accounts
    desk: ServiceDesk
    deeds: Deeds


def hinted(email: str) -> str:
    """An address as its owner knows it again and nobody else learns it: `a•••@example.com`."""
    name, at, host = email.partition("@")
    return f"{name[:1]}•••{at}{host}" if name and at else ""
