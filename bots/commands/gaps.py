"""`firstline gaps`: what the knowledge lacks, by what customers asked."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from adapters.search.gathering import likeness_of
from adapters.storage.store import open_store
from bots.clock import SystemClock
from bots.commands.running import run
from bots.minds import open_embedder
from bots.settings import Settings
from core.gaps import KINDS, Cluster, clusters


@click.command()
@click.option("--days", default=30, type=click.IntRange(min=1), show_default=True, help="How far to look back.")
@click.option("--examples", default=3, type=click.IntRange(min=1), show_default=True, help="Questions of each.")
@click.option("--words-only", is_flag=True, help="Put together by shared words, without embedding the questions.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
def gaps(days: int, examples: int, form: str, *, words_only: bool) -> None:
    """Questions nobody could answer, answers that people corrected or called not helpful, put together by topic.

    Reads FIRSTLINE_DATABASE_URL. A SQLite file belongs to one process: stop the bot first, or use PostgreSQL.
    """
    run(_gaps(days, examples, words_only=words_only, is_json=form == "json"))


async def _gaps(days: int, examples: int, *, words_only: bool, is_json: bool) -> int:
    settings = Settings.read()
    async with open_store(settings.environment.database_url("firstline"), clock=SystemClock()) as store:
        noted = await store.gaps.since(datetime.now(UTC) - timedelta(days=days))
        async with open_embedder(settings, is_wanted=bool(noted) and not words_only) as embedder:
            likeness = await likeness_of([each.question for each in noted], embedder)
        found = clusters(noted, likeness=likeness)
        drafts = sum(each.state == "draft" for each in await store.answers.all())
    if is_json:
        click.echo(json.dumps([_data(each, examples) for each in found], indent=2, ensure_ascii=False))
        return 0
    for each in found:
        click.echo("\n".join(_lines(each, examples)))
    click.echo(f"{len(found)} gaps in {days} days; {drafts} drafts to review (firstline answers review)")
    return 0


def _data(cluster: Cluster, examples: int) -> dict[str, Any]:
    return {
        "topic": cluster.topic,
        **{kind: cluster.count(kind) for kind in KINDS},
        "examples": [
            {"question": each.question, "answer": each.answer, "correction": each.correction, "case": each.case_id}
            for each in cluster.gaps[:examples]
        ],
    }


def _lines(cluster: Cluster, examples: int) -> list[str]:
    counts = [f"{n} {kind}" for kind in KINDS if (n := cluster.count(kind))]
    lines = [f"{cluster.topic}: {', '.join(counts)}"]
    for each in cluster.gaps[:examples]:
        lines.append(f"  - {' '.join(each.question.split())} ({each.case_id})")
        if each.correction:
            who = "the customer" if each.kind == "unhelpful" else "a person"
            lines.append(f"      {who} said: {' '.join(each.correction.split())[:160]}")
    return lines
