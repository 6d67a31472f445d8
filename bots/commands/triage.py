"""`firstline triage …`: teach the first pass on this machine, and see how well it knows its categories."""

import getpass

import click

from adapters.local.first_pass import FirstPass, enough, learn
from adapters.storage.store import open_store
from bots.clock import SystemClock
from bots.commands.running import run
from bots.minds import local_embedder
from bots.settings import Settings
from bots.triaging import first_pass
from core.categories import Categories

_FEW = "There is too little to learn from: give at least two categories examples in [[triage.categories]]."


@click.group()
def triage() -> None:
    """Teach the first pass of triage from examples and corrected cases, and measure it.

    Works on FIRSTLINE_DATABASE_URL; a SQLite file belongs to one process, so the bot is stopped before.
    """


@triage.command()
def train() -> None:
    """Learn now. A bot also does so at its start when examples or corrections have changed."""
    run(_train())


@triage.command("eval")
def evaluate() -> None:
    """How often it is right about examples that it has not learned from, category by category."""
    run(_evaluate())


@triage.command()
@click.argument("case")
@click.argument("category")
def correct(case: str, category: str) -> None:
    """Say which CATEGORY a CASE belonged to; the first pass learns from it."""
    run(_correct(case, category))


async def _taught(settings: Settings) -> tuple[FirstPass, int]:
    async with open_store(settings.environment.database_url("firstline"), clock=SystemClock()) as store:
        corrected = await store.corrections.examples()
    found = first_pass(settings.configuration.triage, local_embedder(), settings.environment.data_folder, corrected)
    return found, len(corrected)


async def _train() -> int:
    taught, corrected = await _taught(Settings.read())
    if not enough(taught.examples):
        click.echo(f"firstline: {_FEW}", err=True)
        return 1
    sorter = await learn(taught.examples, taught.embedders, taught.file)
    click.echo(f"Learned {len(sorter.categories)} categories from {len(taught.examples)} examples.")
    click.echo(f"{corrected} of them are cases that staff corrected. Kept in {taught.file}.")
    return 0


async def _evaluate() -> int:
    taught, _ = await _taught(Settings.read())
    if not enough(taught.examples):
        click.echo(f"firstline: {_FEW}", err=True)
        return 1
    sorter = await learn(taught.examples, taught.embedders, taught.file)
    rows = sorter.own_record(taught.examples)
    right = sum(each.right for each in rows)
    count = sum(each.count for each in rows)
    click.echo(f"{right} of {count} examples are sorted rightly while left out ({right / max(1, count):.0%}).")
    for each in rows:
        click.echo(f"  {each.category}: {each.right} of {each.count}")
    return 0


async def _correct(case: str, category: str) -> int:
    settings = Settings.read()
    categories = Categories(settings.configuration.triage.rows)
    if category not in categories:
        click.echo(f"firstline: there is no category {category}. Known: {', '.join(categories.names)}.", err=True)
        return 2
    who = f"cli:{getpass.getuser()}"
    async with open_store(settings.environment.database_url("firstline"), clock=SystemClock()) as store:
        is_kept = await store.corrections.keep(case, category, by=who)
    if not is_kept:
        click.echo(f"firstline: there is no case {case}.", err=True)
        return 1
    click.echo(
        f"Case {case} counts as {category}; learned from at the bot's next start, or by `firstline triage train`."
    )
    return 0
