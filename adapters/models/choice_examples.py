"""Examples for a small model, made from the functions themselves: what customers write, and what is right.

Pure values.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from pydantic import JsonValue

from core.modelling import JsonObject, ToolSpec

ANSWER = "answer"
"""What a model chooses to run nothing."""
IDENTIFIES = re.compile(r"(^|_)(id|number|no|code|mail|email|phone)$")
"""Names of arguments whose values nobody may make up."""

_SAMPLES: tuple[tuple[str, JsonValue], ...] = (
    (r"mail", "kim@example.com"),
    (r"phone", "555 0142"),
    (r"reason|note|comment|why", "it is the wrong colour"),
    (r"when|time|date|day", "tomorrow at 10"),
    (r"subject|summary|title|topic|problem|description", "the app does not start"),
    (r"name|query|customer", "Kim Lee"),
)
_FORMATS = {"date-time": "2026-03-02T10:00:00+01:00", "date": "2026-03-02", "email": "kim@example.com"}
_ACTING = frozenset(
    {"initiate", "start", "create", "make", "open", "schedule", "book", "cancel", "change", "update", "set", "reset"}
    | {"send", "refund", "add", "remove", "delete", "escalate", "transfer", "close", "submit", "request"}
)


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
            value = _sample(key, number, properties_of(tool)[key])
            asked = f"Did the {_noun(tool)} for {_spoken(key)} {value} go through yet?"
            examples.append((asked, {"tool": reading.name, "arguments": {key: value}}))
            examples.append((f"How long does a {_noun(tool)} take?", {"tool": ANSWER}))
    examples.append(("Hello, can you help me?", {"tool": ANSWER}))
    examples.append(("What are your opening hours?", {"tool": ANSWER}))
    return examples


def _choice(tool: ToolSpec, arguments: JsonObject | None) -> dict[str, JsonValue]:
    return {"tool": ANSWER} if arguments is None else {"tool": tool.name, "arguments": dict(arguments)}


def _chosen(tool: ToolSpec, number: int) -> dict[str, JsonValue]:
    properties = properties_of(tool)
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
    ids = [f"{_spoken(name)} {value}" for name, value in sample.items() if IDENTIFIES.search(name)]
    about = f" for {' and '.join(ids)}" if ids else ""
    others = [str(value) for name, value in sample.items() if not IDENTIFIES.search(name)]
    more = "".join(f" {each[:1].upper()}{each[1:]}." for each in dict.fromkeys(others))
    if is_acting(tool) and "_" in tool.name:
        return [f"I want a {_noun(tool)}{about}.{more}"]
    if key := _id_of(tool):
        return [f"Where is my {_spoken(key)} {sample[key]}?", f"What is the {_noun(tool)} of {sample[key]}?"]
    return [f"Please {_said_by_customer(tool.description)}{about}.{more}"]


def _said_by_customer(description: str) -> str:
    sentence = first_sentence(description).rstrip(".!?")
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
    if formatted := _FORMATS.get(str(schema.get("format"))):
        return formatted
    if schema.get("type") in ("integer", "number"):
        return 2
    if schema.get("type") == "boolean":
        return True
    found = next((value for words, value in _SAMPLES if re.search(words, name)), None)
    return found if found is not None else str(40_117 + 1_309 * number)


def properties_of(tool: ToolSpec) -> Mapping[str, Mapping[str, Any]]:
    """The schema of each argument, by name."""
    return cast("Mapping[str, Mapping[str, Any]]", tool.parameters.get("properties") or {})


def _required(tool: ToolSpec) -> list[str]:
    return cast("list[str]", tool.parameters.get("required") or [])


def first_sentence(text: str) -> str:
    """The first sentence of a description."""
    return re.split(r"(?<=[.!?])\s", " ".join(text.split()), maxsplit=1)[0]
