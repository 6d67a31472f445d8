"""What was read off a picture counts as a person's own words once they said that it was read right, and not before."""

from collections.abc import Iterable

from core.conversation import Line
from core.finding import Finding
from core.guards import is_affirmation, is_yes, was_said

Exchange = tuple[str, str]
"""A question of ours and what the one who acts wrote next."""


def exchanges(history: Iterable[Line], new: Iterable[str], author_id: str) -> tuple[Exchange, ...]:
    """Our questions in a case and the answers that one person gave to them, oldest first."""
    found: list[Exchange] = []
    ours = ""
    for line in history:
        if line.speaker == "bot":
            ours = line.text
        elif line.speaker == "customer":
            if ours and line.author_id == author_id:
                found.append((ours, line.text))
            ours = ""
    if ours and (words := next(iter(new), "")):
        found.append((ours, words))
    return tuple((ours, answer) for ours, answer in found if "?" in ours)


def was_read(value: str, findings: Iterable[Finding]) -> bool:
    """The value stands on one of somebody's pictures."""
    return any(was_said(value, each.as_data()) for each in findings)


def was_confirmed(value: str, said: Iterable[Exchange]) -> bool:
    """We asked whether this is right, and the answer was a plain yes."""
    return any(was_said(value, ours) and (is_yes(answer) or is_affirmation(answer)) for ours, answer in said)
