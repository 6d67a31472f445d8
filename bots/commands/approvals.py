"""`firstline approvals …`: what waits for a person, decided from a terminal."""

import getpass
from decimal import Decimal, InvalidOperation

import click

from adapters.storage.store import open_store
from bots.clock import SystemClock
from bots.commands.running import run
from bots.settings import Settings
from core.actions import Action, Approval
from core.approvals import answer_to_presser, details
from core.conversation import Thread

_PLACE = Thread("local", "cli", "terminal")


@click.group()
def approvals() -> None:
    """See and decide what waits for a person.

    Works on FIRSTLINE_DATABASE_URL. A SQLite file belongs to one process: there the decision is carried out when the
    bot runs again; with PostgreSQL at once.
    """


@approvals.command("list")
def list_all() -> None:
    """Everything that waits, the soonest to expire first."""
    run(_list())


@approvals.command()
@click.argument("approval")
@click.option("--amount", default="", metavar="AMOUNT", help="Approve only so much of what was asked for.")
def approve(approval: str, amount: str) -> None:
    """Let an action be carried out."""
    run(_decide(approval, is_approved=True, amount=amount))


@approvals.command()
@click.argument("approval")
def deny(approval: str) -> None:
    """Do not let it; the customer is told."""
    run(_decide(approval, is_approved=False, amount=""))


async def _list() -> int:
    settings = Settings.read()
    async with open_store(settings.environment.database_url("firstline"), clock=SystemClock()) as store:
        waiting = await store.actions.pending()
    for approval, action in waiting:
        click.echo("\n".join(_lines(approval, action)))
    if not waiting:
        click.echo("Nothing waits for a person.")
    return 0


def _lines(approval: Approval, action: Action) -> list[str]:
    money = f" - {action.money}" if action.money else ""
    return [
        f"{approval.id}  {action.title}{money}",
        *(f"  {line}" for line in details(action)),
        f"  - customer: {action.customer_id or 'not linked'}, case {action.case_id}",
        *(f"  - {line}" for line in approval.evidence.splitlines()),
        f"  - expires: {approval.expires_at:%Y-%m-%d %H:%M} UTC",
    ]


async def _decide(approval_id: str, *, is_approved: bool, amount: str) -> int:
    settings = Settings.read()
    who = f"cli:{getpass.getuser()}"
    allowed = settings.configuration.approvals.approvers
    if allowed and who not in allowed:
        click.echo(f"firstline: {who} is not in [approvals] approvers.", err=True)
        return 1
    try:
        lowered = Decimal(amount) if amount else None
    except InvalidOperation:
        click.echo(f"firstline: {amount!r} is no amount. Write it like 25.00.", err=True)
        return 2
    async with open_store(settings.environment.database_url("firstline"), clock=SystemClock()) as store:
        decision = await store.actions.decide(
            approval_id, is_approved=is_approved, by=who, by_name=who, place=_PLACE, amount=lowered
        )
    is_done = decision.state in ("approved", "denied")
    click.echo(answer_to_presser(decision), err=not is_done)
    return 0 if is_done else 1
