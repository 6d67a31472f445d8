"""`firstline gaps`: what the knowledge lacks, by what customers asked."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from adapters.storage.store import open_store
from bots.clock import SystemClock
from bots.commands.running import run
from bots.settings import Settings
from core.gaps import Cluster, clusters


@click.command()
@click.option("--days", default=30, type=click.IntRange(min=1), show_default=True, help="How far to look back.")
@click.option("--examples", default=3, type=click.IntRange(min=1), show_default=True, help="Questions of each.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
def gaps(days: int, examples: int, form: str) -> None:
    """Questions nobody could answer and answers that people corrected, put together by topic.

    Reads FIRSTLINE_DATABASE_URL. A SQLite file belongs to one process: stop the bot first, or use PostgreSQL.
    """
    run(_gaps(days, examples, is_json=form == "json"))


async def _gaps(days: int, examples: int, *, is_json: bool) -> int:
    settings = Settings.read()
    async with open_store(settings.environment.database_url("firstline"), clock=SystemClock()) as store:
        found = clusters(await store.gaps.since(datetime.now(UTC) - timedelta(days=days)))
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
        "unanswered": cluster.count("unanswered"),
        "corrected": cluster.count("corrected"),
        "examples": [
            {"question": each.question, "answer": each.answer, "correction": each.correction, "case": each.case_id}
            for each in cluster.gaps[:examples]
        ],
    }


def _lines(cluster: Cluster, examples: int) -> list[str]:
    counts = [f"{n} {kind}" for kind in ("unanswered", "corrected") if (n := cluster.count(kind))]
    lines = [f"{cluster.topic}: {', '.join(counts)}"]
    for each in cluster.gaps[:examples]:
        lines.append(f"  - {' '.join(each.question.split())} ({each.case_id})")
        if each.correction:
            lines.append(f"      a person said: {' '.join(each.correction.split())[:160]}")
    return lines
