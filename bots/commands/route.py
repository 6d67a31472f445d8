"""`firstline route explain`: where a message would go, and why."""

import click

from adapters.local.language import LocalLanguage
from adapters.local.language import is_available as language_is_available
from bots.commands.running import run
from bots.settings import Settings
from core.routing import Choice, Route, Router, facts_of
from core.tables import Verdict, shown
from core.triage import triage


@click.group()
def route() -> None:
    """Explain where a message would go, and why."""


@route.command()
@click.argument("text")
@click.option("--contacts", default=1, show_default=True, help="Which contact in its case this is.")
@click.option("--over-budget", is_flag=True, help="A cap has been reached.")
@click.option("--picture", "has_pictures", is_flag=True, help="A picture came with it.")
def explain(text: str, contacts: int, over_budget: bool, has_pictures: bool) -> None:
    """Show the row that wins for TEXT, what made it win, and what was passed over. Calls no model."""
    run(_explain(text, contacts=contacts, is_over_budget=over_budget, has_pictures=has_pictures))


async def _explain(text: str, *, contacts: int, is_over_budget: bool, has_pictures: bool) -> int:
    routing = Settings.read().configuration.routing
    judged = triage(text)
    facts = facts_of(
        judged,
        text,
        language=LocalLanguage().of(text) if language_is_available() else "",
        contacts=contacts,
        is_over_budget=is_over_budget,
        has_pictures=has_pictures,
    )
    routed = Router(routing.rows, routing.models).decide(facts)
    decision = routed.route.decision
    click.echo("triage: " + ", ".join(f"{name} {shown(facts[name])}" for name in ("sentiment", "urgency", "category")))
    click.echo(f"tier {decision.tier}" + (", straight to people" if decision.to_people else ", the bot answers"))
    _told(routed.route)
    click.echo(f"model: {routed.model.decision.work}")
    _told(routed.model)
    return 0


def _told(verdict: "Verdict[Route] | Verdict[Choice]") -> None:
    click.echo(f"  by row {verdict.number}, {verdict.why}")
    for each in verdict.passed_over:
        click.echo(f"  not {each.row}: {each.why}")
