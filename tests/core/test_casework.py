"""The table of moves holds whatever is tried in whatever order."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.case import AI, Case, queue
from core.casework import ACTS, MOVES, STAGES, SYSTEM, Act, Actor, moved, refusal, stage_of
from core.conversation import Thread

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CASE = Case("C-1", Thread("t1", "slack", "C1"), "", "u1", AI, 1, "open", NOW)
ACTORS = [SYSTEM, Actor("human:a", "Ada"), Actor("human:b", "Ben")]

tries = st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(ACTORS)), max_size=40)


def target(act: Act) -> str:
    return {"hand_over": queue(2), "requeue": queue(3), "transfer": "human:c"}.get(act, "")


def walked(steps: list[tuple[Act, Actor]]) -> list[tuple[Case, Act, Actor, Case]]:
    """Every step that was allowed: before, what by whom, after."""
    case, taken = CASE, list[tuple[Case, Act, Actor, Case]]()
    for n, (act, by) in enumerate(steps):
        if act in ("claim", "speak", "take_over") and by is SYSTEM:
            continue
        if not refusal(case, act, by):
            after = moved(case, act, by, now=NOW + timedelta(minutes=n), to=target(act))
            taken.append((case, act, by, after))
            case = after
    return taken


@given(tries)
def test_every_move_counts_the_version_up_by_one_and_leads_to_a_known_stage(steps: list[tuple[Act, Actor]]) -> None:
    for before, act, _, after in walked(steps):
        assert after.version == before.version + 1
        assert stage_of(before) in MOVES[act]
        assert stage_of(after) in STAGES


@given(tries)
def test_nobody_speaks_or_claims_while_somebody_else_has_the_case(steps: list[tuple[Act, Actor]]) -> None:
    for before, act, by, after in walked(steps):
        if act in ("claim", "speak"):
            assert before.owner == by.owner or not before.owner.startswith("human:")
            assert after.owner == by.owner


@given(tries)
def test_only_three_acts_bring_the_bot_back_to_speak(steps: list[tuple[Act, Actor]]) -> None:
    for before, act, _, after in walked(steps):
        if after.is_with_ai and not before.is_with_ai:
            assert act in ("hand_back", "reopen")


@given(tries)
def test_confirmed_and_assumed_are_never_confused_and_closed_is_the_end(steps: list[tuple[Act, Actor]]) -> None:
    for before, act, _, after in walked(steps):
        assert before.state != "closed"
        assert (after.resolution != "") == (after.state != "open")
        if after.resolution == "confirmed" and before.resolution != "confirmed":
            assert act == "confirm"


@given(tries)
def test_putting_a_case_off_gives_it_back_to_whoever_had_it(steps: list[tuple[Act, Actor]]) -> None:
    for before, act, _, after in walked(steps):
        if act in ("snooze", "due", "heard"):
            assert (after.owner, after.owner_name) == (before.owner, before.owner_name)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("by", ACTORS)
def test_what_the_table_does_not_allow_is_refused_in_words(act: Act, by: Actor) -> None:
    closed = moved(moved(CASE, "resolve", SYSTEM, now=NOW), "close", SYSTEM, now=NOW)
    assert refusal(closed, act, by) == "Case C-1 is closed."
    with pytest.raises(ValueError, match="closed"):
        moved(closed, act, by, now=NOW)


def test_the_loser_of_a_claim_is_told_who_has_it() -> None:
    ada, ben = ACTORS[1:]
    taken = moved(moved(CASE, "hand_over", SYSTEM, now=NOW, to=queue(2)), "claim", ada, now=NOW)
    assert refusal(taken, "claim", ben) == "Case C-1 is already with Ada."
    assert refusal(taken, "claim", ada) == "Case C-1 is already yours."
    assert refusal(taken, "take_over", ben) == ""
    assert moved(taken, "release", ada, now=NOW).owner == queue(2)
