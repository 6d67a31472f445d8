"""Sources of knowledge: kept, read, listed, forgotten."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from adapters.search.library import StoredLibrary
from adapters.sources.settings import SourceSettings
from adapters.sources.syncing import Syncer
from bots.clock import SystemClock
from bots.commands.kb_lines import (
    facts_of,
    kept_facts,
    report_lines,
    status_lines,
)
from bots.knowledge import added_source, find, open_library, open_syncer, sources_in_use
from bots.settings import Settings
from core.errors import SettingsError
from core.visible import printable


@dataclass(frozen=True, slots=True)
class Desk:
    """What the commands work with."""

    settings: Settings
    library: StoredLibrary
    syncer: Syncer


@asynccontextmanager
async def open_desk() -> AsyncGenerator[Desk, None]:
    """Open what the settings say."""
    settings = Settings.read()
    async with (
        open_library(settings, settings.environment.data_folder) as library,
        open_syncer(settings, library, SystemClock()) as syncer,
    ):
        yield Desk(settings, library, syncer)


async def add(told: dict[str, Any], *, is_read: bool) -> int:
    """Keep a source and read it. Raises `SettingsError`."""
    try:
        source = SourceSettings.model_validate(told)
    except ValidationError as error:
        raise SettingsError(
            [f"{each['loc'][-1] if each['loc'] else 'source'}: {each['msg']}" for each in error.errors()]
        ) from error
    if "://" not in source.at and not source.at.startswith("git@"):
        source = source.model_copy(update={"at": _absolute(source.at)})
    async with open_desk() as desk:
        if source.title in {each.title for each in desk.settings.configuration.knowledge.all_sources}:
            raise SettingsError([f"firstline.toml already has a source named {source.title}: give this one a --name."])
        await desk.library.add(source.title, source.model_dump(mode="json", exclude_defaults=True))
        click.echo(f"Added {source.title} ({source.way}).")
        return await _read(desk, [source]) if is_read else 0


def _absolute(at: str) -> str:
    path = Path(at).expanduser()
    if not path.exists():
        raise SettingsError([f"there is no file or folder {at}. A web address begins with https://."])
    return str(path.resolve())


async def sync(names: Sequence[str]) -> int:
    """Read sources anew. Raises `SettingsError`."""
    async with open_desk() as desk:
        sources = await sources_in_use(desk.settings, desk.library)
        if not sources:
            raise SettingsError(["there is no source yet. Add one with `firstline kb add PLACE`."])
        status = await _read(desk, find(sources, names))
        if not names:
            used = {each.title for each in sources}
            for kept in await desk.library.sources():
                if kept.name not in used:
                    await desk.library.remove(kept.name)
                    click.echo(f"{kept.name}: no longer a source; what was read from it is gone.")
        return status


async def _read(desk: Desk, sources: Sequence[SourceSettings]) -> int:
    status = 0
    for source in sources:
        known = {each.name: each.documents for each in await desk.library.sources()}.get(source.title, 0)
        bar: Any = click.progressbar(length=max(known, 1), label=printable(source.title), show_eta=False, show_pos=True)
        with bar:

            def tell(count: int, _place: str, bar: Any = bar) -> None:
                bar.length = max(bar.length or 0, count)
                bar.update(1)

            report = await desk.syncer.sync(source, tell=tell)
        for line in report_lines(report):
            click.echo(line)
        status = status or int(bool(report.failed))
    return status


async def status(*, is_json: bool) -> int:
    """Print what is kept."""
    async with open_desk() as desk:
        sources = await sources_in_use(desk.settings, desk.library)
        kept = {each.name: each for each in await desk.library.sources()}
        flagged = [each for each in await desk.library.passages([each.title for each in sources]) if each.flags]
        stray = [each for name, each in kept.items() if name not in {source.title for source in sources}]
    if is_json:
        told = [
            {"name": each.title, "kind": each.way, "at": each.at, "audience": asdict(each.audience),
             **kept_facts(kept.get(each.title))}
            for each in sources
        ]  # fmt: skip
        held = [facts_of(each) for each in flagged]
        click.echo(json.dumps({"sources": told, "flagged": held}, indent=2, ensure_ascii=False))
        return 0
    if not sources:
        click.echo("No source yet. Add one with `firstline kb add PLACE`.")
    for source in sources:
        for line in status_lines(source, kept.get(source.title)):
            click.echo(line)
    for each in stray:
        click.echo(f"{each.name}: {each.passages} passages kept, not in use here; `firstline kb sync` forgets them.")
    for passage in flagged:
        mark = "kept back" if passage.is_suspect else "cleared"
        click.echo(
            click.style(f"{mark}  {passage.id}  {printable(passage.source)}  {printable(passage.title)}", fg="yellow")
        )
        for flag in passage.flags:
            click.echo(f"    {printable(flag)}")
    return 0


async def remove(name: str) -> int:
    """Forget a source. Raises `SettingsError`."""
    async with open_desk() as desk:
        known = {each.name: each for each in await desk.library.sources()}
        if name not in known or added_source(known[name]) is None:
            added = ", ".join(each.name for each in known.values() if each.settings) or "none"
            raise SettingsError([f"no source named {name} was added by command. Added: {added}."])
        await desk.library.remove(name)
    click.echo(f"{name} is gone, and all that was read from it.")
    return 0
