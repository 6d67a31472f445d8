"""Reports: the figures of `firstline report` for the cases somebody may see, as charts that can be read."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from markupsafe import Markup

from adapters.web.desk.charts import Bar, bars, counted
from adapters.web.desk.pieces import Times, facts, joined, section
from core.casebook import Tallies
from core.clocks import TargetsOf
from core.event import Event
from core.prices import NANOS
from core.report import Figures, figures

_SPANS = {"7": "7 days", "30": "30 days", "90": "90 days", "": "All"}
_WEEKS = 12


def since_of(days: str, now: datetime) -> datetime | None:
    """The moment that a choice of the page means; None: from the beginning."""
    return now - timedelta(days=int(days)) if days and days in _SPANS else None


def reports_page(tallies: Tallies, *, days: str, times: Times, targets: TargetsOf, currency: str) -> Markup:
    """The whole page."""
    since = since_of(days, times.now)
    told = figures(tallies.events, since=since, targets=targets, now=times.now)
    opened = [each for each in tallies.events if each.what == "opened" and (since is None or each.at >= since)]
    chosen = days if since else ""
    links = joined(
        Markup('<li><a href="/desk/reports?days={}"{}>{}</a></li>').format(
            each, Markup(' aria-current="true"') if each == chosen else "", word
        )
        for each, word in _SPANS.items()
    )
    reasons = [(name.replace("_", " ") or "no reason", count) for name, count in told.reasons.items()]
    ids = {each.case_id for each in opened}
    scores = Counter(each.detail["score"] for each in tallies.events if each.what == "rated" and each.case_id in ids)
    rated = [(f"{score} of 5", scores.get(str(score), 0)) for score in range(5, 0, -1)] if scores else []
    parts = [
        section("Outcome", _outcome(told), name="outcome"),
        section("Why people were needed", counted("Hand-overs by reason", reasons, none="None."), name="reasons"),
        section("How long it took", _spans(told), name="spans"),
        section("What customers thought", _rated(told, rated), name="rated"),
        section("What it cost", _cost(told, tallies, ids, currency), name="cost"),
        section("Cases by week", _weeks(opened, times), name="weeks"),
    ]
    files = joined(
        Markup(' <a href="/desk/reports.{0}?days={1}" download>{2}</a>').format(form, chosen, form.upper())
        for form in ("csv", "json")
    )
    note = "Counted anew from the events of the cases that you may see. Cases count from the day they were opened."
    return joined(
        [
            Markup('<ul class="tabs">{}</ul>').format(links),
            Markup('<p class="quiet">{}{}</p><div class="grid">{}</div>').format(note, files, joined(parts)),
        ]
    )


def _outcome(told: Figures) -> Markup:
    rows = [
        Bar("Resolved", told.resolution, _percent(told.resolution), "confirmed or assumed, not come back in 7 days"),
        Bar("Confirmed", told.resolution_strict, _percent(told.resolution_strict), "the customer said so"),
        Bar(
            "Resolved without a person",
            told.resolution_commercial,
            _percent(told.resolution_commercial),
            "the commercial definition",
        ),
        Bar("Deflected", told.deflection, _percent(told.deflection), "no person touched it"),
    ]
    people = told.handed_off / told.cases if told.cases else None
    rows.append(Bar("Handed to people", people, f"{told.handed_off}"))
    back = told.reopened / told.cases if told.cases else None
    rows.append(Bar("Came back within 7 days", back, f"{told.reopened}"))
    return bars(f"Shares of {told.cases} cases", rows if told.cases else [], none="No case was opened in this time.")


def _spans(told: Figures) -> Markup:
    pairs = [
        ("First response", told.first_response_p50_s, told.first_response_p95_s),
        ("Until a person answered", told.waits.person_response_p50_s, told.waits.person_response_p95_s),
        ("Until their next answer", told.waits.next_response_p50_s, told.waits.next_response_p95_s),
        ("Until the end", told.waits.resolution_p50_s, told.waits.resolution_p95_s),
    ]
    late = told.waits.late_first + told.waits.late_next + told.waits.late_resolution
    rows: list[Bar] = []
    for name, half, most in pairs:
        if half is None or most is None:
            continue
        rows.append(Bar(name, half / most if most else 0.0, _span(half), "half of them within (p50)"))
        rows.append(Bar("", 1.0 if most else 0.0, _span(most), "95 of 100 within (p95)"))
    return bars(
        "Each pair of bars has its own scale; people's times are open hours", rows, none="Nothing yet."
    ) + facts(
        [
            ("Clocks that ran out", f"{late}"),
            ("Callbacks kept late", f"{told.waits.callbacks_late} of {told.waits.callbacks}"),
        ]
    )


def _rated(told: Figures, rated: Sequence[tuple[str, int]]) -> Markup:
    mean = "–" if told.csat is None else f"{told.csat:.2f} of 5"
    return facts([("CSAT", mean), ("Ratings", f"{told.ratings}")]) + counted(
        "Ratings", rated, none="Nobody has rated yet."
    )


def _cost(told: Figures, tallies: Tallies, ids: set[str], currency: str) -> Markup:
    nanos = sum(value for case_id, value in tallies.nanos.items() if case_id in ids)
    good = round((told.resolution or 0) * told.cases)

    def each(of: int) -> str:
        return f"{nanos / NANOS / of:.4f} {currency}" if of else "–"

    return facts(
        [
            ("Models, all cases", each(1)),
            ("Per resolved case", each(good)),
            ("Per case", each(told.cases)),
            ("Requests per resolved case", _number(told.requests_per_resolved)),
            ("Tokens per resolved case", _number(told.tokens_per_resolved, digits=0)),
            ("Calls without a known price", f"{tallies.unpriced}" if tallies.unpriced else ""),
        ]
    )


def _weeks(opened: Sequence[Event], times: Times) -> Markup:
    weeks: Counter[str] = Counter()
    for event in opened:
        day = event.at.astimezone(times.zone).date()
        weeks[f"{day - timedelta(days=day.weekday()):%Y-%m-%d}"] += 1
    shown = sorted(weeks.items())[-_WEEKS:]
    return counted("Cases opened in the week from", shown, none="No case was opened in this time.")


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _number(value: float | None, *, digits: int = 1) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"


def _span(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.1f} s" if value < 90 else f"{value / 60:.0f} min" if value < 7_200 else f"{value / 3600:.1f} h"
