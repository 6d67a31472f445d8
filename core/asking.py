"""Presses that need words before they can be acted on: each surface asks for them in its own kind of form."""

from collections.abc import Mapping
from dataclasses import dataclass

MOST_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A form of one field; what is typed comes with the press as its `text`."""

    title: str
    """24 characters at most: that is all Slack shows."""
    label: str
    """45 at most, for Discord."""
    begins_with: str = ""
    """What stands in it already."""
    is_optional: bool = False
    """May be sent empty."""


ASKED: Mapping[str, Asked] = {
    "comment": Asked("Your comment", "What went well, what did not?"),
    "edit_send": Asked("Reply to the customer", "Goes to the customer as it stands here"),
    "edit_held": Asked("Reply to the customer", "Goes to the customer as it stands here"),
    "note": Asked("Internal note", "For the team alone"),
    "category": Asked("Category", "What the case is about: a category's name"),
    "vouch": Asked("Vouch", "Which customer this is: their number on file"),
    "reassign": Asked("Reassign", "To whom: a name, or tier 2"),
    "snooze": Asked("Snooze", "Until: 14:00, 2h, 3d, 2026-11-26 09:00"),
    "approve_as": Asked("Approve", "A lower amount; empty: as it was asked", is_optional=True),
}
"""By action."""
