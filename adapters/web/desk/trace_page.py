"""Why it happened: each move, and for each answer the triage, route, sources, tools, models and delivery."""

import json
from collections.abc import Mapping, Sequence
from typing import cast

from markupsafe import Markup
from pydantic import JsonValue

from adapters.web.desk.case_page import cost
from adapters.web.desk.pieces import NOTHING, Times, facts, joined, section, table
from core.casebook import Dossier
from core.modelling import Used
from core.prices import NANOS
from core.turn import TurnTrace

_WORDS: Mapping[str, str] = {
    "triage": "Triage",
    "route": "Route",
    "passages": "Sources",
    "call": "Tool call",
    "result": "Tool result",
    "picture": "Picture looked at",
    "claims_withdrawn": "Held back: no source said it",
    "budget": "Budget reached",
    "model_failed": "The model failed",
    "stopped": "Stopped",
}


def trace_page(told: Dossier, *, times: Times, currency: str) -> Markup:
    """The whole page."""
    tabs = Markup('<ul class="tabs"><li><a href="/desk/cases/{0}">Case</a></li>')
    tabs += Markup('<li><a href="/desk/cases/{0}/trace" aria-current="true">Why it happened</a></li></ul>')
    turns = [_turn(trace, times, currency) for trace in told.traces]
    return joined(
        [
            tabs.format(told.case.id),
            section("Moves", _moves(told, times), name="moves"),
            section(
                f"Answers ({len(turns)})",
                joined(turns) if turns else Markup('<p class="quiet">No turn was begun.</p>'),
                name="turns",
            ),
            section("Deliveries", _deliveries(told, times), name="deliveries"),
            section("Spending", facts([("All of the case", cost(told.bill, currency))]), name="spending"),
        ]
    )


def _moves(told: Dossier, times: Times) -> Markup:
    return table(
        ("When", "What", "By", "To", "Why"),
        (
            (
                times.at(event.at),
                event.what.replace("_", " "),
                event.by,
                event.detail.get("new_owner", NOTHING),
                event.detail.get("reason", "") or NOTHING,
            )
            for event in told.events
            if not event.what.startswith("said:")
        ),
        caption="Changes of owner and decisions, oldest first",
    )


def _turn(trace: TurnTrace, times: Times, currency: str) -> Markup:
    took = f"{(trace.ended_at - trace.began_at).total_seconds():.1f} s" if trace.ended_at else "still running"
    head = facts(
        [
            ("Outcome", trace.outcome or trace.state),
            ("Began", times.at(trace.began_at)),
            ("Took", took),
            ("Attempt", f"{trace.attempt}"),
        ]
    )
    steps = joined(
        Markup("<li><h4>{}</h4>{}</li>").format(_word(kind), _value(_parsed(line))) for kind, line in trace.steps
    )
    return Markup('<article class="turn"><h3>{}</h3>{}<ol class="steps">{}</ol>{}</article>').format(
        trace.id, head, steps, _used(trace.used, currency)
    )


def _used(used: Sequence[Used], currency: str) -> Markup:
    return table(
        ("Model", "Endpoint", "Requests", "Tokens in", "of them cached", "Tokens out", f"Cost ({currency})"),
        (
            (
                each.model,
                each.endpoint or "–",
                each.requests,
                f"{each.input_tokens:,}" + (" (estimate)" if each.is_estimate else ""),
                f"{each.cached_tokens:,}",
                f"{each.output_tokens:,}",
                "not known" if each.nanos is None else f"{each.nanos / NANOS:.4f}",
            )
            for each in used
        ),
        caption="Models asked",
        none="No model was asked.",
    )


def _deliveries(told: Dossier, times: Times) -> Markup:
    return table(
        ("When", "Kind", "To", "State", "Tries", "Why not"),
        (
            (
                times.at(each.at),
                each.delivery.post.kind,
                "customer" if each.delivery.thread == told.case.thread else "team",
                Markup('<span class="tag d-{0}">{0}</span>').format(each.state),
                each.delivery.attempts,
                each.why or NOTHING,
            )
            for each in told.posts
        ),
        caption="What was sent, and whether it arrived",
    )


def _word(kind: str) -> str:
    return _WORDS.get(kind, kind.replace("_", " ").capitalize())


def _parsed(line: str) -> JsonValue:
    try:
        return cast(JsonValue, json.loads(line))
    except json.JSONDecodeError:
        return line


def _value(value: JsonValue) -> Markup:
    """Any JSON as lists of names and values."""
    match value:
        case dict():
            pairs = joined(
                Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(name.replace("_", " "), _value(each))
                for name, each in value.items()
            )
            return Markup('<dl class="facts small">{}</dl>').format(pairs) if value else NOTHING
        case list():
            return Markup("<ul>{}</ul>").format(joined(Markup("<li>{}</li>").format(_value(each)) for each in value))
        case None | "":
            return NOTHING
        case bool():
            return Markup("yes" if value else "no")
        case _:
            return Markup("{}").format(value)
