"""`firstline answers …`: texts that a person approved, what they answer, and until when."""

import csv
import getpass
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import click

from adapters.storage.answers import StoredAnswers
from adapters.storage.store import open_store
from bots.clock import SystemClock
from bots.commands.running import run
from bots.settings import Settings
from core.errors import SettingsError
from core.knowledge import Audience
from core.learning import approved
from core.verified import Variant, VerifiedAnswer, standing

_QUESTIONS = ("question", "questions", "variants")


@click.group()
def answers() -> None:
    """Verified answers: texts that a person approved, served word for word.

    Works on FIRSTLINE_DATABASE_URL; a SQLite file belongs to one process: stop the bot first.
    """


@answers.command()
@click.option("--question", "-q", "questions", multiple=True, required=True, help="A way to ask for it; repeat it.")
@click.option("--text", default="", help="The answer, in Markdown.")
@click.option("--file", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Or a file of it.")
@click.option("--owner", default="", help="Who vouches for it; left out: you.")
@click.option("--days", default=0, type=click.IntRange(min=0), help="Days until it expires; 0: [answers] valid_days.")
@click.option("--tenant", "tenants", multiple=True, help="Only for this workspace or guild; repeat it.")
@click.option("--channel", "channels", multiple=True, help="Only in this channel; repeat it.")
@click.option("--verified-only", is_flag=True, help="Only for customers who proved who they are.")
def add(
    questions: tuple[str, ...],
    text: str,
    file: Path | None,
    owner: str,
    days: int,
    tenants: tuple[str, ...],
    channels: tuple[str, ...],
    verified_only: bool,
) -> None:
    """Add an answer; adding it is approving it."""
    text = text or (file.read_text(encoding="utf-8") if file else "")
    audience = Audience(tenants=tenants, channels=channels, verified_only=verified_only)
    run(_add([_made(questions, text, owner, audience)], days))


@answers.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--approve", is_flag=True, help="Approve all of them now; else they wait for review.")
@click.option("--owner", default="", help="Who vouches for those without an owner; left out: you.")
def import_(file: Path, approve: bool, owner: str) -> None:
    """Read answers from a CSV or JSON Lines FILE: question (several apart by " | "), text, owner."""
    run(_import(file, is_approved=approve, owner=owner))


@answers.command("list")
@click.option("--state", type=click.Choice(["valid", "soon", "expired", "drafts", "retired"]), help="Only these.")
def list_all(state: str | None) -> None:
    """What is served, what has to be renewed, what waits for review."""
    run(_list([state] if state else ["valid", "soon", "expired", "drafts"]))


@answers.command()
def review() -> None:
    """Drafts that wait for a person, with their words."""
    run(_review())


@answers.command()
@click.argument("answer")
def show(answer: str) -> None:
    """Print one answer whole."""
    run(_show(answer))


@answers.command()
@click.argument("answer")
@click.option("--text", default="", help="What it is to say, where the draft is not right for every customer.")
@click.option("--question", "-q", "questions", multiple=True, help="The questions, in place of the draft's; repeat it.")
@click.option("--owner", default="", help="Who vouches for it; left out: you.")
@click.option("--days", default=0, type=click.IntRange(min=0), help="Days until it expires.")
@click.option("--everybody", is_flag=True, help="For every workspace and guild, not only the draft's own.")
def approve(answer: str, text: str, questions: tuple[str, ...], owner: str, days: int, everybody: bool) -> None:
    """Publish a draft, as it stands or with other words."""
    run(_approve(answer, text, questions, owner, days, is_for_all=everybody))


@answers.command()
@click.argument("answer")
@click.option("--days", default=0, type=click.IntRange(min=0), help="Days from today until it expires.")
def renew(answer: str, days: int) -> None:
    """Vouch for an answer again from today."""
    run(_approve(answer, "", (), "", days, is_renewal=True))


@answers.command()
@click.argument("answer")
def retire(answer: str) -> None:
    """Serve an answer no more, or drop a draft."""
    run(_retire(answer))


@asynccontextmanager
async def _opened() -> AsyncGenerator[tuple[StoredAnswers, Settings]]:
    settings = Settings.read()
    async with open_store(settings.environment.database_url("firstline"), clock=SystemClock()) as store:
        yield store.answers, settings


def _today() -> date:
    return datetime.now(UTC).date()


def _me() -> str:
    return getpass.getuser()


def _made(questions: Sequence[str], text: str, owner: str, audience: Audience) -> VerifiedAnswer:
    variants = tuple(Variant(each.strip()) for each in questions if each.strip())
    if not (variants and text.strip()):
        raise SettingsError(["An answer needs a question and a text: `firstline answers add -q … --text …`."])
    return VerifiedAnswer("", text.strip(), variants, owner or _me(), "draft", audience=audience)


async def _add(made: Sequence[VerifiedAnswer], days: int) -> int:
    async with _opened() as (kept, settings):
        days = days or settings.configuration.answers.valid_days
        for each in made:
            new = await kept.add(approved(each, owner=each.owner, today=_today(), days=days))
            click.echo(_line(new))
    return 0


async def _import(file: Path, *, is_approved: bool, owner: str) -> int:
    made, bad = _read(file, owner)
    async with _opened() as (kept, settings):
        days = settings.configuration.answers.valid_days
        for each in made:
            new = approved(each, owner=each.owner, today=_today(), days=days) if is_approved else each
            await kept.add(new)
    click.echo(f"{len(made)} answers {'approved' if is_approved else 'wait for review'}; {len(bad)} rows left out")
    for line in bad:
        click.echo(f"  {line}", err=True)
    return 1 if bad else 0


def _read(file: Path, owner: str) -> tuple[list[VerifiedAnswer], list[str]]:
    """The answers of a file, and a line for each row that is none."""
    made, bad = list[VerifiedAnswer](), list[str]()
    try:
        content = file.read_text(encoding="utf-8-sig")
        rows = _rows(content, is_csv=file.suffix.lower() == ".csv")
    except (UnicodeDecodeError, json.JSONDecodeError, csv.Error) as error:
        raise SettingsError([f"{file} is no CSV or JSON Lines file in UTF-8: {error}"]) from error
    for n, row in enumerate(rows, start=1):
        asked: Any = next((row[name] for name in _QUESTIONS if row.get(name)), "")
        questions = [str(each) for each in cast("list[Any]", asked)] if isinstance(asked, list) else asked.split(" | ")
        text = str(row.get("text") or row.get("answer") or "")
        try:
            made.append(_made(questions, text, str(row.get("owner") or owner), Audience()))
        except SettingsError:
            bad.append(f"row {n}: it needs `question` and `text`")
    return made, bad


def _rows(content: str, *, is_csv: bool) -> list[Mapping[str, Any]]:
    if is_csv:
        return list(csv.DictReader(content.splitlines(), strict=True))
    rows = [json.loads(line) for line in content.splitlines() if line.strip()]
    return [row for row in rows if isinstance(row, dict)]


async def _list(wanted: Sequence[str]) -> int:
    async with _opened() as (kept, settings):
        soon = _today() + timedelta(days=settings.configuration.answers.renew_days)
        told = standing(await kept.all(), today=_today(), soon=soon)
    headings = {"valid": "Served", "soon": "To renew soon", "expired": "Expired: not served", "drafts": "To review",
                "retired": "Retired"}  # fmt: skip
    parts = {name: getattr(told, name) for name in wanted if getattr(told, name)}
    for name, found in parts.items():
        click.echo(f"{headings[name]}:")
        for each in found:
            click.echo(f"  {_line(each)}")
    if not parts:
        click.echo('None. Add one: firstline answers add -q "How …?" --text "…"')
    return 0


async def _review() -> int:
    async with _opened() as (kept, _):
        drafts = [each for each in await kept.all() if each.state == "draft"]
    for each in drafts:
        click.echo("\n".join(_whole(each)) + "\n")
    click.echo(f"{len(drafts)} to review: firstline answers approve|retire ID" if drafts else "Nothing to review.")
    return 0


async def _show(answer_id: str) -> int:
    async with _opened() as (kept, _):
        click.echo("\n".join(_whole(_found(await kept.get(answer_id), answer_id))))
    return 0


async def _approve(
    answer_id: str,
    text: str,
    questions: Sequence[str],
    owner: str,
    days: int,
    *,
    is_for_all: bool = False,
    is_renewal: bool = False,
) -> int:
    async with _opened() as (kept, settings):
        known = _found(await kept.get(answer_id), answer_id)
        if is_renewal and known.state != "approved":
            raise SettingsError([f"{known.id} is {known.state}; only an approved answer is renewed."])
        if questions:
            known = replace(known, variants=tuple(Variant(each) for each in questions))
        if is_for_all:
            known = replace(known, audience=replace(known.audience, tenants=()))
        known = replace(known, text=text or known.text)
        if not known.variants:
            raise SettingsError([f"{known.id} has no question: add one with --question."])
        days = days or settings.configuration.answers.valid_days
        done = approved(known, owner=owner or _me(), today=_today(), days=days)
        await kept.change(done)
        click.echo(_line(done))
    return 0


async def _retire(answer_id: str) -> int:
    async with _opened() as (kept, _):
        known = _found(await kept.get(answer_id), answer_id)
        await kept.change(replace(known, state="retired"))
    click.echo(f"{known.id} is retired.")
    return 0


def _found(answer: VerifiedAnswer | None, answer_id: str) -> VerifiedAnswer:
    if answer is None:
        raise SettingsError([f"There is no answer {answer_id!r}. `firstline answers list` names them."])
    return answer


def _line(answer: VerifiedAnswer) -> str:
    until = f", until {answer.expires_on:%Y-%m-%d}" if answer.expires_on else ""
    question = answer.variants[0].text if answer.variants else "(no question)"
    return f"{answer.id}  {answer.state}, {answer.owner}{until}: {' '.join(question.split())[:80]}"


def _whole(answer: VerifiedAnswer) -> list[str]:
    audience = answer.audience
    limits = [*(f"tenant {each}" for each in audience.tenants), *(f"channel {each}" for each in audience.channels)]
    limits += ["verified customers"] if audience.verified_only else []
    return [
        _line(answer),
        *(f"  asked as: {each.text}" for each in answer.variants),
        f"  for: {', '.join(limits) or 'everybody'}" + (f"; from case {answer.case_id}" if answer.case_id else ""),
        *(f"  {line}" for line in answer.text.splitlines()),
    ]
