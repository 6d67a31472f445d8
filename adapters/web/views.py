"""Core values as the JSON that the page draws. Text leaves this room as safe HTML only."""

import json
import re
from datetime import datetime
from typing import Literal

from pydantic import JsonValue

from adapters.web.board import Row
from adapters.web.entry import Entry, Step, Upload
from adapters.web.markdown import blocks
from core.asking import ASKED
from core.case import Case
from core.reply import Button, Citation, FindingMade
from core.turn import TurnTrace

Json = dict[str, JsonValue]

_CASE = re.compile(r"\bcase ([\w-]+)", re.IGNORECASE)
_ON_CASE = ("hand_back", "escalate")


def view_of_row(row: Row, *, side: Literal["customer", "staff"]) -> Json:
    """An entry for a log. Only staff learn which case and turn it belongs to."""
    entry = row.entry
    if entry.is_gone:
        return {"id": entry.id, "gone": True}
    return {
        "id": entry.id,
        "place": row.place,
        "kind": entry.kind,
        "name": entry.name,
        "at": _time(entry.at),
        "open": entry.is_open,
        "status": entry.status,
        "blocks": list(blocks(entry.text, cited=[each.number for each in entry.citations])),
        "files": [
            {"id": each.id, "name": each.name, "size": each.size_bytes, "path": _path(each, side)}
            for each in entry.files
        ],
        "steps": [_step(each) for each in entry.steps],
        "findings": [_finding(each) for each in entry.findings],
        "notices": [{"html": _html(each.text), "kind": each.kind} for each in entry.notices],
        "sources": [_source(each) for each in entry.citations],
        "buttons": [
            {"action": each.action, "value": each.value, "label": each.label, "style": each.style, "asks": _asks(each)}
            for each in entry.buttons
        ],
        "footer": entry.footer,
        "case": case_of(entry) if side == "staff" else "",
        "turn": turn_of(entry),
    }


def _asks(button: Button) -> JsonValue:
    asked = ASKED.get(button.action)
    if asked is None:
        return None
    return {"title": asked.title, "label": asked.label, "optional": asked.is_optional}


def case_of(entry: Entry) -> str:
    """The case an entry is about, as its buttons or its small print name it; empty when nothing does."""
    if named := [each.value for each in entry.buttons if each.action in _ON_CASE and each.value]:
        return named[0]
    found = _CASE.search(entry.footer) or (_CASE.search(entry.text) if entry.kind != "reply" else None)
    return found[1] if found else ""


def turn_of(entry: Entry) -> str:
    """The turn an answer came from, as its feedback buttons name it."""
    return next((each.value.partition(":")[2] for each in entry.buttons if each.action == "feedback"), "")


def view_of_case(case: Case, *, name: str) -> Json:
    """A case for the staff's list."""
    kind, _, rest = case.owner.partition(":")
    return {
        "id": case.id,
        "customer": name or case.customer_id or "not linked",
        "platform": case.thread.platform,
        "owner": kind,
        "detail": rest,
        "reason": case.reason,
        "state": case.state,
    }


def view_of_trace(trace: TurnTrace) -> Json:
    """A turn for the drawer that explains it."""
    return {
        "id": trace.id,
        "case": trace.case_id,
        "state": trace.state,
        "outcome": trace.outcome,
        "attempt": trace.attempt,
        "began": _time(trace.began_at),
        "took_s": (trace.ended_at - trace.began_at).total_seconds() if trace.ended_at else None,
        "steps": [{"kind": kind, "data": _parsed(line)} for kind, line in trace.steps],
        "used": [
            {
                "model": each.model,
                "input": each.input_tokens,
                "output": each.output_tokens,
                "cached": each.cached_tokens,
                "estimate": each.is_estimate,
            }
            for each in trace.used
        ],
    }


def _path(file: Upload, side: Literal["customer", "staff"]) -> str:
    """Where a file of a log is shown: customers name their own, staff whose it is."""
    return f"/api/uploads/{file.id}" if side == "customer" else f"/api/staff/files/{file.channel}/{file.id}"


def _step(step: Step) -> Json:
    return {
        "id": step.call_id,
        "title": step.title,
        "tool": step.tool,
        "arguments": step.arguments,
        "by": step.by,
        "state": step.state,
        "summary": step.summary,
        "receipt": step.receipt_id,
        "approval": step.approval_id,
    }


def _finding(finding: FindingMade) -> Json:
    return {"image": finding.image, "summary": finding.summary, "text_only": finding.is_text_only}


def _source(citation: Citation) -> Json:
    return {
        "number": citation.number,
        "title": citation.title,
        "source": citation.source,
        "quote": _html(citation.quote),
    }


def _html(text: str) -> str:
    return "".join(blocks(text))


def _parsed(line: str) -> JsonValue:
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        return line


def _time(at: datetime) -> str:
    return at.isoformat()
