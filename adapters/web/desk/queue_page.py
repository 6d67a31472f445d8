"""The queue: what is open, by tier, and what is due first."""

from collections.abc import Sequence

from markupsafe import Markup

from adapters.web.desk.pieces import (
    NOTHING,
    Times,
    case_link,
    joined,
    lines,
    owner,
    priority,
    section,
    short,
    stage,
    table,
)
from core.casebook import Due, Waiting, due_times
from core.clocks import TargetsOf
from core.conversation import Line

SHOWN = {"people": "With people", "bot": "With the bot", "ended": "Ended, not yet closed"}
_HEAD = ("Case", "Last words", "Customer", "Owner", "Stage", "Priority", "Age", "Untouched for", "Due")


def queue_page(
    waiting: Sequence[Waiting], *, show: str, times: Times, targets: TargetsOf, limit: int, has_more: bool
) -> Markup:
    """The page for one of `SHOWN`; an unknown one shows what is with people."""
    show = show if show in SHOWN else "people"
    by_kind = {kind: [each for each in waiting if _kind(each) == kind] for kind in SHOWN}
    links = joined(
        Markup('<li><a href="/desk?show={}"{}>{} <b>{}</b></a></li>').format(
            kind, Markup(' aria-current="true"') if kind == show else "", word, len(by_kind[kind])
        )
        for kind, word in SHOWN.items()
    )
    more = Markup('<p class="warn">Only {} cases are looked at, those with people first.</p>').format(limit)
    tiers = sorted({each.case.tier for each in by_kind[show]})
    parts = [
        section(
            f"Tier {tier}",
            _table([each for each in by_kind[show] if each.case.tier == tier], times, targets, tier),
            name=f"tier-{tier}",
        )
        for tier in tiers
    ]
    return joined(
        [
            Markup('<ul class="tabs">{}</ul>').format(links),
            more if has_more else "",
            *(parts or [Markup('<p class="quiet">No case is here now.</p>')]),
        ]
    )


def _kind(each: Waiting) -> str:
    if each.case.state != "open":
        return "ended"
    return "bot" if each.case.owner == "ai" else "people"


def dues(each: Waiting, times: Times, targets: TargetsOf) -> list[Due]:
    """All that is owed in a case, the soonest first."""
    found = due_times(each.events, targets(each.case.thread), times.now)
    if each.promised_at is not None:
        found.append(Due("Promised", each.promised_at, each.promised_at < times.now))
    return sorted(found, key=lambda due: due.at)


def _words(line: Line) -> Markup:
    return Markup("<b>{}</b>: {}").format(line.name or line.speaker, short(line.text))


def _table(rows: Sequence[Waiting], times: Times, targets: TargetsOf, tier: int) -> Markup:
    owed = {each.case.id: dues(each, times, targets) for each in rows}
    never = max((each.case.opened_at for each in rows), default=times.now).max.replace(tzinfo=times.now.tzinfo)
    ordered = sorted(
        rows, key=lambda each: (owed[each.case.id][0].at if owed[each.case.id] else never, each.case.opened_at)
    )
    return table(
        _HEAD,
        (
            (
                case_link(each.case.id),
                _words(each.last) if each.last else NOTHING,
                lines((each.case.customer_id or "not linked", each.case.thread.platform)),
                owner(each.case),
                stage(each.case),
                priority(each.case),
                times.since(each.case.opened_at),
                times.since(each.case.since or each.case.opened_at),
                lines(times.due(due) for due in owed[each.case.id][:2]) if owed[each.case.id] else NOTHING,
            )
            for each in ordered
        ),
        caption=f"Cases of tier {tier}: {len(rows)}",
    )
