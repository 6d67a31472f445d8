"""`firstline approvals …`: what waits for a person, decided from a terminal."""

import click

from adapters.storage.store import Store
from bots.commands.running import run
from bots.hatch import Asked, Told, at_the_store
from bots.operators import NOWHERE, operator, refusal, sees
from bots.settings import Settings
from core.actions import Action, Approval
from core.approvals import amount_of, answer_to_presser, details


@click.group()
def approvals() -> None:
    """See and decide what waits for a person.

    Works on FIRSTLINE_DATABASE_URL. Where a running bot holds its SQLite file for itself, the bot is asked to do it,
    and goes on with what was decided at once.
    """


@approvals.command("list")
def list_all() -> None:
    """Everything that waits, the soonest to expire first."""
    run(at_the_store("approvals.list", {"by": operator()}))


@approvals.command()
@click.argument("approval")
@click.option("--amount", default="", metavar="AMOUNT", help="Approve only so much of what was asked for.")
def approve(approval: str, amount: str) -> None:
    """Let an action be carried out."""
    run(at_the_store("approvals.decide", {"approval": approval, "amount": amount, "verdict": "yes", "by": operator()}))


@approvals.command()
@click.argument("approval")
def deny(approval: str) -> None:
    """Do not let it; the customer is told."""
    run(at_the_store("approvals.decide", {"approval": approval, "amount": "", "verdict": "no", "by": operator()}))


async def listed(store: Store, asked: Asked) -> Told:
    """What waits, as lines."""
    waiting = [each for each in await store.actions.pending() if sees(asked["by"], each[1].thread)]
    return Told([line for each in waiting for line in _lines(*each)] or ["Nothing waits for a person."])


async def decided(store: Store, asked: Asked) -> Told:
    """Decide, if this operator may."""
    who, is_approved = asked["by"], asked["verdict"] == "yes"
    waiting = await store.actions.pending()
    about = next((action.thread for approval, action in waiting if approval.id == asked["approval"]), None)
    allowed = Settings.read().configuration.approvals.approvers
    if allowed and who not in allowed:
        return Told([f"firstline: {who} is not in [approvals] approvers."], 1)
    if why := refusal("approve" if is_approved else "deny", who, about):
        return Told([why], 1)
    if about is not None and not sees(who, about):
        return Told(["firstline: There is no such approval."], 1)
    lowered = amount_of(asked["amount"])
    if asked["amount"].strip() and lowered is None:
        return Told([f"firstline: {asked['amount']!r} is no amount. Write it like 25.00."], 2)
    decision = await store.actions.decide(
        asked["approval"], is_approved=is_approved, by=who, by_name=who, place=NOWHERE, amount=lowered
    )
    is_done = decision.state in ("approved", "denied")
    return Told([answer_to_presser(decision)], 0 if is_done else 1, decision)


def _lines(approval: Approval, action: Action) -> list[str]:
    money = f" - {action.money}" if action.money else ""
    return [
        f"{approval.id}  {action.title}{money}",
        *(f"  {line}" for line in details(action)),
        f"  - customer: {action.customer_id or 'not linked'}, case {action.case_id}",
        *(f"  - {line}" for line in approval.evidence.splitlines()),
        f"  - expires: {approval.expires_at:%Y-%m-%d %H:%M} UTC",
    ]
