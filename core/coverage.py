"""Whether rows of conditions leave anything out, and whether a later row can ever be reached.

Exact, not sampled: each fact falls into the few kinds of values that the conditions tell apart, a row is a box over
those kinds, and boxes are subtracted from each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import chain, combinations, pairwise

from core.conditions import Condition, Fact, FactValue

Conditions = Mapping[str, Condition]
_Box = tuple[int, ...]
"""One set of kinds a fact, as the bits of a number."""

_MOST_BOXES = 20_000
_MOST_TAGS = 12
_OTHER = "(anything else)"


class TooManyCases(Exception):
    """The table tells apart more than can be checked in good time."""


class Space:
    """Every combination of values that the rows of one table tell apart."""

    def __init__(self, facts: Sequence[Fact], rows: Sequence[Conditions]) -> None:
        asked = [fact for fact in facts if any(fact.name in row for row in rows)]
        self._facts = asked
        self._kinds = [_kinds(fact, [row[fact.name] for row in rows if fact.name in row]) for fact in asked]
        self._boxes = [self._box(row) for row in rows]

    def unreachable(self) -> list[int]:
        """Numbers of rows, from 0, that no combination of facts can get to. Raises `TooManyCases`."""
        return [n for n, box in enumerate(self._boxes) if not _left([box], self._boxes[:n])]

    def gap(self) -> dict[str, FactValue] | None:
        """Facts for which no row holds; None when every combination has a row. Raises `TooManyCases`."""
        everything = tuple((1 << len(kinds)) - 1 for kinds in self._kinds)
        left = _left([everything], self._boxes)
        if not left:
            return None
        first = [(bits & -bits).bit_length() - 1 for bits in left[0]]
        return {fact.name: kinds[n] for fact, kinds, n in zip(self._facts, self._kinds, first, strict=True)}

    def _box(self, row: Conditions) -> _Box:
        return tuple(
            sum(1 << n for n, value in enumerate(kinds) if fact.name not in row or row[fact.name].holds(value))
            for fact, kinds in zip(self._facts, self._kinds, strict=True)
        )


def _left(boxes: list[_Box], taken: Iterable[_Box]) -> list[_Box]:
    boxes = [box for box in boxes if all(box)]
    for other in taken:
        boxes = [piece for box in boxes for piece in _without(box, other)]
        if len(boxes) > _MOST_BOXES:
            raise TooManyCases
    return boxes


def _without(box: _Box, other: _Box) -> list[_Box]:
    if any(mine & theirs == 0 for mine, theirs in zip(box, other, strict=True)):
        return [box]
    pieces: list[_Box] = []
    rest = list(box)
    for n, theirs in enumerate(other):
        if outside := rest[n] & ~theirs:
            pieces.append((*rest[:n], outside, *rest[n + 1 :]))
        rest[n] &= theirs
    return pieces


def _kinds(fact: Fact, conditions: Sequence[Condition]) -> list[FactValue]:
    """One value for each kind that the conditions tell apart."""
    absent: list[FactValue] = [None] if fact.is_optional else []
    match fact.kind:
        case "flag":
            return [True, False, *absent]
        case "number" | "count":
            return [*_numbers(fact, conditions), *absent]
        case "tags":
            return [*_tag_sets(conditions), *absent]
        case "choice":
            return [*fact.values, *absent]
        case "text":
            named = sorted(set(chain.from_iterable(each.words for each in conditions)))
            return [*named, _OTHER, *absent]


def _numbers(fact: Fact, conditions: Sequence[Condition]) -> list[FactValue]:
    bounds = sorted({bound for each in conditions for group in each.spans for _, bound in group})
    if fact.kind == "count":
        near = {number for bound in bounds for number in (int(bound) - 1, int(bound), int(bound) + 1)}
        return [number for number in sorted(near | {0}) if number >= 0]
    between = [(low + high) / 2 for low, high in pairwise(bounds)]
    around = [bounds[0] - 1, bounds[-1] + 1] if bounds else [Decimal(0)]
    return [*sorted([*bounds, *between, *around])]


def _tag_sets(conditions: Sequence[Condition]) -> list[FactValue]:
    """Every mixture of tags; those that are always named together count as one."""
    named = sorted(set(chain.from_iterable(each.words for each in conditions)))
    alike = {tuple(tag in each.words for each in conditions): tag for tag in reversed(named)}
    tags = sorted(alike.values())
    if len(tags) > _MOST_TAGS:
        raise TooManyCases
    return [frozenset(some) for size in range(len(tags) + 1) for some in combinations(tags, size)]
