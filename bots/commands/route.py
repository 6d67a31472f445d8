"""`firstline route explain`: where a message would go, and why."""

from datetime import datetime

import click

from adapters.local.language import LocalLanguage
from bots.clock import SystemClock
from bots.commands.running import run
from bots.minds import local_embedder
from bots.settings import Settings
from bots.triaging import first_pass
from core.judging import Asked, Judge
from core.routing import Choice, Circumstances, Route, Router, facts_of
from core.tables import Verdict, shown


@click.group()
def route() -> None:
    """Explain where a message would go, and why."""


@route.command()
@click.argument("text")
@click.option("--contacts", default=1, show_default=True, help="Which contact in its case this is.")
@click.option("--over-budget", is_flag=True, help="A cap has been reached.")
@click.option("--picture", "has_pictures", is_flag=True, help="A picture came with it.")
@click.option("--customer", default="", metavar="ID", help="The linked customer; left out: nobody is linked.")
@click.option("--verified", "is_verified", is_flag=True, help="The customer proved who they are.")
@click.option("--person", "had_person", is_flag=True, help="A person has spoken in the case before.")
@click.option("--platform", default="terminal", show_default=True)
@click.option("--channel", default="", metavar="ID")
@click.option("--at", default="", metavar="TIME", help="When, in UTC, like 2026-03-01T22:30; left out: now.")
def explain(text: str, at: str, contacts: int, over_budget: bool, **told: bool | str) -> None:
    """Show the judgement of TEXT, the row that wins, what made it win, and what was passed over. Calls no model."""
    try:
        when = datetime.fromisoformat(f"{at}+00:00") if at else SystemClock().now()
    except ValueError as error:
        raise click.BadParameter("Write it like 2026-03-01T22:30.", param_hint="--at") from error
    around = Circumstances(contacts=contacts, at=when, is_over_budget=over_budget, **told)  # pyright: ignore[reportArgumentType]  # click gives each its kind
    run(_explain(text, around))


async def _explain(text: str, around: Circumstances) -> int:
    settings = Settings.read()
    routing, triage = settings.configuration.routing, settings.configuration.triage
    sorter = first_pass(triage, local_embedder(), settings.environment.data_folder)
    await sorter.warm_up()
    judge = Judge(triage, sorter, language=LocalLanguage().of)
    asked = Asked(text, contacts=around.contacts)
    judgement = await judge.judge(asked)
    judged = judgement.triage
    facts = facts_of(judged, text, around)
    routed = Router(routing.rows, routing.models).decide(facts)
    told = ", ".join(f"{name} {value}" for name, value in judged.as_data().items() if name != "reasons")
    click.echo(f"triage, by {judgement.by}: {told}")
    click.echo(f"  because: {'; '.join(judged.reasons) or 'no word stood out'}")
    if judge.would_ask(asked, judgement):
        click.echo("  not certain: in a running bot a model would be asked, if one is connected")
    decision = routed.route.decision
    click.echo(f"tier {decision.tier}{_how(decision)}")
    _told(routed.route)
    click.echo(f"model: {routed.model.decision.work}" + (", vision for the picture" if around.has_pictures else ""))
    _told(routed.model)
    click.echo(
        f"facts: {', '.join(f'{name} {shown(value)}' for name, value in facts_of(judged, text, around).items())}"
    )
    return 0


def _how(decision: Route) -> str:
    if decision.to_people:
        return ", straight to people"
    tools = decision.tools if isinstance(decision.tools, str) else ", ".join(decision.tools)
    tone = f"; tone: {decision.tone}" if decision.tone else ""
    draft = "; a person looks at the answer first" if decision.send == "draft" else ""
    return f", the bot answers; tools: {tools}{tone}{draft}"


def _told(verdict: "Verdict[Route] | Verdict[Choice]") -> None:
    click.echo(f"  by row {verdict.number}, {verdict.why}")
    for each in verdict.passed_over:
        click.echo(f"  not {each.row}: {each.why}")
