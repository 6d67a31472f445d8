"""`firstline report`: figures about cases, recomputed from raw events each time."""

import csv
import io
import json
from dataclasses import asdict

import click

from adapters.storage.store import open_store
from bots.clock import SystemClock
from bots.commands.running import run
from bots.settings import Settings
from core.report import Event, Figures, day, differences, figures
from core.teams import Teams


@click.command()
@click.option("--since", default="", metavar="DATE", help="Only cases opened on or after this day.")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", help="How to print it.")
@click.option("--events", is_flag=True, help="Print the raw events that the figures are made of, one JSON a line.")
def report(since: str, form: str, events: bool) -> None:
    """What was resolved, by whom, how fast and at what use of models.

    Reads FIRSTLINE_DATABASE_URL. A SQLite file belongs to one process: stop the bot first, or use PostgreSQL.
    """
    run(_report(since, form, is_raw=events))


async def _report(since: str, form: str, *, is_raw: bool) -> int:
    begin = day(since) if since else None
    settings = Settings.read()
    async with open_store(settings.environment.database_url("firstline"), clock=SystemClock()) as store:
        events, counted = await store.ledger.events(), await store.ledger.counted()
    if is_raw:
        for event in events:
            click.echo(json.dumps(_plain(event), ensure_ascii=False))
        return 0
    teams = Teams(settings.configuration.desk)
    told = figures(events, since=begin, targets=teams.target_of, now=SystemClock().now())
    click.echo({"json": as_json, "csv": as_csv, "text": as_text}[form](told))
    wrong = differences(figures(events), counted)
    for name in wrong:
        click.echo(f"firstline: {name} is counted otherwise by the database; please report this.", err=True)
    return 1 if wrong else 0


def as_json(told: Figures) -> str:
    """For programs."""
    return json.dumps(told.as_data(), indent=2)


def as_csv(told: Figures) -> str:
    """One line of names, one of values."""
    out = io.StringIO()
    data = {name: value for name, value in told.as_data().items() if name != "reasons"}
    data |= {f"reason_{name}": value for name, value in told.reasons.items()}
    writer = csv.DictWriter(out, list(data))
    writer.writeheader()
    writer.writerow(data)
    return out.getvalue().rstrip()


def as_text(told: Figures) -> str:
    """For people: shares with bars."""
    rows = [f"Cases            {told.cases:>8}"]
    for name, value in (
        ("Resolution", told.resolution),
        ("  confirmed only", told.resolution_strict),
        ("  without a person", told.resolution_commercial),
        ("Deflection", told.deflection),
    ):
        rows.append(f"{name:<18}{_percent(value):>7}  {_bar(value)}")
    rows += [
        f"Confirmed / assumed {told.confirmed} / {told.assumed}; came back within 7 days: {told.reopened}",
        f"Handed to people    {told.handed_off}",
        *(f"  {name or 'no reason'}: {count}" for name, count in told.reasons.items()),
        f"First response      p50 {_seconds(told.first_response_p50_s)}, p95 {_seconds(told.first_response_p95_s)}",
        f"Until a person      p50 {_span(told.waits.person_response_p50_s)}, "
        f"p95 {_span(told.waits.person_response_p95_s)} of open time; late: {told.waits.late_first}",
        f"Until their next    p50 {_span(told.waits.next_response_p50_s)}, "
        f"p95 {_span(told.waits.next_response_p95_s)} of open time; late: {told.waits.late_next}",
        f"Until the end       p50 {_span(told.waits.resolution_p50_s)}, "
        f"p95 {_span(told.waits.resolution_p95_s)} of open time; late: {told.waits.late_resolution}",
        f"Callbacks           {told.waits.callbacks}; late: {told.waits.callbacks_late}",
        f"Rating              {_number(told.csat)} of 5 ({told.ratings} ratings)",
        f"Per resolved case   {_number(told.requests_per_resolved)} model requests, "
        f"{_number(told.tokens_per_resolved)} tokens",
    ]
    return "\n".join(rows)


def _plain(event: Event) -> dict[str, object]:
    return {**asdict(event), "at": event.at.isoformat(), "detail": dict(event.detail)}


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _bar(value: float | None) -> str:
    return "█" * round(20 * (value or 0))


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} s"


def _span(value: float | None) -> str:
    if value is None:
        return "–"
    minutes = round(value / 60)
    return f"{value:.0f} s" if value < 90 else f"{minutes} min" if minutes < 120 else f"{value / 3600:.1f} h"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}"
