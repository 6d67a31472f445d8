"""`firstline cost`: what models cost, what they will, and what the same traffic would cost elsewhere."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import get_args

import click

from adapters.storage.costs import By
from adapters.storage.store import open_store
from bots.clock import SystemClock
from bots.commands.running import run
from bots.settings import Settings
from core.costs import Compared, Forecast, Spent, compared, forecast
from core.prices import money
from core.report import day


@dataclass(frozen=True, slots=True)
class Told:
    """All that the command prints."""

    currency: str
    by: str
    rows: Sequence[Spent]
    total: Spent
    forecast: Forecast | None
    offers: Sequence[Compared]


@click.command()
@click.option("--by", "by", type=click.Choice(get_args(By)), default="day", help="What to add up by.")
@click.option("--since", default="", metavar="DATE", help="Only calls on or after this day (UTC).")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", help="How to print it.")
def cost(by: By, since: str, form: str) -> None:
    """What models cost, by day, route, case, tenant, customer, model or outcome.

    Prices are tables [[money.prices]] of firstline.toml; price lists to compare with are tables [[money.compare]].
    Reads FIRSTLINE_DATABASE_URL. A SQLite file belongs to one process: stop the bot first, or use PostgreSQL.
    """
    run(_cost(by, since, form))


async def _cost(by: By, since: str, form: str) -> int:
    begin = f"{day(since):%Y-%m-%d}" if since else ""
    settings, clock = Settings.read(), SystemClock()
    configured = settings.configuration.money
    async with open_store(settings.environment.database_url("firstline"), clock=clock) as store:
        await store.till.expire()
        rows, total = await store.costs.by(by, since=begin), await store.costs.total(since=begin)
        days = await store.costs.by("day")
    told = Told(
        configured.currency,
        by,
        rows,
        total,
        forecast(days, today=clock.now().date()),
        compared(total, configured.compare),
    )
    click.echo({"json": as_json, "csv": as_csv, "text": as_text}[form](told))
    return 0


def as_json(told: Told) -> str:
    """For programs; sums of money as decimal texts, since they are exact."""
    data = {
        "currency": told.currency,
        "by": told.by,
        "rows": [_data(each) for each in told.rows],
        "total": _data(told.total),
        "forecast": None if told.forecast is None else _priced(asdict(told.forecast)),
        "compare": [_priced(asdict(each)) for each in told.offers],
    }
    return json.dumps(data, indent=2)


def as_csv(told: Told) -> str:
    """The rows alone, one a line."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(_data(told.total)))
    writer.writeheader()
    writer.writerows(_data(each) for each in told.rows)
    return out.getvalue().rstrip()


def as_text(told: Told) -> str:
    """For people."""
    width = max([12, *(len(each.key or "(no case)") for each in told.rows)])
    names = f"{told.by:<{width}}{'calls':>8}{'tokens in':>13}{'out':>11}{'cached':>8}{told.currency:>14}"
    lines = [names, *(_line(each, width) for each in told.rows), _line(told.total, width, name="total")]
    total = told.total
    if not total.calls:
        return "No model was asked yet."
    tokens_in, cases = max(1, total.input_tokens), max(1, total.cases)
    lines += [
        "",
        f"A case costs {_money(total.nanos / cases)} {told.currency} and takes {total.tokens / cases:,.0f} tokens; "
        f"{total.cases} cases, {total.turns} turns.",
        f"Repeated prefix: {total.repeated_tokens / tokens_in:.0%} of the tokens in began the prompt before too; "
        f"endpoints had {total.cached_tokens / tokens_in:.0%} cached.",
    ]
    if total.unpriced:
        lines.append(f"{total.unpriced} calls have no price and count as nothing: add tables [[money.prices]].")
    if total.estimated:
        lines.append(f"{total.estimated} calls were told no use by their endpoint; their tokens are estimates.")
    lines += _forecast_lines(told)
    lines += _offer_lines(told)
    return "\n".join(lines)


def _line(spent: Spent, width: int, *, name: str = "") -> str:
    shown = name or spent.key or "(no case)"
    share = f"{spent.cached_tokens / spent.input_tokens:.0%}" if spent.input_tokens else "–"
    return (
        f"{shown:<{width}}{spent.calls:>8,}{spent.input_tokens:>13,}{spent.output_tokens:>11,}{share:>8}"
        f"{_money(spent.nanos):>14}"
    )


def _forecast_lines(told: Told) -> list[str]:
    found = told.forecast
    if found is None:
        return ["Forecast: there is no whole day of traffic yet."]
    return [
        f"Forecast: {_money(found.expected_nanos)} {told.currency} in the next {found.days} days, four times in five "
        f"{_money(found.low_nanos)} to {_money(found.high_nanos)} (from {found.from_days} whole days)."
    ]


def _offer_lines(told: Told) -> list[str]:
    if not told.offers:
        return ["The same traffic elsewhere: add tables [[money.compare]] to see it."]
    cheapest = told.offers[0].nanos
    lines = ["", f"The same traffic under other prices ({told.currency}; in all, a case, a request):"]
    for each in told.offers:
        times = f"{each.nanos / cheapest:>9.1f}x" if cheapest else ""
        lines.append(
            f"  {each.name:<24}{_money(each.nanos):>14}{_money(each.per_case):>12}{_money(each.per_request):>12}{times}"
        )
    return lines


def _money(nanos: float) -> str:
    amount = money(round(nanos))
    return f"{amount:,.2f}" if amount >= 100 else f"{amount:,.4f}"


def _data(spent: Spent) -> dict[str, object]:
    return _priced(asdict(spent))


def _priced(data: dict[str, object]) -> dict[str, object]:
    """Nanos as money."""
    return {
        name.replace("_nanos", "").replace("nanos", "cost"): f"{money(value):f}"
        if isinstance(value, int) and ("nanos" in name or name in ("per_case", "per_request"))
        else value
        for name, value in data.items()
    }
