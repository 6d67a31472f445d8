"""Passages of knowledge: found, shown, cleared."""

import getpass
import json
from collections.abc import Sequence

import click

from adapters.search.index import PassageIndex
from adapters.search.storedvectors import StoredVectors
from bots.clock import SystemClock
from bots.commands.kb_lines import (
    QUOTE_CHARS,
    aside,
    facts_of,
    indented,
)
from bots.commands.kb_sources import open_desk
from bots.knowledge import sources_in_use
from bots.minds import open_embedder
from core.errors import SettingsError
from core.knowledge import Inquiry, Reader
from core.visible import printable


async def search(question: str, limit: int, reader: Reader, *, words_only: bool, is_json: bool) -> int:
    """Print what a question finds."""
    async with open_desk() as desk:
        names = [each.title for each in await sources_in_use(desk.settings, desk.library)]
        passages = await desk.library.passages(names)
        held = sum(each.is_suspect for each in passages)
        async with (
            open_embedder(desk.settings, is_wanted=not words_only) as embedder,
            PassageIndex.open(
                [each for each in passages if not each.is_suspect],
                embedder=embedder,
                vectors=StoredVectors(desk.library),
            ) as index,
        ):
            await index.complete()
            hits = (await index.search(Inquiry(question, reader=reader), limit=limit)).hits
    if is_json:
        facts = [{"score": round(each.score, 3), "strong": each.is_strong, **facts_of(each.passage)} for each in hits]
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return 0
    for n, hit in enumerate(hits, start=1):
        strength = "strong" if hit.is_strong else "weak"
        click.echo(click.style(f"{n}. {printable(hit.passage.title)}", bold=True) + f"  ({strength}, {hit.passage.id})")
        click.echo(f"   {printable(hit.passage.source)}{aside(hit.passage)}")
        click.echo(indented(hit.passage.text, chars=QUOTE_CHARS))
    if not hits:
        click.echo(
            "Nothing fits." if passages else "There are no passages yet. Add a source with `firstline kb add PLACE`."
        )
    if held:
        click.echo(f"({held} flagged passages are kept back; see `firstline kb status`)")
    return 0


async def show(which: str, *, is_json: bool) -> int:
    """Print a passage or a document. Raises `SettingsError`."""
    async with open_desk() as desk:
        names = [each.title for each in await sources_in_use(desk.settings, desk.library)]
        passages = await desk.library.passages(names)
    of_document = [each for each in passages if each.source == which]
    at = next((n for n, each in enumerate(passages) if each.id == which), None)
    if at is None and not of_document:
        raise SettingsError([f"there is no passage or document {which}. `firstline kb search` prints both."])
    if at is not None:
        passage = passages[at]
        around = [each for each in passages[max(at - 1, 0) : at + 2] if each.source == passage.source]
    else:
        around = of_document
    if is_json:
        click.echo(json.dumps([facts_of(each) for each in around], indent=2, ensure_ascii=False))
        return 0
    for each in around:
        is_whole = at is None or each.id == which
        click.echo(click.style(printable(each.title), bold=is_whole) + f"  ({each.id})")
        click.echo(f"   {printable(each.source)}{aside(each)}")
        for flag in each.flags:
            mark = "kept back: " if each.is_suspect else "cleared: "
            click.echo(click.style(f"   {mark}{printable(flag)}", fg="yellow"))
        click.echo(indented(each.text, chars=0 if is_whole else QUOTE_CHARS))
    return 0


async def clear(ids: Sequence[str]) -> int:
    """Let flagged passages be used."""
    async with open_desk() as desk:
        done = await desk.library.clear(ids, by=getpass.getuser(), at=SystemClock().now().isoformat(timespec="seconds"))
    for each in done:
        click.echo(f"{each} is used from now on.")
    for each in set(ids) - set(done):
        click.echo(f"firstline: there is no flagged passage {each}.", err=True)
    return 0 if set(done) == set(ids) else 1


async def hold(ids: Sequence[str]) -> int:
    """Keep cleared passages back again."""
    async with open_desk() as desk:
        count = await desk.library.hold(ids)
    click.echo(f"{count} kept back again.")
    return 0 if count else 1
