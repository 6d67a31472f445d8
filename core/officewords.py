"""What the ready-made tools say: true sentences for the customer, made from what the back end told."""

from dataclasses import dataclass
from datetime import date

from core.backoffice import NotDone, Obstacle, Order
from core.errors import ToolRefused

_OBSTACLES: dict[Obstacle, str] = {
    "not_found": "I cannot find {what} in your account. Please check the number.",
    "already_refunded": "{What} was refunded already; a second refund is not possible.",
    "never_charged": "{What} was cancelled, so there is nothing to refund.",
    "not_sent_yet": "{What} has not been sent yet. It can be cancelled instead of refunded.",
    "already_sent": "{What} has been sent already, so that is no longer possible.",
    "already_cancelled": "{What} was cancelled already.",
    "too_much": "That is more than was paid for {what}.",
    "no_address_on_file": "There is no e-mail address on file to send that to; a person can help you with it.",
    "not_possible": "That is not possible for {what}.",
}


@dataclass(frozen=True, slots=True)
class Assurances:
    """What the operator assures of; whole sentences, or nothing."""

    refund: str = ""
    """When the money arrives."""
    ticket: str = ""
    """When somebody looks."""
    reset_link: str = ""
    """How long a link holds."""


def explained(problem: NotDone, what: str) -> ToolRefused:
    """A back end's no, in words for the customer."""
    return ToolRefused(_OBSTACLES[problem.obstacle].format(what=what, What=what[:1].upper() + what[1:]))


def named(order_id: str) -> str:
    """An order in the middle of a sentence."""
    return f"order #{order_id}"


def joined(*sentences: str) -> str:
    """Sentences in a row, empty ones left out."""
    return " ".join(each for each in sentences if each)


def status_line(order: Order, today: date, assures: Assurances) -> str:
    """Where an order is, in one or two sentences."""
    items = "; ".join(f"{line.quantity} × {line.item}" if line.quantity > 1 else line.item for line in order.lines)
    name = f"Order **#{order.id}** ({items}, {order.total})"
    track = f" by {order.carrier}" if order.carrier else ""
    track += f", tracking number {order.tracking}" if order.tracking else ""
    back = [line.item for line in order.lines if line.is_refunded]
    paid_back = f" Refunded so far: {', '.join(back)}." if back and order.state != "refunded" else ""
    day = _day(order.event_on)
    match order.state:
        case "delivered":
            return f"{name} was delivered on {day}{track}.{paid_back}"
        case "shipped" if order.event_on >= today:
            return f"{name} is on its way{track}. It is expected on {day}.{paid_back}"
        case "shipped":
            return f"{name} is on its way{track}. It was expected on {day} and is late.{paid_back}"
        case "processing":
            return f"{name} is being prepared. It is expected on {day}."
        case "cancelled":
            return f"{name} was cancelled on {day}."
        case _:
            return joined(f"{name} was refunded.", assures.refund)


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"
