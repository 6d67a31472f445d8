"""Charts that are tables with bars: the numbers can be read, by people and by screen readers."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from adapters.web.desk.pieces import joined

_WIDTH = 240


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a chart."""

    label: str
    share: float | None
    """From 0 to 1, of the whole width; None: there is nothing to show."""
    shown: str
    note: str = ""


def bars(title: str, rows: Sequence[Bar], *, none: str) -> Markup:
    """A chart of some rows; the line `none` without any."""
    if not rows:
        return Markup('<p class="quiet">{}</p>').format(none)
    drawn = joined(
        Markup('<tr><th scope="row">{}{}</th><td class="number">{}</td><td>{}</td></tr>').format(
            row.label, Markup("<small>{}</small>").format(row.note) if row.note else "", row.shown, _bar(row.share)
        )
        for row in rows
    )
    return Markup('<table class="chart"><caption>{}</caption><tbody>{}</tbody></table>').format(title, drawn)


def counted(title: str, counts: Sequence[tuple[str, int]], *, none: str) -> Markup:
    """A chart of counts, the longest bar for the largest."""
    most = max((count for _, count in counts), default=0) or 1
    return bars(title, [Bar(label, count / most, f"{count}") for label, count in counts], none=none)


def _bar(share: float | None) -> Markup:
    # A style attribute is forbidden by the page's policy; the attributes of a drawing are not.
    return Markup(
        '<svg class="bar" viewBox="0 0 {0} 14" width="{0}" height="14" aria-hidden="true" preserveAspectRatio="none">'
        '<rect class="whole" width="{0}" height="14" rx="3"/><rect class="part" width="{1:.1f}" height="14" rx="3"/>'
        "</svg>"
    ).format(_WIDTH, _WIDTH * min(1.0, max(0.0, share or 0.0)))
