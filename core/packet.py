"""The card a case comes to people with: all that is known, and what is missing shown as missing."""

from collections.abc import Sequence

from core.actions import Action
from core.case import Case, Handoff, is_human
from core.casework import stage_of
from core.conversation import Line
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
) -> Post:
    """The card for the staff's room."""
    customer = [line for line in lines if line.speaker == "customer" and line.text]
    first, last = (customer[0].text, customer[-1].text) if customer else ("", "")
    facts = [f"- {action.result.summary} — {action.tool}" for action in actions if action.result]
    tried = [f"- {action.title}: {action.state}{_receipt(action)}" for action in actions]
    pictures = [f"- {finding}" for line in lines for finding in line.findings]
    talk = [f"> **{line.name or line.speaker}:** {_short(line.text)}" for line in lines[-_LINES:] if line.text]
    draft = next((line.text for line in reversed(lines) if line.speaker == "bot" and line.text), "")
    text = "\n".join(
        [
            f"**Case {case.id} needs a person** (tier {why.tier}): {why.reason or case.reason}",
            f"**Summary:** {_short(first) or _MISSING}",
            f"Last word: {_short(last) or _MISSING}",
            f"**Wants:** {_short(first) or '(missing: no words of the customer)'}",
            f"**Customer:** {case.customer_id or 'not linked to an account'} on {case.thread.platform}",
            *_part("Facts", facts, "(missing: nothing was looked up)"),
            *_part("Tried", tried, "- nothing was carried out"),
            *_part("Pictures", pictures, "- none"),
            f"**Triage:** {triage or _MISSING}",
            *_part("Last lines", talk, "> (missing)"),
            f"**The bot's last words:** {_short(draft) or _MISSING}",
            f"**Owner:** {owner_line(case)}",
            *([f"**Due** ({case.priority}): {' · '.join(due)}"] if due else []),
        ]
    )
    return Post(
        text, kind="card", buttons=buttons(case), footer=f"Case {case.id} · reason {why.reason_code or 'unchanged'}"
    )


def owner_line(case: Case) -> str:
    """Who has it, in words."""
    stage = stage_of(case).replace("_", " ")
    if is_human(case.owner):
        return f"{case.owner_name or case.owner.partition(':')[2]} ({stage})"
    return f"the bot ({stage})" if case.is_with_ai else f"nobody yet, tier {case.tier} ({stage})"


def buttons(case: Case) -> tuple[Button, ...]:
    """What can be done about it now."""
    back = Button("hand_back", case.id, "Return to bot")
    match stage_of(case):
        case "queued" | "scheduled":
            return (Button("claim", case.id, "Claim", "good"), back, Button("resolve", case.id, "Resolve"))
        case "human_active" | "waiting_customer":
            return (
                Button("resolve", case.id, "Resolve", "good"),
                Button("release", case.id, "Release"),
                Button("take_over", case.id, "Take over"),
                back,
            )
        case _:
            return ()


def resolve_question(case: Case) -> Post:
    """The one question that a resolved case puts to its customer."""
    buttons_ = (
        Button("confirm", f"yes:{case.id}", "Yes, it is solved", "good"),
        Button("confirm", f"no:{case.id}", "Not yet"),
    )
    return Post("Is this solved for you?", kind="notice", buttons=buttons_, footer=f"Case {case.id}")


def _part(name: str, rows: Sequence[str], none: str) -> list[str]:
    # Without an empty line, what follows a list or a quotation is read as part of it.
    return [f"**{name}:**", *(rows or [none]), ""]


def _receipt(action: Action) -> str:
    return f", receipt {action.receipt_id}" if action.receipt_id else ""


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= _LINE_CHARS else one_line[:_LINE_CHARS].rstrip() + " …"
