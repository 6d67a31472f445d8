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


ASKED: Mapping[str, Asked] = {
    "comment": Asked("Your comment", "What went well, what did not?"),
}
"""By action."""
