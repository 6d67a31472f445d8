"""What was made for people when a case came to them: lines of ours in its transcript, read by nobody but the team."""

from collections.abc import Sequence

from core.conversation import Line

SUMMARY, SUGGESTION = "summary", "suggested reply"
"""The names under which they stand there."""


def is_made(line: Line) -> bool:
    """Made for people by us, not said by anybody."""
    return line.speaker == "system" and line.name in (SUMMARY, SUGGESTION)


def suggested(lines: Sequence[Line]) -> Line | None:
    """The reply that is suggested; none once a person or the bot has spoken after it was made."""
    for line in reversed(lines):
        if line.speaker in ("person", "bot"):
            return None
        if is_made(line) and line.name == SUGGESTION:
            return line
    return None
