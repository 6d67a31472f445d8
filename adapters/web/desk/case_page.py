"""A case: what is known, what people got, what was said, done, allowed and promised, and what it cost."""

import json
from collections.abc import Sequence
from typing import cast

from markupsafe import Markup

from adapters.web.desk.pieces import (
    Times,
    case_link,
    facts,
    joined,
    lines,
    markdown,
    owner,
    priority,
    section,
    stage,
    table,
)
from core.actions import Action, Approval
from core.case import Handoff
from core.casebook import Bill, Dossier, ShownPicture, due_times, why_with_people
from core.clocks import TargetOf
from core.conversation import Line
from core.hours import in_words
from core.packet import packet
from core.prices import NANOS

_WHO = {"customer": "Customer", "bot": "Bot", "person": "Team", "system": "Note"}


def case_page(told: Dossier, *, times: Times, target_of: TargetOf, currency: str) -> Markup:
    """The whole page."""
    tabs = Markup('<ul class="tabs"><li><a href="/desk/cases/{0}" aria-current="true">Case</a></li>')
    tabs += Markup('<li><a href="/desk/cases/{0}/trace">Why it happened</a></li></ul>')
    return joined(
        [
            tabs.format(told.case.id),
            section("Facts", _facts(told, times, target_of, currency), name="facts"),
            section("Packet for the team", _packet(told, times, target_of), name="packet"),
            section("Transcript", _transcript(told, times), name="transcript"),
            section("Actions, approvals and receipts", _actions(told, times), name="actions"),
            section("Callbacks", _callbacks(told, times), name="callbacks"),
            section("What the customer thought", _opinions(told), name="opinions"),
        ]
    )


def cost(bill: Bill, currency: str) -> str:
    """What models took, in words."""
    unpriced = f"; {bill.unpriced} calls without a known price" if bill.unpriced else ""
    requests = "1 request" if bill.requests == 1 else f"{bill.requests} requests"
    return f"{bill.nanos / NANOS:.4f} {currency}, {requests}, {bill.tokens:,} tokens{unpriced}"


def _facts(told: Dossier, times: Times, target_of: TargetOf, currency: str) -> Markup:
    case = told.case
    owed = due_times(told.events, target_of, times.now)
    return facts(
        [
            ("Stage", stage(case)),
            ("Owner", owner(case)),
            ("Tier", f"{case.tier}"),
            ("Priority", priority(case)),
            ("About", case.category),
            ("Customer", case.customer_id or "not linked to an account"),
            ("Chat user", case.author_id),
            ("Place", f"{case.thread.platform}, {case.thread.tenant}"),
            ("Opened", times.at(case.opened_at)),
            ("Last moved", times.at(case.since)),
            ("Due", lines(times.due(due) for due in owed)),
            ("Why it is there", case.reason),
            ("Resolution", case.resolution),
            ("Follows", case_link(case.linked) if case.linked else ""),
            ("Cost of models", cost(told.bill, currency)),
        ]
    )


def _packet(told: Dossier, times: Times, target_of: TargetOf) -> Markup:
    handed = why_with_people(told.events)
    if handed is None:
        return Markup('<p class="quiet">It was never handed to people.</p>')
    zone = target_of("first", told.case.tier, told.case.priority).hours.zone
    owed = [
        f"{due.what}{': **late** since' if due.is_late else ' by'} {in_words(due.at, zone)}"
        for due in due_times(told.events, target_of, times.now)
    ]
    why = Handoff(handed.detail.get("reason_code", ""), handed.detail.get("reason", ""), told.case.tier)
    post = packet(told.case, why, told.lines, told.actions, triage=_triage(told), due=owed)
    return Markup('<p class="quiet">As it would be put before the team now.</p><div class="packet">{}</div>').format(
        markdown(post.text)
    )


def _triage(told: Dossier) -> str:
    """The last judgement, in words."""
    line = next((line for trace in reversed(told.traces) for kind, line in trace.steps if kind == "triage"), "")
    try:
        judged: object = json.loads(line or "null")
    except json.JSONDecodeError:
        return ""
    pairs = cast(dict[str, object], judged).items() if isinstance(judged, dict) else ()
    return ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in pairs)


def _transcript(told: Dossier, times: Times) -> Markup:
    if not told.lines:
        return Markup('<p class="quiet">Nothing was said.</p>')
    pictures: dict[str, list[ShownPicture]] = {}
    for each in told.pictures:
        pictures.setdefault(each.message_id, []).append(each)
    drawn: list[Markup] = []
    for line in told.lines:
        drawn.append(_line(line, pictures.pop(line.message_id, ()) if line.message_id else (), told.case.id, times))
    return Markup('<ol class="talk">{}</ol>').format(joined(drawn))


def _line(line: Line, pictures: Sequence[ShownPicture], case_id: str, times: Times) -> Markup:
    shown = joined(
        Markup('<figure><img src="/desk/cases/{0}/pictures/{1}" alt="{2}" loading="lazy"></figure>').format(
            case_id, each.sha256, f"Picture from the customer: {each.name or 'without a name'}"
        )
        for each in pictures
    )
    found = joined(Markup('<p class="found">Seen in the picture: {}</p>').format(each) for each in line.findings)
    return Markup('<li class="{}"><p class="who"><b>{}</b> {} {}</p>{}{}{}</li>').format(
        line.speaker,
        line.name or _WHO[line.speaker],
        Markup('<span class="tag">{}</span>').format(_WHO[line.speaker].lower()),
        times.at(line.at),
        markdown(line.text) if line.text else Markup('<p class="quiet">(no words)</p>'),
        shown,
        found,
    )


def _actions(told: Dossier, times: Times) -> Markup:
    return table(
        ("What", "State", "Amount", "Receipt", "Allowed by", "Begun", "Result"),
        (
            (
                each.title,
                Markup('<span class="tag a-{0}">{0}</span>').format(each.state),
                str(each.money or "–"),
                each.receipt_id or "–",
                lines(_allowed(approval, times) for approval in _approvals(each, told)) or "no approval was needed",
                times.at(each.created_at),
                each.result.summary if each.result else "–",
            )
            for each in told.actions
        ),
        caption="Everything that has or had an effect",
        none="Nothing was carried out or asked for.",
    )


def _approvals(action: Action, told: Dossier) -> list[Approval]:
    return [each for each in told.approvals if each.action_key == action.key]


def _allowed(approval: Approval, times: Times) -> Markup:
    whom = "customer" if approval.asks == "customer" else "team"
    if approval.state == "pending":
        return Markup("waits for the {} until {}").format(whom, times.at(approval.expires_at))
    by = f" by {approval.decided_by}" if approval.decided_by else ""
    return Markup("{}: {}{}").format(whom, approval.state, by)


def _callbacks(told: Dossier, times: Times) -> Markup:
    return table(
        ("Id", "What", "When", "For the customer", "About", "Agreed by", "State"),
        (
            (each.id, each.what, times.at(each.due_at), each.said, each.note, each.by, each.state)
            for each in told.callbacks
        ),
        caption="Promises to get back",
        none="Nothing was promised.",
    )


def _opinions(told: Dossier) -> Markup:
    return table(
        ("Of", "Mark", "Words"),
        ((f"answer {each.turn_id}" if each.turn_id else "the case", each.mark, each.comment) for each in told.opinions),
        caption="Ratings",
        none="They have not said.",
    )
