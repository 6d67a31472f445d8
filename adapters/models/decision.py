"""How a small model is asked which function to run, if any: prompt, examples, schema, and what it chose.

Pure values. The prompt is the same for the same functions, so that a prompt cache holds it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from pydantic import JsonValue

from adapters.models.choice_examples import ANSWER, IDENTIFIES, examples_for, first_sentence, is_acting, properties_of
from core.modelling import JsonObject, PromptMessage, ToolSpec

_QUOTE_CHARS = 400
_UNUSED = frozenset({"minLength", "maxLength", "description", "title", "default", "examples"})


@dataclass(frozen=True, slots=True)
class Choice:
    """What the model chose. An empty `tool` means: answer."""

    tool: str = ""
    arguments: str = "{}"
    unsaid: tuple[str, ...] = ()
    """Arguments that identify something and that the customer never wrote: the model made them up."""


def decision_messages(
    tools: Sequence[ToolSpec], *, question: str, earlier: Sequence[PromptMessage], now: datetime
) -> tuple[PromptMessage, ...]:
    """The prompt: functions and examples first, which never change; the customer's words last."""
    lines = [f"{_SPEAKERS.get(each.role, each.role)}: {_cut(each.text)}" for each in earlier if each.text]
    before = ["Earlier:", *lines, "Now:"] if lines else []
    if any("date-time" in str(each.parameters) for each in tools):
        before.append(f"(It is {now:%A, %Y-%m-%dT%H:%M%z}.)")
    shown = [
        message
        for said, chosen in examples_for(tools)
        for message in (PromptMessage("user", f"Customer: {said}"), PromptMessage("assistant", json.dumps(chosen)))
    ]
    return (
        PromptMessage("system", _stable_part(tools)),
        *shown,
        PromptMessage("user", "\n".join([*before, f"Customer: {_cut(question)}"])),
    )


_SPEAKERS = {"user": "Customer", "assistant": "Agent"}


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _QUOTE_CHARS else f"{flat[:_QUOTE_CHARS]}…"


def _stable_part(tools: Sequence[ToolSpec]) -> str:
    listed = "\n".join(f"- {_signature(each)}: {first_sentence(each.description)}" for each in tools)
    return (
        "You choose what a support agent does with the customer's message. Choose one:\n"
        f"{listed}\n"
        f"- {ANSWER}: reply from knowledge. For questions about rules, for greetings and thanks, "
        "and when a needed number is missing.\n"
        "Choose a function that changes something only if the customer asks for exactly that. "
        "Copy values from the customer's message; never make one up."
    )


def _signature(tool: ToolSpec) -> str:
    return f"{tool.name}({', '.join(properties_of(tool))})"


def decision_schema(tools: Sequence[ToolSpec]) -> JsonObject:
    """One of the functions with its arguments, or the answer."""
    definitions: dict[str, JsonValue] = {}
    forms: list[JsonValue] = []
    for tool in tools:
        parameters = cast("dict[str, JsonValue]", _lean(dict(tool.parameters)))
        definitions |= cast("dict[str, JsonValue]", parameters.pop("$defs", {}))
        parameters.setdefault("type", "object")
        parameters["additionalProperties"] = False
        forms.append(_form(tool.name, parameters))
    forms.append(_form(ANSWER, None))
    return {"anyOf": forms, **({"$defs": definitions} if definitions else {})}


def _lean(schema: JsonValue) -> JsonValue:
    """Without lengths, which blow up a grammar, and without what a grammar does not use."""
    if isinstance(schema, dict):
        return {key: _lean(value) for key, value in schema.items() if key not in _UNUSED or not _is_plain(value)}
    return [_lean(each) for each in schema] if isinstance(schema, list) else schema


def _is_plain(value: JsonValue) -> bool:
    # An argument may be called `description`; then the value is a schema, not a text.
    return not isinstance(value, dict)


def _form(name: str, parameters: dict[str, JsonValue] | None) -> JsonValue:
    properties: dict[str, JsonValue] = {"tool": {"const": name}}
    if parameters is not None:
        properties["arguments"] = parameters
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def choice_in(text: str, tools: Sequence[ToolSpec], *, said: str) -> Choice:
    """What the model chose; anything but a known function means: answer."""
    try:
        chosen: Any = json.loads(text)
    except ValueError:
        return Choice()
    known = cast("dict[str, Any]", chosen) if isinstance(chosen, dict) else {}
    tool = next((each for each in tools if each.name == known.get("tool")), None)
    if tool is None:
        return Choice()
    arguments = cast("dict[str, JsonValue]", known.get("arguments") or {})
    unsaid = tuple(key for key, value in arguments.items() if IDENTIFIES.search(key) and not _was_said(value, said))
    if not unsaid and _copies_an_example(tool, arguments, tools, said):
        return Choice()
    return Choice(tool.name, json.dumps(arguments, ensure_ascii=False), unsaid)


def _copies_an_example(
    tool: ToolSpec, arguments: Mapping[str, JsonValue], tools: Sequence[ToolSpec], said: str
) -> bool:
    """It would act on something for a reason out of the examples: the customer gave none, so asked for nothing."""
    if not is_acting(tool) or not any(IDENTIFIES.search(key) for key in arguments):
        return False
    shown = [chosen.get("arguments") for _, chosen in examples_for(tools) if chosen["tool"] == tool.name]
    return any(
        isinstance(each, dict) and each.get(key) == value and not _was_said(value, said)
        for each in shown
        for key, value in arguments.items()
    )


def _was_said(value: JsonValue, said: str) -> bool:
    def plain(text: str) -> str:
        return re.sub(r"[\W_]+", "", text).casefold()

    return value is None or (bool(wanted := plain(str(value))) and wanted in plain(said))
