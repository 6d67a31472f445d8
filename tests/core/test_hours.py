"""When a team is there, whatever its clocks do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.desksettings import HoursSettings
from core.hours import OpenHours, holidays_of, in_words, week_of, zone_of

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = OpenHours(BERLIN, week_of(["mon-fri 09:00-17:00"]), holidays_of(["12-25", "2026-12-28"]))

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "America/Havana", "Australia/Lord_Howe", "Asia/Kolkata")
minutes = st.integers(0, 1440)
spans = st.tuples(minutes, minutes).filter(lambda span: span[0] < span[1])
weeks = st.lists(st.lists(spans, max_size=1).map(tuple), min_size=7, max_size=7).map(tuple)
hours = st.builds(OpenHours, st.sampled_from(ZONES).map(ZoneInfo), weeks)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
whiles = st.timedeltas(timedelta(), timedelta(days=9))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@given(hours, moments, whiles, whiles)
def test_open_time_adds_up_wherever_a_stretch_is_cut(
    there: OpenHours, at: datetime, a: timedelta, b: timedelta
) -> None:
    parts = there.elapsed(at, at + a) + there.elapsed(at + a, at + a + b)
    assert there.elapsed(at, at + a + b) == parts
    assert timedelta() <= parts <= a + b


@given(hours, moments, whiles)
def test_after_so_much_open_time_exactly_that_much_has_passed(
    there: OpenHours, at: datetime, open_time: timedelta
) -> None:
    due = there.after(at, open_time)
    if due is None:
        assert not any(there.week)
    else:
        assert due >= at
        assert there.elapsed(at, due) == open_time


@given(hours, moments)
def test_the_next_opening_is_open_and_nothing_is_open_before_it(there: OpenHours, at: datetime) -> None:
    opening = there.next_opening(at)
    if opening is None:
        assert there.elapsed(at, at + timedelta(days=30)) == timedelta()
        return
    assert there.is_open(opening)
    assert there.elapsed(at, opening) == timedelta()
    assert there.is_open(at) is (opening == at)


@pytest.mark.parametrize(
    ("begin", "end", "passed_h"),
    [
        ("2026-03-27 16:00", "2026-03-30 10:00", 2),  # over the night in which clocks go forward
        ("2026-10-23 16:00", "2026-10-26 10:00", 2),  # and back
        ("2026-12-24 16:00", "2026-12-29 10:00", 2),  # over Christmas and a bridge day
        ("2026-03-30 10:00", "2026-03-27 16:00", 0),
    ],
)
def test_a_weekend_and_a_change_of_the_clocks_are_no_open_time(begin: str, end: str, passed_h: int) -> None:
    assert OFFICE.elapsed(local(begin), local(end)) == timedelta(hours=passed_h)


def test_an_hour_that_comes_twice_is_open_both_times_and_one_that_is_skipped_is_none() -> None:
    night = OpenHours(BERLIN, week_of(["sun 01:00-04:00"]))
    forward, back = local("2026-03-29 00:00"), local("2026-10-25 00:00")
    assert night.elapsed(forward, forward + timedelta(days=1)) == timedelta(hours=2)
    assert night.elapsed(back, back + timedelta(days=1)) == timedelta(hours=4)


def test_the_next_opening_skips_weekends_and_holidays() -> None:
    assert OFFICE.next_opening(local("2026-12-24 18:00")) == local("2026-12-29 09:00")
    assert in_words(local("2026-12-29 09:00"), ZoneInfo("America/New_York")) == "Tue 29 Dec 03:00 (America/New_York)"


def test_a_team_without_hours_is_always_there_and_one_that_is_always_on_holiday_never() -> None:
    at = local("2026-12-25 03:00")
    assert OpenHours(BERLIN).next_opening(at) == at
    assert OpenHours(BERLIN, OFFICE.week, lambda day: True).next_opening(at) is None


def test_a_week_may_go_round_sunday() -> None:
    assert [len(day) for day in week_of(["sat-mon 10:00-24:00"])] == [1, 0, 0, 0, 0, 1, 1]


@pytest.mark.parametrize("row", ["mon 17:00-09:00", "monday 09:00-17:00", "mon 09:60-17:00", "mon 09:00-25:00", ""])
def test_a_row_that_makes_no_sense_is_refused_in_words(row: str) -> None:
    with pytest.raises(ValueError, match="hours"):
        week_of([row])


def test_overlapping_rows_bad_days_and_unknown_zones_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="overlap on tue"):
        week_of(["mon-fri 09:00-17:00", "tue 16:00-20:00"])
    with pytest.raises(ValueError, match="is no day"):
        holidays_of(["2026-02-30"])
    with pytest.raises(ValueError, match="Europe/Berlin"):
        zone_of("berlin")


def test_public_holidays_of_a_country_or_its_part_count_besides_the_named_days() -> None:
    hours = HoursSettings(open=("mon-fri 09:00-17:00",), holidays=("12-24",), holidays_of="DE-BY").hours()
    for day in ("2026-12-24", "2026-12-25", "2026-06-04"):
        assert not hours.is_open(datetime.fromisoformat(f"{day}T10:00+00:00"))
    assert hours.is_open(datetime(2026, 12, 22, 10, tzinfo=UTC))
    with pytest.raises(ValueError, match="is no country whose holidays are known"):
        HoursSettings(holidays_of="Bavaria")
