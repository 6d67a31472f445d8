"""Figures follow from events and from nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.desksettings import DeskSettings
from core.errors import SettingsError
from core.report import Event, day, differences, figures
from core.teams import Teams

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def told(*steps: tuple[str, str, float], **details: dict[str, str]) -> list[Event]:
    """Events by case, name and hours after the beginning."""
    return [Event(NOW + timedelta(hours=at), case, what, "x", details.get(what, {})) for case, what, at in steps]


def test_confirmed_and_assumed_are_kept_apart_and_a_return_within_seven_days_is_deducted() -> None:
    events = told(
        ("A", "opened", 0), ("A", "resolve", 1), ("A", "confirm", 2),
        ("B", "opened", 0), ("B", "resolve", 1), ("B", "assume", 25),
        ("C", "opened", 0), ("C", "resolve", 1), ("C", "confirm", 2), ("C", "reopen", 30),
        ("D", "opened", 0), ("D", "hand_over", 1),
        hand_over={"reason_code": "customer_asked"},
    )  # fmt: skip
    result = figures(events)
    assert (result.cases, result.confirmed, result.assumed, result.reopened) == (4, 1, 1, 1)
    assert (result.resolution, result.resolution_strict) == (0.5, 0.25)
    assert (result.deflection, result.reasons) == (0.75, {"customer_asked": 1})


def test_waits_ratings_and_use_are_counted_per_case() -> None:
    events = told(
        ("A", "opened", 0), ("A", "said:customer", 0), ("A", "said:bot", 0.5), ("A", "turn", 1), ("A", "rated", 2),
        ("A", "resolve", 2), ("A", "confirm", 2),
        turn={"requests": "2", "tokens": "300"}, rated={"score": "4"},
    )  # fmt: skip
    result = figures(events)
    assert (result.first_response_p50_s, result.csat, result.tokens_per_resolved) == (1800, 4, 300)
    assert differences(result, {"tokens": 300, "csat": 4}) == []
    assert differences(result, {"tokens": 301}) == ["tokens"]


def test_nothing_gives_no_rates_and_a_bad_date_a_clear_line() -> None:
    assert figures([]).resolution is None
    with pytest.raises(SettingsError, match="no date"):
        day("yesterday")


def test_who_comes_back_after_the_case_was_closed_for_good_is_deducted_too() -> None:
    events = told(
        ("A", "opened", 0), ("A", "resolve", 1), ("A", "confirm", 2), ("A", "close", 74), ("B", "opened", 100),
        ("C", "opened", 0), ("C", "resolve", 1), ("C", "confirm", 2), ("C", "close", 74), ("D", "opened", 170),
    )  # fmt: skip
    links = {"B": {"linked": "A"}, "D": {"linked": "C"}}
    events = [replace(event, detail=links.get(event.case_id, {})) for event in events]
    result = figures(events)
    assert (result.reopened, result.confirmed, result.resolution_strict) == (1, 2, 0.25)


def test_clocks_and_promises_are_in_the_report_by_the_teams_targets() -> None:
    queued, human, gone = ({"new_stage": stage} for stage in ("queued", "waiting_customer", "resolved"))
    events = [
        Event(NOW, "A", "opened", "x"),
        Event(NOW, "A", "hand_over", "x", queued),
        Event(NOW + timedelta(minutes=90), "A", "speak", "x", human),
        Event(NOW + timedelta(minutes=91), "A", "callback_ring", "x"),
        Event(NOW + timedelta(minutes=95), "A", "callback_miss", "x"),
        Event(NOW + timedelta(minutes=99), "A", "resolve", "x", gone),
    ]
    waits = figures(events, targets=Teams(DeskSettings()).target_of).waits
    assert (waits.person_response_p50_s, waits.late_first, waits.late_resolution) == (5400, 1, 0)
    assert (waits.callbacks, waits.callbacks_late) == (1, 1)
    assert figures(events).as_data()["late_first"] == 0
