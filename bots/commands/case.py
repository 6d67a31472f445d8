"""`firstline case …`: why what happened in a case happened, and what was said."""

import json

import click

from adapters.storage.store import Store
from bots.commands.running import run
from bots.hatch import Asked, Told, asked_of_the_store, at_the_store
from bots.operators import case_for, operator, refusal
from bots.settings import Settings
from core.casework import stage_of
from core.transcripts import Audience, Transcripts

_LOST = "firstline: There is no case {id}. Ids look like C-7K2M9X and stand under every card."


@click.group()
def case() -> None:
    """Explain a case, or print its transcript.

    Works on FIRSTLINE_DATABASE_URL. Where a running bot holds its SQLite file for itself, the bot is asked.
    """


@case.command()
@click.argument("case_id")
def explain(case_id: str) -> None:
    """Each decision, source, tool call, model use and delivery of a case, in order."""
    run(at_the_store("case.explain", {"case": case_id, "by": operator()}))


@case.command()
@click.argument("case_id")
@click.option("--for", "audience", type=click.Choice(["staff", "customer"]), default="staff", help="Whose copy.")
def transcript(case_id: str, audience: Audience) -> None:
    """What was said, and on stderr the SHA-256 of it: the same as under the copy in the chat."""
    run(_transcript(case_id, audience))


async def _transcript(case_id: str, audience: Audience) -> int:
    told = await asked_of_the_store("case.transcript", {"case": case_id, "for": audience, "by": operator()})
    if told.status:
        click.echo(told.lines[0], err=True)
        return told.status
    body, sha256 = told.lines
    click.echo(body, nl=False)
    click.echo(f"\nSHA-256: {sha256}", err=True)
    return 0


async def copied(store: Store, asked: Asked) -> Told:
    """A copy and its hash, if this operator may have it; that they had it is in the audit log."""
    found = await case_for(store, asked["case"], asked["by"])
    if found is None:
        return Told([_LOST.format(id=asked["case"])], 2)
    if why := refusal("transcript", asked["by"], found.thread):
        return Told([why], 1)
    configuration = Settings.read().configuration
    transcripts = Transcripts(
        cases=store.cases,
        watch=store.watch,
        alias=configuration.desk.alias,
        wake=lambda: None,
        hides_private=configuration.images.blur_for_staff,
    )
    audience: Audience = "customer" if asked["for"] == "customer" else "staff"
    copy = await transcripts.copy(found, audience)
    reason = f"{audience} copy at a terminal, {copy.sha256}"
    await store.ledger.note(
        found.id, "transcript", by=asked["by"], audience=audience, sha256=copy.sha256, reason=reason
    )
    return Told([copy.body, copy.sha256])


async def explained_to(store: Store, asked: Asked) -> Told:
    """The lines of an explanation, if this operator may see the case; that they did is in the audit log."""
    found = await case_for(store, asked["case"], asked["by"])
    if found is None:
        return Told([_LOST.format(id=asked["case"])], 2)
    lines = await explained(store, found.id)
    await store.ledger.note(found.id, "explained", by=asked["by"], reason="Read at a terminal.")
    return Told(lines)


async def explained(store: Store, case_id: str) -> list[str]:
    """The lines of an explanation; none for an unknown case."""
    found = await store.cases.get(case_id)
    if found is None:
        return []
    lines = [
        f"Case {found.id}: {stage_of(found).replace('_', ' ')}, owner {found.owner}, tier {found.tier}, "
        f"{found.priority}, opened {found.opened_at:%Y-%m-%d %H:%M} UTC in {found.thread.platform}",
        *([f"follows {found.linked}"] if found.linked else []),
        "",
        "Moves",
    ]
    for event in await store.ledger.events():
        if event.case_id == case_id and not event.what.startswith(("said:", "turn")):
            why = event.detail.get("reason", "")
            lines.append(f"  {event.at:%m-%d %H:%M:%S}  {event.what} by {event.by}" + (f": {why}" if why else ""))
    if promises := await store.callbacks.of_case(case_id):
        lines += ["", "Callbacks", *(f"  {each.id}  {each.what} for {each.said}: {each.state}" for each in promises)]
    lines += ["", "Turns"]
    for trace in await store.desk.trace(case_id):
        lines.append(f"  {trace.id}  {trace.outcome or trace.state}, attempt {trace.attempt}")
        lines += [f"    {_step(kind, line)}" for kind, line in trace.steps]
        lines += [
            f"    model {used.model}: {used.input_tokens} + {used.output_tokens} tokens"
            + (" (estimate)" if used.is_estimate else "")
            for used in trace.used
        ]
    lines += ["", "Actions"]
    for action in await store.actions.of_case(case_id):
        receipt = f", receipt {action.receipt_id}" if action.receipt_id else ""
        lines.append(f"  {action.title}: {action.state}{receipt}")
    lines += ["", "Deliveries"]
    for posted in await store.desk.posts(found.thread, after=0, limit=200):
        why = f" ({posted.why})" if posted.why else ""
        lines.append(f"  {posted.at:%m-%d %H:%M:%S}  {posted.delivery.post.kind}: {posted.state}{why}")
    return lines


def _step(kind: str, line: str) -> str:
    """One step; of a picture, in words, what looking at it took."""
    if kind != "picture":
        return f"{kind}: {line}"
    took = json.loads(line)
    cost = f", {took['money']:.6f}" if took.get("money") is not None else ""
    how = "known from before" if took["known"] else f"{took['seconds']:.2f} s, {took['tokens']} tokens{cost}"
    return f"picture {took.get('name', '')} ({how}, by {took['by']}): {' '.join(took['finding'].split())}"
