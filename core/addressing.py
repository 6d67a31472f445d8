"""Who a message in a busy channel is meant for, told from names, turns and nearness; knows no platform."""

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = re.compile(r"[\w\[\]{}|^`\\-]{2,}")
_LEAD = re.compile(r"\s*@?([\w\[\]{}|^`\\-]{2,})\s*[:,>]")
_NEAR = 12
"""Lines back in which somebody goes on with what they were saying."""
_FAR = 120
"""Lines back in which a name still calls somebody who is there."""
_QUESTION = re.compile(
    r"\?\s*$|^\s*(?:how|why|what|where|when|who|which|can|could|does|do|is|are|anyone|hi|hello|hey)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a channel."""

    by: str
    text: str


class Room:
    """What was said in busy channels lately, so that we stay out of what people say to each other.

    Kept in memory: after a restart a channel is heard anew, and nothing is answered that was not meant for the room.
    """

    def __init__(self) -> None:
        self._said: dict[str, OrderedDict[str, Said]] = {}

    def is_for_us(self, place: str, line_id: str, said: Said, *, own: str) -> bool:
        """It calls us (`own` is our name), goes on with what we said, or asks the room something new.

        Hearing one line twice changes nothing.
        """
        lines = self._said.setdefault(place, OrderedDict())
        lines.setdefault(line_id, said)
        while len(lines) > _FAR + 1:
            lines.popitem(last=False)
        if line_id not in lines:
            return False
        at = list(lines).index(line_id)
        known = list(lines.values())
        if named(said.text, [own]):
            return True
        answered = answered_line(known, at)
        return is_question(said.text) if answered == at else known[answered].by == own


def is_question(text: str) -> bool:
    """It asks something, or begins like a question."""
    return _QUESTION.search(text) is not None


def named(text: str, present: Sequence[str]) -> str:
    """Which of those present a text calls by name: at its head for certain, else as a word of its own."""
    known = {name.casefold(): name for name in present if len(name) > 2}
    lead = _LEAD.match(text)
    if lead and lead[1].casefold() in known:
        return known[lead[1].casefold()]
    words = [word.casefold() for word in _WORD.findall(text)]
    if words and words[0] in known and len(words[0]) > 3:
        return known[words[0]]
    at = re.search(r"@([\w.-]+)", text)
    if at and at[1].casefold() in known:
        return known[at[1].casefold()]
    if words and words[-1] in known and len(words[-1]) > 3:
        return known[words[-1]]
    return ""


def answered_line(lines: Sequence[Said], at: int) -> int:
    """Index of the line that line `at` replies to or goes on from; `at` itself when it begins something new."""
    said = lines[at]
    start = max(0, at - _FAR)
    present = list(dict.fromkeys(line.by for line in reversed(lines[start:at]) if line.by and line.by != said.by))
    if name := named(said.text, present):
        return _last_of(lines, at, name)
    own = _last_of(lines, at, said.by, within=_FAR)
    called = _last_call(lines, at, said.by, since=own if own < at else start)
    if called < at:
        return called
    if own < at and at - own <= _NEAR:
        return own
    if own == at and _QUESTION.search(said.text):
        return at
    return _last_other(lines, at, said.by) if own < at else at


def _last_of(lines: Sequence[Said], at: int, name: str, *, within: int = _FAR) -> int:
    return next((n for n in range(at - 1, max(-1, at - within - 1), -1) if lines[n].by == name), at)


def _last_call(lines: Sequence[Said], at: int, name: str, *, since: int) -> int:
    """The latest line since then in which somebody called this person."""
    return next((n for n in range(at - 1, since, -1) if lines[n].by != name and named(lines[n].text, [name])), at)


def _last_other(lines: Sequence[Said], at: int, name: str) -> int:
    return next((n for n in range(at - 1, max(-1, at - _FAR), -1) if lines[n].by and lines[n].by != name), at)
