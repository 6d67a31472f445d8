"""The card a case comes to people with: all that is known, and what is missing shown as missing."""

from collections.abc import Sequence

from core import phrases
from core.actions import Action, Approval
from core.case import Case, Handoff, is_human
from core.casework import stage_of
from core.conversation import Line
from core.notes import RECORD, SUMMARY, is_made, suggested, to_check
from core.papers import without_private
from core.reply import Button, Post

_LINES = 6
_LINE_CHARS = 400
_MISSING = "(missing)"


def packet(
    case: Case,
    why: Handoff,
    lines: Sequence[Line],
    actions: Sequence[Action],
    *,
    triage: str = "",
    due: Sequence[str] = (),
    pending: Sequence[tuple[Approval, Action]] = (),
    can_vouch: bool = False,
    hides_private: bool = True,
) -> Post:
    """The card for the staff's room; accounts and addresses on pictures are hidden there as in the copies."""
    customer = [line for line in lines if line.speaker == "customer" and line.text]
    first, last = (customer[0].text, customer[-1].text) if customer else ("", "")
    facts = [f"- {action.result.summary} — {action.tool}" for action in actions if action.result]
    facts += [f"- {_short(each.evidence)} — looked up for the approval" for each, _ in pending if each.evidence]
    tried = [f"- {action.title}: {action.state}{_receipt(action)}" for action in actions]
    pictures = [f"- {each}" for line in lines for each in (without_private(line) if hides_private else line).findings]
    said = [line for line in lines if line.text and not is_made(line)]
    talk = [f"> **{line.name or line.speaker}:** {_short(line.text)}" for line in said[-_LINES:]]
    draft_, check = suggested(lines), to_check(lines)
    summary = next((line.text for line in reversed(lines) if is_made(line) and line.name == SUMMARY), "")
    record = next((line.text for line in reversed(lines) if is_made(line) and line.name == RECORD), "")
    draft = next((line.text for line in reversed(lines) if line.speaker == "bot" and line.text), "")
    text = "\n".join(
        [
            f"**Case {case.id} {_standing(case)}** (tier {why.tier}): {why.reason or case.reason}",
            f"**Summary:** {summary or _short(first) or _MISSING}",
            *([] if summary else [f"Last word: {_short(last) or _MISSING}"]),
            f"**Wants:** {_short(first) or '(missing: no words of the customer)'}",
            f"**Customer:** {case.customer_id or 'not linked to an account'} on {case.thread.platform}",
            *(_part("On record", [f"- {row}" for row in record.splitlines()], "") if record else []),
            *_part("Facts", facts, "(missing: nothing was looked up)"),
            *_part("Tried", tried, "- nothing was carried out"),
            *_part("Pictures", pictures, "- none"),
            f"**Triage:** {triage or _MISSING}",
            *_part("Last lines", talk, "> (missing)"),
            f"**The bot's last words:** {_short(draft) or _MISSING}",
            *_part("Suggested reply", [f"> {row}" for row in draft_.text.splitlines()] if draft_ else [], _MISSING),
            *(_part("Check before it is sent, no source says so", [check.text], "") if check else []),
            f"**Owner:** {owner_line(case)}",
            *([f"**Due** ({case.priority}): {' · '.join(due)}"] if due else []),
        ]
    )
    return Post(
        text,
        kind="card",
        buttons=buttons(case, has_draft=draft_ is not None, pending=pending, can_vouch=can_vouch),
        footer=f"Case {case.id} · reason {why.reason_code or 'unchanged'}",
    )


def owner_line(case: Case) -> str:
    """Who has it, in words."""
    stage = stage_of(case).replace("_", " ")
    if is_human(case.owner):
        return f"{case.owner_name or case.owner.partition(':')[2]} ({stage})"
    return f"the bot ({stage})" if case.is_with_ai else f"nobody yet, tier {case.tier} ({stage})"


def buttons(
    case: Case,
    *,
    has_draft: bool = False,
    pending: Sequence[tuple[Approval, Action]] = (),
    can_vouch: bool = False,
) -> tuple[Button, ...]:
    """What can be done about it now. `can_vouch`: there are records in which staff may say that somebody stands."""
    vouching = (Button("vouch", case.id, "Vouch"),) if can_vouch and not case.customer_id else ()
    draft = (Button("send_draft", case.id, "Send draft"), Button("edit_send", case.id, "Edit & send"))
    approving = tuple(Button("approve_as", approval.id, f"Approve {_what(action)}…") for approval, action in pending)
    others = (
        *(draft if has_draft else draft[1:]),
        Button("note", case.id, "Note"),
        *approving,
        *vouching,
        Button("hand_back", case.id, "Return to bot"),
    )
    putting_off = (
        Button("reassign", case.id, "Reassign"),
        Button("snooze", case.id, "Snooze"),
        Button("category", case.id, "Category"),
    )
    match stage_of(case):
        case "queued":
            claim = Button("claim", case.id, "Claim", "good")
            return (claim, *others, Button("resolve", case.id, "Resolve"), *putting_off)
        case "scheduled":
            claim = Button("claim", case.id, "Claim", "good")
            return (claim, *others, Button("resolve", case.id, "Resolve"), putting_off[0])
        case "human_active" | "waiting_customer":
            hands = (Button("release", case.id, "Release"), Button("take_over", case.id, "Take over"))
            return (*others, Button("resolve", case.id, "Resolve", "good"), *putting_off, *hands)
        case _:
            return ()


def resolve_question(case: Case) -> Post:
    """The one question that a resolved case puts to its customer."""
    buttons_ = (
        Button("confirm", f"yes:{case.id}", phrases.IS_SOLVED, "good"),
        Button("confirm", f"no:{case.id}", phrases.NOT_SOLVED),
    )
    return Post(phrases.ASK_SOLVED, kind="notice", buttons=buttons_, footer=f"Case {case.id}", marks_solved=True)


def _standing(case: Case) -> str:
    if case.state != "open":
        return f"is {case.state}"
    return f"is with {case.owner_name or 'a person'}" if is_human(case.owner) else "needs a person"


def _part(name: str, rows: Sequence[str], none: str) -> list[str]:
    # Without an empty line, what follows a list or a quotation is read as part of it.
    return [f"**{name}:**", *(rows or [none]), ""]


def _what(action: Action) -> str:
    return str(action.money) if action.money else action.title[:40]


def _receipt(action: Action) -> str:
    return f", receipt {action.receipt_id}" if action.receipt_id else ""


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= _LINE_CHARS else one_line[:_LINE_CHARS].rstrip() + " …"
