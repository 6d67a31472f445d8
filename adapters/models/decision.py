"""How a small model is asked which function to run, if any: prompt, examples, schema, and what it chose.

Pure values. The prompt is the same for the same functions, so that a prompt cache holds it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pydantic import JsonValue

from core.modelling import JsonObject, PromptMessage, ToolSpec

ANSWER = "answer"
"""What it chooses to run nothing."""

_QUOTE_CHARS = 400
_SAMPLES: tuple[tuple[str, JsonValue], ...] = (
    (r"mail", "kim@example.com"),
    (r"phone", "555 0142"),
    (r"reason|note|comment|why", "it is the wrong colour"),
    (r"when|time|date|day", "tomorrow at 10"),
    (r"subject|summary|title|topic|problem|description", "the app does not start"),
    (r"name|query|customer", "Kim Lee"),
)
_ACTING = frozenset(
    {"initiate", "start", "create", "make", "open", "schedule", "book", "cancel", "change", "update", "set", "reset"}
    | {"send", "refund", "add", "remove", "delete", "escalate", "transfer", "close", "submit", "request"}
)
_ID = re.compile(r"(^|_)(id|number|no|code|mail|email|phone)$")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the model chose. An empty `tool` means: answer."""

    tool: str = ""
    arguments: str = "{}"
    unsaid: tuple[str, ...] = ()
    """Arguments that identify something and that the customer never wrote: the model made them up."""


def decision_messages(
    tools: Sequence[ToolSpec], *, question: str, earlier: Sequence[PromptMessage]
) -> tuple[PromptMessage, ...]:
    """The prompt: functions and examples first, which never change; the customer's words last."""
    lines = [f"{_SPEAKERS.get(each.role, each.role)}: {_cut(each.text)}" for each in earlier if each.text]
    before = ["Earlier:", *lines, "Now:"] if lines else []
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
    listed = "\n".join(f"- {_signature(each)}: {_first_sentence(each.description)}" for each in tools)
    return (
        "You choose what a support agent does with the customer's message. Choose one:\n"
        f"{listed}\n"
        f"- {ANSWER}: reply from knowledge. For questions about rules, for greetings and thanks, "
        "and when a needed number is missing.\n"
        "Choose a function that changes something only if the customer asks for exactly that. "
        "Copy values from the customer's message; never make one up."
    )


def _signature(tool: ToolSpec) -> str:
    return f"{tool.name}({', '.join(_properties(tool))})"


def _properties(tool: ToolSpec) -> Mapping[str, Mapping[str, Any]]:
    return cast("Mapping[str, Mapping[str, Any]]", tool.parameters.get("properties") or {})


def _required(tool: ToolSpec) -> list[str]:
    return cast("list[str]", tool.parameters.get("required") or [])


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s", " ".join(text.split()), maxsplit=1)[0]


def examples_for(tools: Sequence[ToolSpec]) -> list[tuple[str, dict[str, JsonValue]]]:
    """What customers write and what is right, made from the functions themselves.

    Asking about a thing and changing it stand side by side, since confusing the two is the costly mistake
    of small models.
    """
    examples: list[tuple[str, dict[str, JsonValue]]] = []
    for number, tool in enumerate(tools):
        if tool.examples:
            examples += [(said, _choice(tool, arguments)) for said, arguments in tool.examples]
        else:
            examples += [(said, _chosen(tool, number)) for said in _wishes(tool, number)]
        if is_acting(tool) and (key := _id_of(tool)) and (reading := _reader_of(key, tools)):
            value = _sample(key, number, _properties(tool)[key])
            asked = f"Did the {_noun(tool)} for {_spoken(key)} {value} go through yet?"
            examples.append((asked, {"tool": reading.name, "arguments": {key: value}}))
            examples.append((f"How long does a {_noun(tool)} take?", {"tool": ANSWER}))
    examples.append(("Hello, can you help me?", {"tool": ANSWER}))
    examples.append(("What are your opening hours?", {"tool": ANSWER}))
    return examples


def _choice(tool: ToolSpec, arguments: JsonObject | None) -> dict[str, JsonValue]:
    return {"tool": ANSWER} if arguments is None else {"tool": tool.name, "arguments": dict(arguments)}


def _chosen(tool: ToolSpec, number: int) -> dict[str, JsonValue]:
    properties = _properties(tool)
    sample = {name: _sample(name, number, properties[name]) for name in _required(tool) if name in properties}
    return {"tool": tool.name, "arguments": sample}


def _id_of(tool: ToolSpec) -> str:
    return next((name for name in _required(tool) if name.endswith("_id")), "")


def _reader_of(key: str, tools: Sequence[ToolSpec]) -> ToolSpec | None:
    return next((each for each in tools if _required(each) == [key] and not is_acting(each)), None)


def is_acting(tool: ToolSpec) -> bool:
    """Its name says that it changes something."""
    return tool.name.split("_")[0] in _ACTING


def _noun(tool: ToolSpec) -> str:
    return " ".join(tool.name.split("_")[1:]) or tool.name


def _wishes(tool: ToolSpec, number: int) -> list[str]:
    """Sentences that ask for this function: by its name, or by its description said by a customer."""
    sample = cast("Mapping[str, JsonValue]", _chosen(tool, number)["arguments"])
    ids = [f"{_spoken(name)} {value}" for name, value in sample.items() if _ID.search(name)]
    about = f" for {' and '.join(ids)}" if ids else ""
    others = [str(value) for name, value in sample.items() if not _ID.search(name)]
    more = "".join(f" {each[:1].upper()}{each[1:]}." for each in dict.fromkeys(others))
    if is_acting(tool) and "_" in tool.name:
        return [f"I want a {_noun(tool)}{about}.{more}"]
    if key := _id_of(tool):
        return [f"Where is my {_spoken(key)} {sample[key]}?", f"What is the {_noun(tool)} of {sample[key]}?"]
    return [f"Please {_said_by_customer(tool.description)}{about}.{more}"]


def _said_by_customer(description: str) -> str:
    sentence = _first_sentence(description).rstrip(".!?")
    for theirs, mine in (("the customer's own", "my"), ("the customer's", "my"), ("the customer", "me")):
        sentence = sentence.replace(theirs, mine)
    return sentence[:1].lower() + sentence[1:]


def _spoken(name: str) -> str:
    return " ".join(part for part in name.split("_") if part not in ("id", "number", "no")) or "number"


def _sample(name: str, number: int, schema: Mapping[str, Any]) -> JsonValue:
    given = schema.get("examples")
    if isinstance(given, list) and given:
        return cast("JsonValue", given[0])
    if isinstance(choices := schema.get("enum"), list) and choices:
        return cast("JsonValue", choices[0])
    if schema.get("type") in ("integer", "number"):
        return 2
    if schema.get("type") == "boolean":
        return True
    found = next((value for words, value in _SAMPLES if re.search(words, name)), None)
    return found if found is not None else str(40_117 + 1_309 * number)


def decision_schema(tools: Sequence[ToolSpec]) -> JsonObject:
    """One of the functions with its arguments, or the answer."""
    definitions: dict[str, JsonValue] = {}
    forms: list[JsonValue] = []
    for tool in tools:
        parameters = dict(tool.parameters)
        definitions |= cast("dict[str, JsonValue]", parameters.pop("$defs", {}))
        parameters.setdefault("type", "object")
        parameters["additionalProperties"] = False
        forms.append(_form(tool.name, parameters))
    forms.append(_form(ANSWER, None))
    return {"anyOf": forms, **({"$defs": definitions} if definitions else {})}


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
    unsaid = tuple(key for key, value in arguments.items() if _ID.search(key) and not _was_said(value, said))
    return Choice(tool.name, json.dumps(arguments, ensure_ascii=False), unsaid)


def _was_said(value: JsonValue, said: str) -> bool:
    def plain(text: str) -> str:
        return re.sub(r"[\W_]+", "", text).casefold()

    return value is None or (bool(wanted := plain(str(value))) and wanted in plain(said))
