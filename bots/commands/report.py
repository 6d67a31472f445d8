"""`firstline report`: figures about cases, recomputed from raw events each time."""

import json
from dataclasses import asdict
from functools import partial

import click

from adapters.storage.store import Store
from bots.commands.running import run
from bots.hatch import Asked, Told, asked_of_the_store
from bots.operators import events_for, operator
from bots.settings import Settings
from core.report import Event, Figures, day, differences, figures
from core.reportforms import as_csv, as_json
from core.teams import Teams

_COMPLAINT = "firstline:"


@click.command()
@click.option("--since", default="", metavar="DATE", help="Only cases opened on or after this day.")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", help="How to print it.")
@click.option("--events", is_flag=True, help="Print the raw events that the figures are made of, one JSON a line.")
def report(since: str, form: str, events: bool) -> None:
    """What was resolved, by whom, how fast and at what use of models.

    Works on FIRSTLINE_DATABASE_URL. Where a running bot holds its SQLite file for itself, the bot is asked.
    """
    run(_report({"since": since, "form": "events" if events else form, "by": operator()}))


async def _report(asked: Asked) -> int:
    told = await asked_of_the_store("report", asked)
    for line in told.lines:
        click.echo(line, err=line.startswith(_COMPLAINT))
    return told.status


async def reported(store: Store, asked: Asked) -> Told:
    """The report on the cases that this operator may see, or what it is made of."""
    begin = day(asked["since"]) if asked["since"] else None
    every = await store.ledger.events()
    events = events_for(asked["by"], every)
    if asked["form"] == "events":
        return Told([json.dumps(_plain(event), ensure_ascii=False) for event in events])
    configuration = Settings.read().configuration
    teams = Teams(configuration.desk)
    told = figures(events, since=begin, targets=teams.target_of, now=store.database.now())
    wrong = differences(figures(every), await store.ledger.counted())
    complaints = [f"{_COMPLAINT} {name} is counted otherwise by the database; please report this." for name in wrong]
    forms = {"json": as_json, "csv": as_csv, "text": partial(as_text, currency=configuration.money.currency)}
    return Told([forms[asked["form"]](told), *complaints], 1 if wrong else 0)


def as_text(told: Figures, currency: str = "") -> str:
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
        f"Cost                {told.cost:,.4f} {currency}; per resolved case {_money(told.cost_per_resolved)}"
        + (f" ({told.unpriced} calls without a known price left out)" if told.unpriced else ""),
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


def _money(value: float | None) -> str:
    return "–" if value is None else f"{value:,.4f}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}"
