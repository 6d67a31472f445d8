"""What a shop's own systems answer, checked as `docs/backoffice.md` describes it."""

from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel, Field

from core.backoffice import (
    Address,
    Deed,
    Order,
    OrderLine,
    OrderState,
    Standing,
)
from core.tools import Money


class LinePayload(BaseModel):
    """A line of an order."""

    id: str
    item: str
    quantity: int = 1
    price: Decimal
    is_refunded: bool = False


class AddressPayload(BaseModel):
    """An address."""

    name: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""


class OrderPayload(BaseModel):
    """An order."""

    id: str
    state: OrderState
    currency: str
    lines: tuple[LinePayload, ...]
    total: Decimal
    placed_on: date
    event_on: date
    carrier: str = ""
    tracking: str = ""
    ship_to: AddressPayload | None = None
    standing: Standing = "normal"

    def to_order(self) -> Order:
        """As the core knows it."""
        lines = tuple(
            OrderLine(each.id, each.item, each.quantity, Money(each.price, self.currency), each.is_refunded)
            for each in self.lines
        )
        return Order(
            id=self.id,
            state=self.state,
            lines=lines,
            total=Money(self.total, self.currency),
            placed_on=self.placed_on,
            event_on=self.event_on,
            carrier=self.carrier,
            tracking=self.tracking,
            ship_to=Address(**self.ship_to.model_dump()) if self.ship_to else None,
            standing=self.standing,
        )


class OrdersPayload(BaseModel):
    """All orders of a customer."""

    orders: tuple[OrderPayload, ...]


class NotePayload(BaseModel):
    """A note on a record."""

    text: str
    at: datetime


class AccountPayload(BaseModel):
    """A customer's record."""

    name: str
    email_hint: str = ""
    country: str = ""
    standing: Standing = "normal"
    notes: tuple[NotePayload, ...] = ()


class DeedPayload(BaseModel):
    """What was done."""

    id: str = Field(min_length=1, max_length=200)
    amount: Decimal | None = None
    currency: str = ""
    sent_to: str = ""

    def to_deed(self) -> Deed:
        """As the core knows it."""
        money = Money(self.amount, self.currency) if self.amount is not None else None
        return Deed(self.id, money, self.sent_to)
