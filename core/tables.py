"""A decision table: rows of conditions on facts, read from TOML; the first row that holds decides.

What a table decides is up to its owner (a route, an approval): `then` is a model of theirs. A table is checked as
a whole before it is used: unknown names and values, rows that nothing can reach, facts that no row answers.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from core.conditions import Condition, Fact, FactValue, parse
from core.coverage import Space, TooManyCases
from core.errors import SettingsError

D = TypeVar("D", bound=BaseModel)


class Row(BaseModel, Generic[D]):
    """A row as `firstline.toml` holds it: `[[routing.rows]]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = ""
    """For people; empty: its number."""
    when: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])
    """Conditions by fact, all of which must hold; none: it always holds."""
    then: D


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A row above the one that won, and the first of its conditions that did not hold."""

    row: str
    why: str


@dataclass(frozen=True, slots=True)
class Verdict(Generic[D]):
    """What a table decided, and why."""

    decision: D
    row: str
    number: int
    """Of the row, from 1."""
    because: tuple[str, ...]
    """Its conditions, each with the value that met it."""
    passed_over: tuple[PassedOver, ...]

    @property
    def why(self) -> str:
        """One line: the row and what made it win."""
        return f"{self.row}: {'; '.join(self.because) or 'nothing above it held'}"


@dataclass(frozen=True, slots=True)
class _Line(Generic[D]):
    name: str
    conditions: Mapping[str, Condition]
    decision: D

    def failing(self, facts: Mapping[str, FactValue]) -> str:
        """The first condition that does not hold; empty when all do."""
        for name, condition in self.conditions.items():
            if not condition.holds(facts[name]):
                return f"{name} is {shown(facts[name])}; wanted: {condition.written}"
        return ""


class Table(Generic[D]):
    """Decides by the first row that holds.

    Raises `SettingsError` naming every problem, each with the table's `name` and the row.
    """

    def __init__(self, rows: Sequence[Row[D]], facts: Sequence[Fact], *, name: str) -> None:
        known = {fact.name: fact for fact in facts}
        problems: list[str] = []
        self._lines = [
            _Line(row.name or f"row {n}", _conditions(row, known, f"{name}, row {n}", problems), row.then)
            for n, row in enumerate(rows, start=1)
        ]
        if not problems:
            problems = _uncovered(self._lines, facts, name)
        if problems:
            raise SettingsError(problems)

    def decide(self, facts: Mapping[str, FactValue]) -> Verdict[D]:
        """The decision for these facts. Every fact that a condition asks about has to be there."""
        passed: list[PassedOver] = []
        for n, line in enumerate(self._lines, start=1):
            if failing := line.failing(facts):
                passed.append(PassedOver(line.name, failing))
                continue
            because = tuple(_met(name, each, facts[name]) for name, each in line.conditions.items())
            return Verdict(line.decision, line.name, n, because, tuple(passed))
        raise AssertionError("a table without gaps always decides")


def shown(value: FactValue) -> str:
    """A fact's value as people read it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return (", ".join(sorted(value)) or "none") if isinstance(value, frozenset) else str(value)


def _met(name: str, condition: Condition, value: FactValue) -> str:
    said = shown(value)
    return f"{name} is {said}" + ("" if said == condition.written else f" ({condition.written})")


def _conditions(row: Row[D], known: Mapping[str, Fact], where: str, problems: list[str]) -> dict[str, Condition]:
    where = f"{where} ({row.name})" if row.name else where
    conditions: dict[str, Condition] = {}
    for name, written in row.when.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."
            problems.append(f"{where}: there is no fact {name}. {hint}")
            continue
        try:
            conditions[name] = parse(known[name], written)
        except ValueError as error:
            problems.append(f"{where}: {error}.")
    return conditions


def _uncovered(lines: Sequence[_Line[D]], facts: Sequence[Fact], name: str) -> list[str]:
    try:
        space = Space(facts, [line.conditions for line in lines])
        problems = [
            f"{name}, row {n + 1} ({lines[n].name}) can never win: the rows above it, or its own conditions, "
            "leave it nothing. Move it up, or take it out."
            for n in space.unreachable()
        ]
        gap = space.gap()
    except TooManyCases:
        if lines and not lines[-1].conditions:
            return []
        return [f"{name} asks about too much to be checked. End it with a row without conditions."]
    if gap is not None:
        case = ", ".join(f"{fact}: {shown(value)}" for fact, value in gap.items())
        problems.append(f"{name} has no row for {case or 'anything'}. End it with a row without conditions.")
    return problems
