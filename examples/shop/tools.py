"""What the agent can do in the demo shop. A tool of your own looks just like these."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from core.errors import ToolRefused
from core.tools import Arguments, Money, ToolContext, ToolResult, tool
from examples.shop.store import Order, Shop

_REFUND_WORDS = (
    "refund", "money back", "reimburse", "return my money", "pay me back", "erstatt", "geld zurück", "rückerstatt",
    "rembours", "reembols", "devoluci", "devolver", "rimbors", "reembolso", "terugbetal", "geld terug", "hyvit",
)  # fmt: skip


def _order_number(value: str) -> str:
    found = re.fullmatch(r"\s*(?:order|no\.?|number|nr\.?)?\s*#?\s*(\d{3,12})\s*", value, re.IGNORECASE)
    if found is None:
        raise ValueError("an order number is digits only, like 88291")
    return found.group(1)


OrderId = Annotated[
    str, AfterValidator(_order_number), Field(description="The order's number, as the customer gave it.")
]


def _day(day: object) -> str:
    return f"{day:%-d %B %Y}"


def _status_line(order: Order) -> str:
    name = f"Order **#{order.id}** ({order.item}, {order.total} {order.currency})"
    track = f" by {order.carrier}, tracking number {order.tracking}" if order.tracking else ""
    match order.status:
        case "delivered":
            return f"{name} was delivered on {_day(order.event_on)}{track}."
        case "shipped" if order.event_on >= datetime.now(UTC).date():
            return f"{name} is on its way{track}. It is expected on {_day(order.event_on)}."
        case "shipped":
            return f"{name} is on its way{track}. It was expected on {_day(order.event_on)} and is late."
        case "processing":
            return f"{name} is being prepared. It is expected on {_day(order.event_on)}."
        case "cancelled":
            return f"{name} was cancelled on {_day(order.event_on)}; nothing was charged."
        case _:
            return f"{name} was refunded; the money reaches the card within 3 to 5 working days."


async def _own_order(context: ToolContext, order_id: str) -> Order:
    order = await Shop(context.data_folder).order(order_id, context.principal.customer_id)
    if order is None:
        # The same words for a stranger's order and for one that never was: they tell nothing.
        raise ToolRefused(f"I cannot find an order #{order_id} in your account. Please check the number.")
    return order


@tool(
    title="Looking up order #{order_id}",
    said=("order_id",),
    examples=(
        ("Where is my order 40117?", {"order_id": "40117"}),
        ("It's been two weeks and 31220 has not arrived, any news?", {"order_id": "31220"}),
        ("My parcel is late, what should I do?", None),
    ),
)
async def get_order_status(context: ToolContext, order_id: OrderId) -> ToolResult:
    """Look up where an order of the customer is: status, dates, carrier and tracking number."""
    order = await _own_order(context, order_id)
    data = {
        "order_id": order.id,
        "item": order.item,
        "status": order.status,
        "total": str(order.total),
        "currency": order.currency,
        "placed_on": order.placed_on.isoformat(),
        "date": order.event_on.isoformat(),
        "carrier": order.carrier,
        "tracking": order.tracking,
    }
    return ToolResult(_status_line(order), dict(data))


def _total(arguments: Arguments, facts: dict[str, ToolResult]) -> Money:
    """The whole order's price. Refuses what cannot be refunded before anybody is asked to approve it."""
    order = facts["get_order_status"].data
    number, status = order["order_id"], order["status"]
    if status == "refunded":
        raise ToolRefused(f"Order #{number} was refunded already; a second refund is not possible.")
    if status == "cancelled":
        raise ToolRefused(f"Order #{number} was cancelled and never charged, so there is nothing to refund.")
    if status == "processing":
        raise ToolRefused(f"Order #{number} has not been sent yet. It can be cancelled instead of refunded.")
    return Money(Decimal(str(order["total"])), str(order["currency"]))


async def _earlier_refund(context: ToolContext, order_id: str, reason: str) -> ToolResult:
    refund_id = await Shop(context.data_folder).refund_of(context.key)
    order = await _own_order(context, order_id)
    return _refunded(order, refund_id)


def _refunded(order: Order, refund_id: str) -> ToolResult:
    summary = (
        f"A refund of **{order.total} {order.currency}** for order **#{order.id}** ({order.item}) was started. "
        "It reaches your card within 3 to 5 working days."
    )
    return ToolResult(summary, {"refund_id": refund_id, "order_id": order.id}, reference=refund_id)


@tool(
    title="Refund of order #{order_id}",
    effect="money",
    said=("order_id",),
    asked_with=_REFUND_WORDS,
    needs=("get_order_status",),
    acts_on=("order_id",),
    amount=_total,
    look_up=_earlier_refund,
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
)
async def initiate_refund(
    context: ToolContext,
    order_id: OrderId,
    reason: Annotated[str, Field(min_length=2, max_length=300, description="Why, in the customer's words.")],
) -> ToolResult:
    """Pay an order back, when the customer asks for a refund. Larger amounts wait for a colleague's approval."""
    order = await _own_order(context, order_id)
    try:
        refund_id = await Shop(context.data_folder).refund(
            order_id=order.id, customer_id=context.principal.customer_id, reason=reason, key=context.key
        )
    except LookupError as error:
        raise ToolRefused(f"Order #{order.id} cannot be refunded any more.") from error
    return _refunded(order, refund_id)


@tool(title="Looking up your customer record", examples=(("Show me my account and all my orders.", {}),))
async def find_customer(context: ToolContext) -> ToolResult:
    """Look up the customer's own record with a list of their orders. Use it when no order number is known."""
    shop = Shop(context.data_folder)
    customer = await shop.customer(context.principal.customer_id)
    if customer is None:
        raise ToolRefused("I cannot find your customer record.")
    orders = await shop.orders(customer.id)
    lines = [f"- {_status_line(order)}" for order in orders] or ["- no orders yet"]
    summary = f"You are registered as {customer.name} ({customer.country}). Your orders:\n" + "\n".join(lines)
    return ToolResult(summary, {"name": customer.name, "country": customer.country, "orders": [o.id for o in orders]})


_CALL_WORDS = ("call", "phone", "ring me", "anruf", "rückruf", "appel", "llam", "chiam", "bel me", "telefon", "soita")


@tool(title="Scheduling a callback", effect="write", asked_with=_CALL_WORDS, acts_on=("when",))
async def schedule_callback(
    context: ToolContext,
    when: Annotated[datetime, Field(description="Date and time with time zone offset, ISO 8601.")],
    topic: Annotated[str, Field(min_length=2, max_length=200, description="What the call is about.")],
) -> ToolResult:
    """Have a colleague call the customer at a time they named, on the number on file."""
    if when.tzinfo is None:
        raise ToolRefused("Please tell me the time zone of the callback too, for example 15:00 Berlin time.")
    now = datetime.now(UTC)
    if not now + timedelta(minutes=15) <= when <= now + timedelta(days=30):
        raise ToolRefused("A callback can be between 15 minutes and 30 days from now. Which time suits you?")
    request_id = await Shop(context.data_folder).request(
        kind="CB", customer_id=context.principal.customer_id, detail=f"{when.isoformat()} {topic}", key=context.key
    )
    said = f"{when:%A, %-d %B %Y at %H:%M} (UTC{when:%z})"
    summary = f"A callback is scheduled for {said}, on the number on file ({request_id})."
    return ToolResult(summary, {"callback_id": request_id}, reference=request_id)


@tool(
    title="Opening a ticket",
    effect="write",
    asked_with=("ticket", "report", "bug", "complain", "error", "problem"),
    examples=(
        (
            "Your website shows an error when I log in. Please tell your technicians.",
            {"subject": "error at login", "description": "The website shows an error when I log in."},
        ),
    ),
)
async def create_ticket(
    context: ToolContext,
    subject: Annotated[str, Field(min_length=3, max_length=120)],
    description: Annotated[str, Field(min_length=3, max_length=1_000)],
) -> ToolResult:
    """Open a ticket for something that needs looking into, such as a fault or a complaint."""
    request_id = await Shop(context.data_folder).request(
        kind="T", customer_id=context.principal.customer_id, detail=f"{subject}: {description}", key=context.key
    )
    summary = f"Ticket **{request_id}** was opened: {subject}. A colleague looks into it within one working day."
    return ToolResult(summary, {"ticket_id": request_id}, reference=request_id)
