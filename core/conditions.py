"""One condition of a decision table: how it is written, and whether a value meets it.

Written in TOML as a value (`"angry"`, `true`, `3`), a list (any of them), `"not angry"`, `{ not = ["a", "b"] }`,
`"none"` and `"not none"` for what may be absent, and for numbers a comparison (`">= 4"`, `"> 10 and <= 50"`).
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from pydantic import JsonValue

FactValue = str | bool | int | float | Decimal | frozenset[str] | None
"""What is known of a fact; None where nothing is, for facts that may be absent."""

_ABSENT = "none"
_COMPARISON = re.compile(r"(<=|>=|!=|==|=|<|>)?\s*(-?\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that conditions may ask about."""

    name: str
    kind: Literal["choice", "text", "number", "count", "flag", "tags"]
    """choice: one of `values`. text: any word. count: a whole number from 0 up. tags: several of `values` at once."""
    values: tuple[str, ...] = ()
    """What a choice or a tag can be; empty with tags: anything."""
    is_optional: bool = False
    """It may be absent, and then no condition on it holds but `"none"` and those with `not`."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What one fact must be like."""

    written: str
    """As people read it."""
    words: frozenset[str] = frozenset()
    spans: tuple[tuple[tuple[str, Decimal], ...], ...] = ()
    """Comparisons: all of one group must hold, and one group is enough."""
    flags: frozenset[bool] = frozenset()
    takes_absent: bool = False
    is_negated: bool = False

    def holds(self, value: FactValue) -> bool:
        """Whether a value meets it."""
        return self._meets(value) != self.is_negated

    def _meets(self, value: FactValue) -> bool:
        if value is None:
            return self.takes_absent
        if isinstance(value, bool):
            return value in self.flags
        if isinstance(value, frozenset):
            return not self.words.isdisjoint(value)
        if isinstance(value, str):
            return value in self.words
        number = Decimal(str(value))
        return any(all(_compare(number, sign, bound) for sign, bound in group) for group in self.spans)


def _compare(number: Decimal, sign: str, bound: Decimal) -> bool:
    match sign:
        case "<":
            return number < bound
        case "<=":
            return number <= bound
        case ">":
            return number > bound
        case ">=":
            return number >= bound
        case "!=":
            return number != bound
        case _:
            return number == bound


def parse(fact: Fact, written: JsonValue) -> Condition:
    """The condition that a value of TOML stands for. Raises `ValueError` with a line for people."""
    is_negated = isinstance(written, Mapping)
    if isinstance(written, Mapping):
        if set(written) != {"not"}:
            raise ValueError(f"{fact.name}: a table here has the one key `not`, as in {{ not = [...] }}")
        written = written["not"]
    options = written if isinstance(written, list) else [written]
    if not options:
        raise ValueError(f"{fact.name}: an empty list holds for nothing; take the condition out or name a value")
    text = ", ".join(_shown(each) for each in options)
    if len(options) == 1 and isinstance(options[0], str) and (inner := _without_not(options[0])):
        is_negated, options, text = not is_negated, [inner], inner
    takes_absent = _ABSENT in options
    if takes_absent and not fact.is_optional:
        raise ValueError(f"{fact.name} is never absent, so it cannot be none")
    rest = [each for each in options if each != _ABSENT]
    shown = f"not {text}" if is_negated else text
    words, spans, flags = _read(fact, rest)
    return Condition(shown, words, spans, flags, takes_absent, is_negated)


def _read(
    fact: Fact, options: Sequence[JsonValue]
) -> tuple[frozenset[str], tuple[tuple[tuple[str, Decimal], ...], ...], frozenset[bool]]:
    if fact.kind in ("number", "count"):
        return frozenset(), tuple(_span(fact, each) for each in options), frozenset()
    if fact.kind == "flag":
        return frozenset(), (), frozenset(_flag(fact, each) for each in options)
    return frozenset(_word(fact, each) for each in options), (), frozenset()


def _shown(option: JsonValue) -> str:
    return str(option).lower() if isinstance(option, bool) else str(option)


def _without_not(written: str) -> str:
    return written.removeprefix("not ").strip() if written.startswith("not ") else ""


def _word(fact: Fact, option: JsonValue) -> str:
    if not isinstance(option, str):
        raise ValueError(f"{fact.name} is a word, not {_shown(option)}")
    if option.startswith("not "):
        raise ValueError(f"{fact.name}: write {{ not = [...] }} around the whole list, not inside it")
    if fact.values and option not in fact.values:
        near = difflib.get_close_matches(option, fact.values, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(fact.values)}"
        raise ValueError(f"{fact.name} is never {option!r}; {hint}")
    return option


def _flag(fact: Fact, option: JsonValue) -> bool:
    if not isinstance(option, bool):
        raise ValueError(f"{fact.name} is true or false, not {_shown(option)}")
    return option


def _span(fact: Fact, option: JsonValue) -> tuple[tuple[str, Decimal], ...]:
    if isinstance(option, bool) or not isinstance(option, int | float | str):
        raise ValueError(f"{fact.name} is a number, not {_shown(option)}")
    group: list[tuple[str, Decimal]] = []
    for part in str(option).split(" and "):
        found = _COMPARISON.fullmatch(part.strip())
        try:
            group.append((found[1] or "=", Decimal(found[2])) if found else ("", Decimal(part)))
        except InvalidOperation:
            raise ValueError(
                f'{fact.name}: {part.strip()!r} is no comparison; it looks like 3, ">= 4" or "> 10 and <= 50"'
            ) from None
    return tuple(group)
