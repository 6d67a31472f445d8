"""How long customers wait: computed from events, in open time, with pauses."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from core.case import AI, Case, Handoff, human, queue
from core.casework import ACTS, Act, Actor, moved, refusal, stage_of
from core.clocks import KINDS, Run, Target, judged, runs
from core.conversation import Thread
from core.event import Event
from core.hours import OpenHours, week_of

START = datetime(2026, 3, 27, 15, 0, tzinfo=UTC)
"""A Friday; on Sunday the clocks go forward in Berlin."""
OFFICE = OpenHours(ZoneInfo("Europe/Berlin"), week_of(["mon-fri 09:00-17:00"]))
ALWAYS = OpenHours(ZoneInfo("UTC"))
CASE = Case("C-1", Thread("t", "memory", "c"), "", "u1", AI, 1, "open", START)
BEN = Actor("human:s1", "Ben")
HOUR = timedelta(hours=1)

Step = tuple[Act | str, float]


def told(steps: list[Step]) -> list[Event]:
    """The events of a case that went through these acts and words, as far as they were allowed."""
    case, at, events = CASE, START, list[Event]()
    for what, minutes in steps:
        at += timedelta(minutes=minutes)
        if what in ("said:customer", "said:person"):
            events.append(Event(at, case.id, what, ""))
        elif what in ACTS and not refusal(case, what, BEN):
            to = {"hand_over": queue(3), "transfer": queue(2), "assign": human("s2")}.get(what, "")
            case = moved(case, what, BEN, now=at, to=to)
            detail = {"new_stage": stage_of(case), "tier": str(case.tier), "priority": case.priority}
            events.append(Event(at, case.id, what, "", detail))
    return events


steps = st.lists(st.tuples(st.sampled_from([*ACTS, "said:customer", "said:person"]), st.floats(0, 3000)), max_size=25)


@given(steps)
def test_clocks_run_one_of_a_kind_at_a_time_and_never_backwards(acts: list[Step]) -> None:
    events = told(acts)
    found = runs(events)
    end = events[-1].at if events else START
    for kind in KINDS:
        mine = [run for run in found if run.kind == kind]
        assert [run.n for run in mine] == list(range(1, len(mine) + 1))
        assert all(run.ended_at is not None for run in mine[:-1])
    for run in found:
        moments = [at for stretch in run.stretches for at in stretch if at is not None]
        assert moments == sorted(moments)
        assert all(stop is not None for _, stop in run.stretches[:-1])
        assert timedelta() <= run.spent(ALWAYS, end) <= end - run.started_at
        assert not (run.is_running and run.ended_at)


@given(steps, st.integers(0, 25))
def test_what_has_ended_stays_as_it_was_whatever_happens_later(acts: list[Step], cut: int) -> None:
    events = told(acts)
    before = [run for run in runs(events[:cut]) if run.ended_at]
    assert all(run in runs(events) for run in before)


@given(steps, st.floats(1, 5000), st.floats(0, 5000))
def test_a_clock_is_late_from_its_moment_on_and_not_before(acts: list[Step], limit: float, more: float) -> None:
    target = Target(OFFICE, timedelta(minutes=limit))
    events = told(acts)
    end = events[-1].at if events else START
    for run in runs(events):
        due = run.moment(target)
        if due is None:
            assert run.spent(OFFICE, end) <= timedelta(minutes=limit)
            continue
        assert not run.is_late(target, due)
        assert run.is_late(target, max(due, end) + timedelta(minutes=more + 1))


def only(kind: str, events: list[Event]) -> Run:
    (run,) = [run for run in runs(events) if run.kind == kind]
    return run


def test_the_first_response_counts_open_time_only() -> None:
    events = told([("hand_over", 0)])
    run = only("first", events)
    # An hour on Friday is left in Berlin (16:00 to 17:00); the rest on Monday, after the clocks went forward.
    assert run.moment(Target(OFFICE, 2 * HOUR)) == datetime(2026, 3, 30, 8, 0, tzinfo=UTC)
    assert run.spent(OFFICE, datetime(2026, 3, 29, 12, tzinfo=UTC)) == HOUR
    answered = only("first", told([("hand_over", 0), ("claim", 5), ("speak", 10)]))
    assert (answered.is_kept, answered.spent(ALWAYS, START + 9 * HOUR)) == (True, timedelta(minutes=15))


def test_the_resolution_stands_still_while_it_is_the_customers_turn() -> None:
    events = told([("hand_over", 0), ("speak", 30), ("said:customer", 600), ("heard", 0), ("resolve", 30)])
    run = only("resolution", events)
    assert run.spent(ALWAYS, START + 99 * HOUR) == HOUR
    assert run.is_kept
    following = only("next", events)
    assert (following.started_at, following.is_kept) == (START + timedelta(minutes=630), False)


def test_a_snooze_stops_the_clock_and_a_second_question_waits_from_the_first() -> None:
    events = told([("hand_over", 0), ("snooze", 10), ("due", 600), ("speak", 5), ("said:customer", 1), ("heard", 0),
                   ("said:customer", 20), ("said:person", 10)])  # fmt: skip
    assert only("first", events).spent(ALWAYS, START + 99 * HOUR) == timedelta(minutes=15)
    assert only("next", events).spent(ALWAYS, START + 99 * HOUR) == timedelta(minutes=30)


def test_how_pressing_a_case_is_follows_from_its_words_and_why_it_was_passed_on() -> None:
    asked = Handoff("customer_asked", "")
    assert judged(CASE, "Your product deleted my entire project!", asked).priority == "high"
    assert judged(CASE, "This is useless, my parcel is damaged", asked).priority == "normal"
    assert judged(CASE, "hello", asked).priority == "low"
    assert judged(CASE, "hello", Handoff("urgent", "")).priority == "high"
    assert judged(CASE, "I was charged twice, see the invoice", asked).category == "billing"
