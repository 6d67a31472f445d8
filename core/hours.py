"""When a team is there: its week, its holidays, its time zone; and how much open time lies between two moments.

Pure. Moments go in and come out aware; inside, a day's hours become spans in UTC, so that a change of the clocks
neither adds nor loses an hour. A time that the clocks skip counts as long after midnight as if they had not.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ROW = re.compile(r"([a-z]{3})(?:\s*-\s*([a-z]{3}))?\s+(\d\d?):(\d\d)\s*-\s*(\d\d?):(\d\d)")
_HOLIDAY = re.compile(r"(?:(\d{4})-)?(\d\d)-(\d\d)")
_DAY_MINUTES = 24 * 60
_ONE_DAY = timedelta(days=1)
_FAR_DAYS = 400
"""A team that does not open within this time does not open at all."""

IsHoliday = Callable[[date], bool]


def _no_holiday(_: date) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class OpenHours:
    """A team's hours. Without any row it is always there."""

    zone: ZoneInfo
    week: tuple[tuple[tuple[int, int], ...], ...] = ()
    """For each day from Monday: from and to, in minutes after midnight, in order and without overlap."""
    is_holiday: IsHoliday = _no_holiday

    @property
    def is_always(self) -> bool:
        """Nothing ever has to wait for an opening."""
        return not self.week

    def is_open(self, at: datetime) -> bool:
        """Somebody is there at this moment."""
        return self.is_always or self.next_opening(at) == at.astimezone(UTC)

    def next_opening(self, at: datetime) -> datetime | None:
        """The first moment (in UTC) from then on at which somebody is there: `at` while open; None: never."""
        at = at.astimezone(UTC)
        if self.is_always:
            return at
        return next((max(at, opens) for opens, _ in self._spans(at)), None)

    def elapsed(self, begin: datetime, end: datetime) -> timedelta:
        """How much open time lies between two moments; nothing when they are the wrong way round."""
        # Within one zone, Python subtracts what clocks show; in UTC, what has passed.
        begin, end = begin.astimezone(UTC), end.astimezone(UTC)
        if self.is_always:
            return max(end - begin, timedelta())
        total = timedelta()
        for opens, closes in self._spans(begin):
            if opens >= end:
                break
            total += max(min(closes, end) - max(opens, begin), timedelta())
        return total

    def after(self, at: datetime, open_time: timedelta) -> datetime | None:
        """The moment (in UTC) at which so much open time has passed; None when that never comes."""
        at = at.astimezone(UTC)
        if self.is_always:
            return at + open_time
        left = open_time
        for opens, closes in self._spans(at):
            here = closes - max(opens, at)
            if here >= left:
                return max(opens, at) + left
            left -= here
        return None

    def _spans(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Spans in UTC that end after a moment, in order and without overlap."""
        first = since.astimezone(self.zone).date() - _ONE_DAY
        last_end, barren = since - _ONE_DAY, 0
        day = first
        while barren < _FAR_DAYS:
            barren += 1
            for opens, closes in () if self.is_holiday(day) else self.week[day.weekday()]:
                begin, end = max(self._moment(day, opens), last_end), self._end(day, closes)
                if begin < end and end > since:
                    yield begin, end
                    last_end, barren = end, 0
            day += _ONE_DAY

    def _moment(self, day: date, minutes: int, *, fold: int = 0) -> datetime:
        if minutes == _DAY_MINUTES:
            day, minutes = day + _ONE_DAY, 0
        wall = datetime.combine(day, time(minutes // 60, minutes % 60, fold=fold), tzinfo=self.zone)
        return wall.astimezone(UTC)

    def _end(self, day: date, minutes: int) -> datetime:
        # An hour that comes twice is open both times.
        return max(self._moment(day, minutes), self._moment(day, minutes, fold=1))


def week_of(rows: Sequence[str]) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Read rows like `mon-fri 09:00-17:00`. Raises `ValueError` that says what is wrong."""
    if not rows:
        return ()
    week: list[list[tuple[int, int]]] = [[] for _ in DAYS]
    for row in rows:
        days, span = _row(row)
        for day in days:
            week[day].append(span)
    for name, spans in zip(DAYS, week, strict=True):
        spans.sort()
        if any(before[1] > after[0] for before, after in pairwise(spans)):
            raise ValueError(f"hours overlap on {name}")
    return tuple(tuple(spans) for spans in week)


def _row(row: str) -> tuple[list[int], tuple[int, int]]:
    found = _ROW.fullmatch(row.strip().lower())
    if found is None or found[1] not in DAYS or (found[2] or found[1]) not in DAYS:
        raise ValueError(f"{row!r} is no row of hours: write it like 'mon-fri 09:00-17:00'")
    first, last = DAYS.index(found[1]), DAYS.index(found[2] or found[1])
    begin, end = int(found[3]) * 60 + int(found[4]), int(found[5]) * 60 + int(found[6])
    if int(found[4]) > 59 or int(found[6]) > 59 or not 0 <= begin < end <= _DAY_MINUTES:
        raise ValueError(f"{row!r}: hours go from an earlier to a later time of one day, 24:00 at most")
    days = range(first, last + 1) if first <= last else [*range(first, 7), *range(last + 1)]
    return list(days), (begin, end)


def holidays_of(days: Sequence[str]) -> IsHoliday:
    """Read days like `2026-12-24` (that one) or `12-25` (each year). Raises `ValueError`."""
    once, yearly = set[date](), set[tuple[int, int]]()
    for day in days:
        found = _HOLIDAY.fullmatch(day.strip())
        try:
            if found is None:
                raise ValueError
            read = date(int(found[1] or 2024), int(found[2]), int(found[3]))
        except ValueError:
            raise ValueError(f"{day!r} is no day: write 2026-12-24, or 12-25 for each year") from None
        if found[1]:
            once.add(read)
        else:
            yearly.add((read.month, read.day))
    return lambda day: day in once or (day.month, day.day) in yearly


@cache
def zone_of(name: str) -> ZoneInfo:
    """A time zone by its name, `Europe/Berlin`. Raises `ValueError`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = [each for each in sorted(available_timezones()) if name.lower() in each.lower()][:3]
        hint = f"; near: {', '.join(near)}" if name and near else ""
        raise ValueError(f"{name!r} is no time zone: use a name like Europe/Berlin{hint}") from None


SHORT_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def in_words(at: datetime, zone: ZoneInfo) -> str:
    """A moment for people, in their zone: `Thu 26 Nov 15:00 (Europe/Berlin)`. The machine's locale has no say in it."""
    there = at.astimezone(zone)
    return f"{SHORT_DAYS[there.weekday()]} {there:%d} {SHORT_MONTHS[there.month - 1]} {there:%H:%M} ({zone.key})"
