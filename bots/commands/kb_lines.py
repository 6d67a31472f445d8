"""How `firstline kb` draws what is kept."""

from dataclasses import asdict

import click

from adapters.sources.settings import SourceSettings
from core.knowledge import Audience, Passage
from core.library import KeptSource, SyncReport
from core.visible import printable

QUOTE_CHARS = 300
_LISTED = 10


def report_lines(report: SyncReport) -> list[str]:
    """What a sync came to."""
    if report.failed:
        return [click.style(f"  not read: {printable(report.failed)}. What was kept before stays in use.", fg="red")]
    told = (
        f"  {report.changed} read, {report.unchanged} unchanged, {report.gone} gone; "
        f"{report.passages} passages in {report.seconds:.1f} s"
    )
    lines = [told]
    lines += [f"  skipped {printable(each.place)}: {printable(each.why)}" for each in report.skipped[:_LISTED]]
    if len(report.skipped) > _LISTED:
        lines.append(f"  … and {len(report.skipped) - _LISTED} more; see `firstline kb status --json`")
    lines += [f"  {printable(each.place)}: {printable(each.why)}" for each in report.notes[:_LISTED]]
    if report.flagged:
        lines.append(
            click.style(
                f"  {report.flagged} passages flagged and kept back; look at them with `firstline kb status`",
                fg="yellow",
            )
        )
    return lines


def status_lines(source: SourceSettings, kept: KeptSource | None) -> list[str]:
    """A source and its last sync."""
    lines = [f"{source.title}  ({source.way}, {source.at})"]
    if audience := audience_line(source.audience):
        lines.append(f"  only for {audience}")
    if kept is None or kept.report is None:
        return [*lines, "  never read; run `firstline kb sync`"]
    lines.append(
        f"  {kept.documents} documents, {kept.passages} passages, {kept.flagged} kept back; last read {kept.report.at}"
    )
    if kept.report.failed:
        lines += report_lines(kept.report)
    lines += [f"  skipped {printable(each.place)}: {printable(each.why)}" for each in kept.report.skipped[:_LISTED]]
    if len(kept.report.skipped) > _LISTED:
        lines.append(f"  … and {len(kept.report.skipped) - _LISTED} more")
    return lines


def kept_facts(kept: KeptSource | None) -> dict[str, object]:
    """What is kept of a source, for programs."""
    if kept is None:
        return {"documents": 0, "passages": 0, "flagged": 0, "report": None}
    facts = asdict(kept)
    return {key: facts[key] for key in ("documents", "passages", "flagged", "report")}


def facts_of(passage: Passage) -> dict[str, object]:
    """A passage, for programs."""
    return asdict(passage)


def aside(passage: Passage) -> str:
    """Language, day and readers of a passage."""
    parts = [
        passage.language,
        passage.changed,
        audience_line(passage.audience) and f"only for {audience_line(passage.audience)}",
    ]
    told = ", ".join(filter(None, parts))
    return f"  [{told}]" if told else ""


def audience_line(audience: Audience) -> str:
    """Who may read something; empty for everybody."""
    parts = [
        ("tenants " + ", ".join(audience.tenants)) if audience.tenants else "",
        ("channels " + ", ".join(audience.channels)) if audience.channels else "",
        ("tiers " + ", ".join(map(str, audience.tiers))) if audience.tiers else "",
        "verified customers" if audience.verified_only else "",
    ]
    return "; ".join(filter(None, parts))


def indented(text: str, *, chars: int) -> str:
    """A text under its title, cut where `chars` says so."""
    shown = text if not chars or len(text) <= chars else text[:chars].rsplit(" ", 1)[0] + " …"
    return "\n".join(f"   {line}" for line in printable(shown).splitlines())
