"""A decision table decides by its first row that holds, says why, and is checked before it is used."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from core.conditions import Fact, FactValue, parse
from core.errors import SettingsError
from core.tables import Row, Table

FACTS = (
    Fact("category", "choice", ("refund", "bug", "legal")),
    Fact("contacts", "count"),
    Fact("amount", "number", is_optional=True),
    Fact("is_verified", "flag"),
    Fact("plan", "text"),
    Fact("signals", "tags", ("threat", "fraud", "person")),
)


class Choice(BaseModel):
    """What the tables here decide."""

    tier: int


def row(tier: int, /, name: str = "", **when: Any) -> Row[Choice]:
    return Row[Choice](name=name, when=when, then=Choice(tier=tier))


def table(*rows: Row[Choice]) -> Table[Choice]:
    return Table(rows, FACTS, name="routing")


def facts(**known: FactValue) -> dict[str, FactValue]:
    start: dict[str, FactValue] = {
        "category": "refund",
        "contacts": 1,
        "amount": None,
        "is_verified": True,
        "plan": "free",
        "signals": frozenset(),
    }
    return {**start, **known}


def problems_of(*rows: Row[Choice]) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        table(*rows)
    return list(raised.value.problems)


def test_the_first_row_that_holds_decides() -> None:
    routes = table(row(3, category="legal"), row(1, is_verified=True, amount="<= 50"), row(2))
    assert routes.decide(facts(category="legal", amount=Decimal(10))).decision.tier == 3
    assert routes.decide(facts(amount=Decimal(50))).decision.tier == 1
    assert routes.decide(facts(amount=Decimal("50.01"))).decision.tier == 2
    assert routes.decide(facts()).decision.tier == 2


def test_a_verdict_names_the_row_its_reasons_and_what_was_passed_over() -> None:
    routes = table(
        row(3, "people only", signals=["threat", "fraud"]),
        row(1, "small refunds", category="refund", amount="> 0 and <= 50"),
        row(2, "the rest"),
    )
    verdict = routes.decide(facts(amount=20))
    assert (verdict.row, verdict.number) == ("small refunds", 2)
    assert verdict.because == ("category is refund", "amount is 20 (> 0 and <= 50)")
    assert [(each.row, each.why) for each in verdict.passed_over] == [
        ("people only", "signals is none; wanted: threat, fraud")
    ]


@pytest.mark.parametrize(
    ("fact", "written", "value", "holds"),
    [
        ("category", ["refund", "bug"], "bug", True),
        ("category", "not refund", "bug", True),
        ("category", {"not": ["refund", "bug"]}, "bug", False),
        ("contacts", 3, 3, True),
        ("contacts", ">= 4", 3, False),
        ("contacts", [1, ">= 4"], 5, True),
        ("contacts", "!= 2", 2, False),
        ("amount", "none", None, True),
        ("amount", "not none", None, False),
        ("amount", "< 5", None, False),
        ("amount", "not 5", None, True),
        ("is_verified", False, False, True),
        ("signals", ["threat", "person"], frozenset({"person"}), True),
        ("signals", {"not": ["threat", "person"]}, frozenset({"fraud"}), True),
    ],
)
def test_every_operator_means_what_it_says(fact: str, written: Any, value: FactValue, holds: bool) -> None:
    known = {each.name: each for each in FACTS}
    assert parse(known[fact], written).holds(value) is holds


@pytest.mark.parametrize(
    ("when", "says"),
    [
        ({"categry": "refund"}, "there is no fact categry. Did you mean category?"),
        ({"category": "refnd"}, "category is never 'refnd'; did you mean refund?"),
        ({"category": 3}, "category is a word, not 3"),
        ({"contacts": "many"}, "contacts: 'many' is no comparison"),
        ({"is_verified": "yes"}, "is_verified is true or false, not yes"),
        ({"category": []}, "category: an empty list holds for nothing"),
        ({"category": "none"}, "category is never absent"),
        ({"category": {"is": "refund"}}, "a table here has the one key `not`"),
        ({"category": ["refund", "not bug"]}, "write { not = [...] } around the whole list"),
    ],
)
def test_what_is_unknown_or_of_the_wrong_kind_is_named_with_its_row(when: dict[str, Any], says: str) -> None:
    (problem,) = problems_of(row(1, "first", **when), row(2))
    assert problem.startswith("routing, row 1 (first): ")
    assert says in problem


def test_a_row_below_one_that_takes_everything_is_named() -> None:
    (problem,) = problems_of(row(1), row(2, "late", category="bug"))
    assert "row 2 (late) can never win" in problem


def test_rows_that_only_together_leave_nothing_to_a_later_one_are_seen() -> None:
    (problem,) = problems_of(
        row(1, contacts="< 3"), row(1, is_verified=True), row(2, is_verified=False, contacts=">= 3"), row(3, "late")
    )
    assert "row 4 (late) can never win" in problem


def test_conditions_that_contradict_each_other_are_seen() -> None:
    (problem,) = problems_of(row(1, "never", contacts="> 3 and < 4"), row(2))
    assert "row 1 (never) can never win" in problem


def test_a_gap_is_told_by_an_example() -> None:
    (problem,) = problems_of(row(1, category=["refund", "bug"]), row(2, is_verified=True))
    assert problem == (
        "routing has no row for category: legal, is_verified: false. End it with a row without conditions."
    )


def test_a_table_without_rows_has_a_gap() -> None:
    assert problems_of() == ["routing has no row for anything. End it with a row without conditions."]


def test_no_default_is_needed_where_the_rows_cover_everything() -> None:
    routes = table(row(1, amount="<= 10"), row(2, amount="> 10"), row(3, amount="none"))
    assert [routes.decide(facts(amount=each)).decision.tier for each in (10, 10.5, None)] == [1, 2, 3]


CONDITIONS: dict[str, st.SearchStrategy[Any]] = {
    "category": st.sampled_from(["refund", "bug", "legal", "not bug", ["refund", "legal"], {"not": ["bug", "legal"]}]),
    "contacts": st.sampled_from([1, ">= 2", "< 4", "!= 3", "> 0 and < 3", [0, ">= 5"]]),
    "amount": st.sampled_from(["<= 50", "> 50", "none", "not none", "= 7.5", "> 1 and < 2"]),
    "is_verified": st.booleans(),
    "plan": st.sampled_from(["free", "pro", "not free", ["pro", "team"]]),
    "signals": st.sampled_from(["threat", ["threat", "fraud"], {"not": ["person"]}, "not fraud"]),
}
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "category": st.sampled_from(["refund", "bug", "legal"]),
    "contacts": st.integers(0, 7),
    "amount": st.one_of(st.none(), st.integers(0, 60), st.sampled_from([Decimal("7.5"), Decimal("1.5"), 50.01])),
    "is_verified": st.booleans(),
    "plan": st.sampled_from(["free", "pro", "team", "none of these"]),
    "signals": st.frozensets(st.sampled_from(["threat", "fraud", "person"])),
}
whens = st.fixed_dictionaries({}, optional=CONDITIONS)
anything = st.fixed_dictionaries(VALUES)


def first_that_holds(written: list[dict[str, Any]], known: dict[str, Any]) -> int | None:
    """The row that wins, worked out plainly."""
    by_name = {each.name: each for each in FACTS}
    for n, when in enumerate(written, start=1):
        if all(parse(by_name[name], each).holds(known[name]) for name, each in when.items()):
            return n
    return None


@given(st.lists(whens, min_size=1, max_size=6), st.lists(anything, min_size=1, max_size=20))
def test_a_table_that_passes_its_checks_always_decides_and_by_the_first_row(
    written: list[dict[str, Any]], cases: list[dict[str, Any]]
) -> None:
    rows = [row(n, **when) for n, when in enumerate(written, start=1)]
    try:
        routes = table(*rows)
    except SettingsError as error:
        never = {n for n in range(1, len(rows) + 1) if any(f"row {n} " in line for line in error.problems)}
        winners = {first_that_holds(written, known) for known in cases}
        assert winners.isdisjoint(never), "a row called unreachable was reached"
        if not any("has no row for" in line for line in error.problems):
            assert None not in winners, "a gap was not seen"
        return
    for known in cases:
        assert routes.decide(known).number == first_that_holds(written, known)


def problems_or_none(*rows: Row[Choice]) -> list[str]:
    try:
        table(*rows)
    except SettingsError as error:
        return list(error.problems)
    return []


@given(st.lists(whens, min_size=1, max_size=5))
def test_a_table_with_a_default_never_has_a_gap(written: list[dict[str, Any]]) -> None:
    rows = [row(1, **when) for when in written if when]
    assert not any("has no row for" in line for line in problems_or_none(*rows, row(2)))
