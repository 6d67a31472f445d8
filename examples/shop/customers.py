"""Whom a chat user can play in the demo."""

from examples.shop.seed import CUSTOMERS, DEFAULT_CUSTOMER


def customers() -> list[tuple[str, str, str]]:
    """Id, name and a note on what is interesting about them."""
    return [(each.id, each.name, each.note) for each in CUSTOMERS]


def default_customer_id() -> str:
    """The owner of order #88291."""
    return DEFAULT_CUSTOMER
