"""`firstline kb`: where knowledge comes from, what is kept of it, and what is found in it."""

from typing import Any

import click

from bots.commands import kb_passages, kb_sources
from bots.commands.running import run
from core.knowledge import Reader

_KINDS = ["folder", "git", "web", "sitemap", "zendesk", "intercom", "faq"]


@click.group()
def kb() -> None:
    """Knowledge: where it comes from, what is kept of it, what is found in it.

    Sources stand in `firstline.toml` as [[knowledge.sources]], or are added here. A running bot notices within seconds.
    """


@kb.command()
@click.argument("place")
@click.option("--name", default="", help="What it is called; left out: made of PLACE.")
@click.option("--kind", type=click.Choice(_KINDS), default=None, help="Left out: told by PLACE.")
@click.option("--only", multiple=True, help="Read only what fits this pattern; may be given several times.")
@click.option("--never", multiple=True, help="Leave out what fits this pattern; may be given several times.")
@click.option("--tenant", "tenants", multiple=True, help="Only for this workspace or server.")
@click.option("--channel", "channels", multiple=True, help="Only for this channel.")
@click.option("--tier", "tiers", multiple=True, type=click.IntRange(1, 3), help="Only for this line of support.")
@click.option("--verified-only", is_flag=True, help="Only for customers whose identity is verified.")
@click.option("--language", default="", help="Of documents that do not say it, such as en.")
@click.option("--pages", default=None, type=click.IntRange(1), help="Web pages that are read at most.")
@click.option("--no-sync", is_flag=True, help="Keep it without reading it now.")
def add(place: str, kind: str | None, no_sync: bool, pages: int | None, **more: Any) -> None:
    """Add a source and read it: a folder, file, git checkout or address, web page, sitemap or export.

    \b
    firstline kb add ./help
    firstline kb add https://help.example.com/
    firstline kb add articles.json --kind zendesk --language en
    """
    told = {"at": place, "kind": kind or "", **({"pages": pages} if pages else {}), **more}
    run(kb_sources.add(told, is_read=not no_sync))


@kb.command()
@click.argument("names", nargs=-1)
def sync(names: tuple[str, ...]) -> None:
    """Read sources anew, all or those named: only what changed is read, and taken into use at once.

    Exit status 1 when a source could not be read at all.
    """
    run(kb_sources.sync(names))


@kb.command()
@click.option("--json", "is_json", is_flag=True, help="Print JSON.")
def status(is_json: bool) -> None:
    """Each source with its last sync, what was skipped and why, and what screening flagged."""
    run(kb_sources.status(is_json=is_json))


@kb.command()
@click.argument("question")
@click.option("--limit", default=5, type=click.IntRange(1, 50), show_default=True)
@click.option("--tenant", default="", help="Ask as somebody of this workspace or server.")
@click.option("--channel", default="", help="Ask as somebody in this channel.")
@click.option("--tier", default=1, type=click.IntRange(1, 3), help="Ask at this line of support.")
@click.option("--verified", is_flag=True, help="Ask as a customer whose identity is verified.")
@click.option("--words-only", is_flag=True, help="Without embeddings, which is faster.")
@click.option("--json", "is_json", is_flag=True, help="Print JSON.")
def search(question: str, limit: int, words_only: bool, is_json: bool, **reader: Any) -> None:
    """What a customer's question finds, best first, as that customer would get it."""
    whose = Reader(reader["tenant"], reader["channel"], reader["tier"], is_verified=reader["verified"])
    run(kb_passages.search(question, limit, whose, words_only=words_only, is_json=is_json))


@kb.command()
@click.argument("which")
@click.option("--json", "is_json", is_flag=True, help="Print JSON.")
def show(which: str, is_json: bool) -> None:
    """A passage by its id (with what stands around it), or all of a document by its path or address."""
    run(kb_passages.show(which, is_json=is_json))


@kb.command()
@click.argument("ids", nargs=-1, required=True)
def clear(ids: tuple[str, ...]) -> None:
    """Let flagged passages be used after you have read them. They stay flagged in `show`."""
    run(kb_passages.clear(ids))


@kb.command()
@click.argument("ids", nargs=-1, required=True)
def hold(ids: tuple[str, ...]) -> None:
    """Take a clearance back."""
    run(kb_passages.hold(ids))


@kb.command()
@click.argument("name")
def remove(name: str) -> None:
    """Forget a source that was added here, and all that was read from it."""
    run(kb_sources.remove(name))
