"""An order as tools hand it on, and what becomes of a call's arguments when the order is known.

Here a call is refused that the back end would refuse anyway, before anybody is asked to agree to it.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from pydantic import JsonValue

from core.backoffice import NotDone, Obstacle, Order, OrderLine
from core.errors import ToolRefused
from core.guards import plain
from core.officewords import explained, named
from core.parameters import Arguments
from core.tools import Money, ToolResult

_LEAST_FIT = 0.5
_SMALL_WORDS = frozenset("the a an my of for only just one der die das den mein nur le la les un une el los".split())
_NO_REFUND: dict[str, Obstacle] = {
    "refunded": "already_refunded",
    "cancelled": "never_charged",
    "processing": "not_sent_yet",
}


def facts_of(order: Order) -> dict[str, JsonValue]:
    """An order as the runtime hands it on to other tools; the model sees what `shows` names."""
    lines: list[JsonValue] = [
        {"id": line.id, "item": line.item, "price": str(line.price.amount), "is_refunded": line.is_refunded}
        for line in order.lines
    ]
    ship_to = order.ship_to
    return {
        "order_id": order.id,
        "items": [line.item for line in order.lines],
        "lines": lines,
        "status": order.state,
        "total": str(order.total.amount),
        "currency": order.total.currency,
        "placed_on": order.placed_on.isoformat(),
        "date": order.event_on.isoformat(),
        "carrier": order.carrier,
        "tracking": order.tracking,
        "standing": order.standing,
        "receiver": ship_to.name if ship_to else "",
        "country": ship_to.country if ship_to else "",
    }


def distinct(lines: Sequence[OrderLine]) -> tuple[OrderLine, ...]:
    """Lines with names that tell them apart: where two are called the same, their ids stand behind."""
    names = [line.item for line in lines]
    return tuple(
        line if names.count(line.item) == 1 else replace(line, item=f"{line.item} ({line.id})") for line in lines
    )


def refund_in_full(arguments: Arguments, facts: dict[str, ToolResult]) -> Arguments:
    """Which lines, by their names on the order, and how much. Refuses what the back end would not refund."""
    order = facts["get_order_status"].data
    number, status = str(order["order_id"]), str(order["status"])
    if obstacle := _NO_REFUND.get(status):
        raise explained(NotDone(obstacle), named(number))
    lines = cast("list[dict[str, Any]]", order["lines"])
    wished = [str(each) for each in cast("list[JsonValue]", arguments.get("items") or [])]
    chosen = [_line_called(each, lines, number) for each in wished] or [
        line for line in lines if not line["is_refunded"]
    ]
    if back := [line["item"] for line in chosen if line["is_refunded"]]:
        raise explained(NotDone("already_refunded"), f"{', '.join(back)} of {named(number)}")
    unique = {line["id"]: line for line in chosen}.values()
    total = sum((Decimal(line["price"]) for line in unique), Decimal(0))
    return {**arguments, "items": [line["item"] for line in unique], "amount": str(total)}


def _line_called(wished: str, lines: Sequence[dict[str, Any]], number: str) -> dict[str, Any]:
    """The one line that a name fits best; at least half of its words have to be on it."""
    wanted = _words(wished)
    fits = [len(wanted & _words(str(line["item"]))) / len(wanted) if wanted else 0 for line in lines]
    exact = [line for line in lines if plain(str(line["item"])) == plain(wished) or str(line["id"]) == wished]
    best = max(fits, default=0)
    near = exact or [line for line, fit in zip(lines, fits, strict=True) if fit == best and best >= _LEAST_FIT]
    if len(near) != 1:
        known = "; ".join(str(line["item"]) for line in lines)
        raise ToolRefused(f"Which items of order #{number} do you mean? They are: {known}.")
    return near[0]


def _words(name: str) -> set[str]:
    return {each for each in re.findall(r"\w+", plain(name)) if each not in _SMALL_WORDS}


def to_pay(arguments: Arguments, facts: dict[str, ToolResult]) -> Money:
    """What a refund moves."""
    return Money(Decimal(str(arguments["amount"])), str(facts["get_order_status"].data["currency"]))


def not_yet_sent(arguments: Arguments, facts: dict[str, ToolResult]) -> Arguments:
    """Only what was not sent yet can be cancelled or sent elsewhere."""
    order = facts["get_order_status"].data
    if order["status"] != "processing":
        obstacle: Obstacle = "already_cancelled" if order["status"] == "cancelled" else "already_sent"
        raise explained(NotDone(obstacle), named(str(order["order_id"])))
    return arguments


def complete_address(arguments: Arguments, facts: dict[str, ToolResult]) -> Arguments:
    """Who receives it and the country stay as they were, where the customer said nothing else."""
    not_yet_sent(arguments, facts)
    order = facts["get_order_status"].data
    name, country = arguments.get("name") or order["receiver"], arguments.get("country") or order["country"]
    return {**arguments, "name": name, "country": country}
