"""Ready-made tools about orders: where one is, paying it or some of it back, cancelling it, sending it elsewhere."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue
from pydantic.json_schema import SkipJsonSchema

from core.backoffice import Address, BackOffice, NotDone, Order
from core.officewords import Assurances, explained, joined, named, status_line
from core.orderfacts import complete_address, distinct, facts_of, not_yet_sent, refund_in_full, to_pay
from core.tools import Money, Tool, ToolContext, ToolResult, tool

OfficeFor = Callable[[ToolContext], BackOffice]
"""The back end that a call goes to."""

REFUND_WORDS = (
    "refund", "money back", "reimburse", "return my money", "pay me back", "erstatt", "geld zurück", "rückerstatt",
    "rembours", "reembols", "devoluci", "devolver", "rimbors", "reembolso", "terugbetal", "geld terug", "hyvit",
)  # fmt: skip
CANCEL_WORDS = ("cancel", "stornier", "abbestell", "annul", "don't want it any", "do not want it any", "peru")
ADDRESS_WORDS = (
    "address", "adress", "deliver it", "deliver order", "deliver my", "send it", "send order", "send my", "ship it",
    "ship order", "ship my", "moved", "moving to", "umgezogen", "umzug", "direcci", "indirizzo", "osoite",
)  # fmt: skip
FRESH_MINUTES = 30.0
"""How old a proof of who asks may be before a parcel goes elsewhere: time to write an address and to say yes."""
_NUMBER = re.compile(r"\s*(?:(?:order|no\.?|number|nr\.?)\s*)*#?\s*([A-Za-z0-9][A-Za-z0-9._-]{2,39})\s*", re.IGNORECASE)


def _order_number(value: str) -> str:
    found = _NUMBER.fullmatch(value)
    if found is None or not re.search(r"\d", found[1]):
        raise ValueError("an order number has digits, like 88291")
    return found[1]


OrderId = Annotated[
    str, AfterValidator(_order_number), Field(description="The order's number, as the customer gave it.")
]
Reason = Annotated[str, Field(min_length=2, max_length=300, description="Why, in the customer's words.")]
Items = Annotated[
    tuple[str, ...],
    Field(max_length=50, description="Only if the customer wants some of the items: their names. Else leave it out."),
]
Line = Annotated[str, Field(min_length=1, max_length=120)]


class OrderWork:
    """The tools, over the back end that a call goes to."""

    def __init__(self, office_for: OfficeFor, assures: Assurances) -> None:
        self._office_for = office_for
        self._assures = assures

    def tools(self) -> list[Tool]:
        """In the order in which models are offered them."""
        return [self._status(), self._refund(), self._cancel(), self._address()]

    async def get_order_status(self, context: ToolContext, order_id: OrderId) -> ToolResult:
        """Look up where an order of the customer is: status, dates, carrier and tracking number."""
        order = await self._order(context, order_id)
        return ToolResult(status_line(order, datetime.now(UTC).date(), self._assures), facts_of(order))

    async def initiate_refund(
        self,
        context: ToolContext,
        order_id: OrderId,
        reason: Reason,
        items: Items = (),
        amount: SkipJsonSchema[Decimal | None] = None,
    ) -> ToolResult:
        """Pay an order back, or some of its items, when the customer asks for a refund.

        Larger amounts wait for a colleague's approval.
        """
        order = await self._order(context, order_id)
        lines = [line for line in order.lines if line.item in items]
        sum_of_lines = Money(sum((line.price.amount for line in lines), Decimal(0)), order.total.currency)
        money = sum_of_lines if amount is None else Money(amount, order.total.currency)
        try:
            deed = await self._office_for(context).orders.refund(
                context.principal.customer_id,
                order.id,
                line_ids=tuple(line.id for line in lines),
                amount=money,
                reason=reason,
                key=context.key,
            )
        except NotDone as problem:
            raise explained(problem, named(order.id)) from problem
        return self._refunded(order.id, items, deed.money or money, deed.id)

    async def cancel_order(
        self, context: ToolContext, order_id: OrderId, reason: Annotated[str, Field(max_length=300)] = ""
    ) -> ToolResult:
        """Cancel an order that has not been sent yet, when the customer asks for that."""
        office, customer = self._office_for(context), context.principal.customer_id
        try:
            deed = await office.orders.cancel(customer, order_id, reason=reason, key=context.key)
        except NotDone as problem:
            raise explained(problem, named(order_id)) from problem
        return self._cancelled(order_id, deed.id)

    async def change_address(
        self,
        context: ToolContext,
        order_id: OrderId,
        street: Annotated[Line, Field(description="Street and house number.")],
        postcode: Line,
        city: Line,
        country: Annotated[str, Field(max_length=80)] = "",
        name: Annotated[str, Field(max_length=120, description="Who receives it, if not the customer.")] = "",
    ) -> ToolResult:
        """Send an order that has not been sent yet to another address, which the customer gave in full."""
        to = Address(name, street, postcode, city, country)
        office, customer = self._office_for(context), context.principal.customer_id
        try:
            deed = await office.orders.change_address(customer, order_id, to=to, key=context.key)
        except NotDone as problem:
            raise explained(problem, named(order_id)) from problem
        return self._moved(order_id, to, deed.id)

    async def _order(self, context: ToolContext, order_id: str) -> Order:
        try:
            order = await self._office_for(context).orders.find(context.principal.customer_id, order_id)
        except NotDone as problem:
            raise explained(problem, f"an {named(order_id)}") from problem
        return replace(order, lines=distinct(order.lines))

    def _refunded(self, order_id: str, items: Sequence[str], money: Money, refund_id: str) -> ToolResult:
        what = f" ({', '.join(items)})" if items else ""
        summary = f"A refund of **{money}** for order **#{order_id}**{what} was started."
        data: dict[str, JsonValue] = {"refund_id": refund_id, "order_id": order_id, "items": [*items]}
        return ToolResult(joined(summary, self._assures.refund), data, reference=refund_id)

    def _cancelled(self, order_id: str, deed_id: str) -> ToolResult:
        summary = f"Order **#{order_id}** was cancelled ({deed_id}). It will not be sent."
        return ToolResult(summary, {"order_id": order_id, "cancellation_id": deed_id}, reference=deed_id)

    def _moved(self, order_id: str, to: Address, deed_id: str) -> ToolResult:
        summary = f"The delivery address of order **#{order_id}** was changed to {to}."
        return ToolResult(summary, {"order_id": order_id, "change_id": deed_id}, reference=deed_id)

    async def _earlier_refund(
        self, context: ToolContext, order_id: str, reason: str, items: tuple[str, ...], amount: Decimal | None
    ) -> ToolResult:
        deed = await self._office_for(context).deeds.find(context.principal.customer_id, context.key)
        money = deed.money or Money(amount or Decimal(0), "")
        return self._refunded(order_id, items, money, deed.id)

    async def _earlier_cancel(self, context: ToolContext, order_id: str, reason: str) -> ToolResult:
        deed = await self._office_for(context).deeds.find(context.principal.customer_id, context.key)
        return self._cancelled(order_id, deed.id)

    async def _earlier_address(
        self, context: ToolContext, order_id: str, street: str, postcode: str, city: str, country: str, name: str
    ) -> ToolResult:
        deed = await self._office_for(context).deeds.find(context.principal.customer_id, context.key)
        return self._moved(order_id, Address(name, street, postcode, city, country), deed.id)

    def _status(self) -> Tool:
        return tool(
            title="Looking up order #{order_id}",
            said=("order_id",),
            shows=("order_id", "items", "status", "total", "currency", "placed_on", "date", "carrier", "tracking"),
            examples=(
                ("Where is my order 40117?", {"order_id": "40117"}),
                ("It's been two weeks and 31220 has not arrived, any news?", {"order_id": "31220"}),
                ("My parcel is late, what should I do?", None),
            ),
        )(self.get_order_status)

    def _refund(self) -> Tool:
        return tool(
            title="Refund of order #{order_id}",
            effect="money",
            said=("order_id",),
            asked_with=REFUND_WORDS,
            needs=("get_order_status",),
            acts_on=("order_id",),
            again="parts",
            parts="items",
            resolve=refund_in_full,
            amount=to_pay,
            look_up=self._earlier_refund,
            examples=(
                (
                    "I want a refund for order 41426. It is the wrong colour.",
                    {"order_id": "41426", "reason": "it is the wrong colour"},
                ),
                (
                    "I'd like my money back for 23008, it stopped working",
                    {"order_id": "23008", "reason": "it stopped working"},
                ),
                ("How long does a refund take?", None),
            ),
        )(self.initiate_refund)

    def _cancel(self) -> Tool:
        return tool(
            title="Cancelling order #{order_id}",
            effect="write",
            said=("order_id",),
            asked_with=CANCEL_WORDS,
            needs=("get_order_status",),
            acts_on=("order_id",),
            resolve=not_yet_sent,
            look_up=self._earlier_cancel,
            examples=(("Please cancel order 51733.", {"order_id": "51733"}),),
        )(self.cancel_order)

    def _address(self) -> Tool:
        return tool(
            title="Changing the address of order #{order_id}",
            effect="write",
            said=("order_id", "street", "postcode", "city"),
            asked_with=ADDRESS_WORDS,
            needs=("get_order_status",),
            proof="fresh",
            fresh_minutes=FRESH_MINUTES,
            approving="customer",
            acts_on=("order_id",),
            again="changed",
            resolve=complete_address,
            look_up=self._earlier_address,
            examples=(
                (
                    "Please send order 62114 to Elm Road 7, 40210 Springfield instead.",
                    {"order_id": "62114", "street": "Elm Road 7", "postcode": "40210", "city": "Springfield"},
                ),
            ),
        )(self.change_address)
