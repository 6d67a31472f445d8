"""What a customer's own pictures say for a wish of theirs: damage that was seen, on a thing they had ordered."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from pydantic import JsonValue

from core.confirming import Exchange, was_confirmed, was_read
from core.finding import Finding
from core.guards import plain
from core.papers import without_addresses
from core.parameters import Arguments
from core.reply import Enclosed
from core.tools import ToolResult
from core.triage import triage

Photo = Literal["missing", "unread", "other", "damage"]
"""missing: they sent no picture. unread: nobody could see what it shows. other: no damage, or on another thing.
damage: it shows damage on what was ordered, or on a parcel."""

PHOTOS: tuple[Photo, ...] = get_args(Photo)

_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(slots=True)
class Evidence:
    """What the pictures showed that the one who acts has sent in this case."""

    findings: list[Finding] = field(default_factory=list[Finding])
    pictures: tuple[Enclosed, ...] = ()
    """The newest of them, for whoever has to agree to something."""
    exchanges: tuple[Exchange, ...] = ()
    """What we asked them, and their answers."""

    def reads(self, value: str) -> bool:
        """It stands on a picture of theirs."""
        return was_read(value, self.findings)

    def confirms(self, value: str) -> bool:
        """It stands on a picture of theirs, and they said that it was read right."""
        return self.reads(value) and was_confirmed(value, self.exchanges)

    def photo(self, facts: Mapping[str, ToolResult]) -> Photo:
        """The best that any of them says, held against what was looked up of the order."""
        if not self.findings:
            return "missing"
        if all(each.is_text_only or each.damage == "unknown" for each in self.findings):
            return "unread"
        ordered = _words(text for fact in facts.values() for text in _texts(dict(fact.data)))
        return "damage" if any(_speaks_for(each, ordered) for each in self.findings) else "other"

    @property
    def lines(self) -> list[str]:
        """What the pictures showed, for whoever has to agree."""
        return [f"their picture: {_told(each)}" for each in self.findings if each.shows_damage]


def claims_damage(said: str, arguments: Arguments) -> bool:
    """The customer says that something came damaged, or that is the reason a call gives."""
    reasons = (value for name, value in arguments.items() if name == "reason" and isinstance(value, str))
    return any(triage(text).category == "damaged_item" for text in (*said.splitlines(), *reasons))


def _told(finding: Finding) -> str:
    """What bears on the damage, without all that is printed there."""
    kept = Finding(
        summary=without_addresses(finding.summary),
        product=finding.product,
        damage=finding.damage,
        damage_kind=finding.damage_kind,
        damage_where=finding.damage_where,
        order_numbers=finding.order_numbers,
    )
    return kept.as_data()


def _speaks_for(finding: Finding, ordered: set[str]) -> bool:
    if not finding.shows_damage:
        return False
    shown = _words([finding.product])
    return finding.kind == "parcel" or not shown or bool(shown & ordered)


def _words(texts: Iterable[str]) -> set[str]:
    return {word.rstrip("s") for text in texts for word in _WORD.findall(plain(text))}


def _texts(values: JsonValue) -> Iterable[str]:
    if isinstance(values, str):
        yield values
    elif isinstance(values, dict):
        for value in values.values():
            yield from _texts(value)
    elif isinstance(values, list):
        for value in values:
            yield from _texts(value)
