"""What was made for people when a case came to them: lines of ours in its transcript, read by nobody but the team."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.conversation import Line

SUMMARY, SUGGESTION, CHECK, RECORD = "summary", "suggested reply", "check before sending", "on record"
"""The names under which they stand there."""
HELD_BACK = "held_back"
"""The kind of a turn's step that keeps what its answer would have said."""
_MARK = re.compile(r"[ \t]*\[\d{1,2}\]")


@dataclass(frozen=True, slots=True)
class HeldBack:
    """An answer of which the customer was not shown all, since no source and no receipt proved it."""

    answer: str
    """The whole of it, as it was meant."""
    unproved: tuple[str, ...]
    """The sentences that were left out."""

    @property
    def suggested(self) -> str:
        """The answer without marks of sources, for a person to send once they have checked it."""
        return _MARK.sub("", self.answer).strip()

    @property
    def to_check(self) -> str:
        """What a person has to know better than we do."""
        return "\n".join(f"- {_MARK.sub('', ' '.join(each.split()))}" for each in self.unproved)


def is_made(line: Line) -> bool:
    """Made for people by us, not said by anybody."""
    return line.speaker == "system" and line.name in (SUMMARY, SUGGESTION, CHECK, RECORD)


def suggested(lines: Sequence[Line]) -> Line | None:
    """The reply that is suggested; none once a person or the bot has spoken after it was made."""
    return _last(lines, SUGGESTION)


def to_check(lines: Sequence[Line]) -> Line | None:
    """What stands in that reply without proof."""
    return _last(lines, CHECK)


def _last(lines: Sequence[Line], name: str) -> Line | None:
    for line in reversed(lines):
        if line.speaker in ("person", "bot"):
            return None
        if is_made(line) and line.name == name:
            return line
    return None
