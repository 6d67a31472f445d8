"""Pieces of HTML that the desk's pages are made of. Whatever goes in as text comes out escaped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from markupsafe import Markup, escape

from adapters.web.markdown import blocks
from core.case import Case, is_human
from core.casebook import Due
from core.casework import stage_of

NOTHING = Markup('<span class="quiet">–</span>')


@dataclass(frozen=True, slots=True)
class Times:
    """Moments in the time zone of the team."""

    zone: tzinfo
    now: datetime

    def at(self, moment: datetime | None) -> Markup:
        """A moment, to the minute."""
        if moment is None:
            return NOTHING
        local = moment.astimezone(self.zone)
        return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), f"{local:%Y-%m-%d %H:%M}")

    def since(self, moment: datetime) -> Markup:
        """How long ago it was; the moment itself as its title."""
        local = moment.astimezone(self.zone)
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            moment.isoformat(), f"{local:%Y-%m-%d %H:%M}", span(self.now - moment)
        )

    def due(self, due: Due) -> Markup:
        """What is owed, and until when."""
        kind, word = ("late", "late, was") if due.is_late else ("soon", "by")
        return Markup('<span class="due {}">{} {} {}</span>').format(kind, due.what, word, self.at(due.at))


def span(length: timedelta) -> str:
    """A length of time in the two largest units that say enough."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes // 1440} days"


def joined(parts: Iterable[object]) -> Markup:
    """One after the other; text among them is escaped."""
    return Markup("").join(escape(part) for part in parts)


def markdown(text: str) -> Markup:
    """Words of people and models as safe HTML."""
    # The engine escapes raw HTML itself and lets no address but web and mail through.
    return Markup("".join(blocks(text)))


def table(head: Sequence[str], rows: Iterable[Sequence[object]], *, caption: str, none: str = "Nothing.") -> Markup:
    """A table with a caption; the line `none` instead of one without rows."""
    drawn = [Markup("<tr>{}</tr>").format(joined(Markup("<td>{}</td>").format(cell) for cell in row)) for row in rows]
    if not drawn:
        return Markup('<p class="quiet">{}</p>').format(none)
    names = joined(Markup('<th scope="col">{}</th>').format(name) for name in head)
    return Markup(
        '<div class="wide"><table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
    ).format(caption, names, joined(drawn))


def facts(pairs: Iterable[tuple[str, object]]) -> Markup:
    """Names and what belongs to them."""
    drawn = (Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(name, value or NOTHING) for name, value in pairs)
    return Markup('<dl class="facts">{}</dl>').format(joined(drawn))


def section(title: str, body: object, *, name: str) -> Markup:
    """A part of a page with a heading; `name` is its anchor."""
    return Markup('<section id="{0}" aria-labelledby="{0}-h"><h2 id="{0}-h">{1}</h2>{2}</section>').format(
        name, title, body
    )


def case_link(case_id: str) -> Markup:
    """The way to a case."""
    return Markup('<a class="case" href="/desk/cases/{0}">{0}</a>').format(case_id)


def owner(case: Case) -> str:
    """Who has it, in a few words."""
    if is_human(case.owner):
        return case.owner_name or case.owner.partition(":")[2]
    return "the bot" if case.owner == "ai" else "nobody yet"


def stage(case: Case) -> Markup:
    """Where it stands."""
    name = stage_of(case)
    return Markup('<span class="tag {}">{}</span>').format(name, name.replace("_", " "))


def priority(case: Case) -> Markup:
    """How pressing it is."""
    return Markup('<span class="tag p-{0}">{0}</span>').format(case.priority)


def short(text: str, limit_chars: int = 120) -> str:
    """One line of a text."""
    line = " ".join(text.split())
    return line if len(line) <= limit_chars else line[:limit_chars].rstrip() + " …"


def lines(parts: Iterable[object]) -> Markup:
    """One under the other."""
    return Markup("<br>").join(escape(part) for part in parts)
