"""Function lists as they are found in the wild: gold calls must pass our conversion and checks, wrong ones not."""

import json
from collections.abc import Iterator
from typing import Any

from core.errors import ToolRefused
from core.parameters import SchemaParameters
from core.schemas import safe_name
from core.tools import Tool, ToolContext, ToolResult
from evals.actions_tally import Tally
from evals.actions_world import Json
from evals.scorecard import Row
from evals.sets import Folders, records

_WRONG: dict[str, Any] = {
    "string": 12345,
    "integer": "twelve",
    "number": "a lot",
    "boolean": "maybe",
    "array": "one, two",
    "object": "a thing",
}


async def schemas(folders: Folders) -> list[Row]:
    """`bfcl_accepted` and `bfcl_refused`."""
    accepted, refused = Tally(), Tally()
    for record in records(folders.find("bfcl_v4", "*.jsonl")):
        functions = {each["name"]: each for each in record["functions"]}
        for name, arguments in gold_calls(record):
            if name not in functions:
                continue
            found = _tool(functions[name])
            accepted.add(_passes(found, arguments), f"{record['id']} {name}")
            for wrong, why in wrong_calls(found, arguments):
                refused.add(not _passes(found, wrong), f"{record['id']} {name}: {why}")
    return [accepted.row("bfcl_accepted"), refused.row("bfcl_refused")]


def gold_calls(record: Json) -> Iterator[tuple[str, Json]]:
    """A call of each function that has to be called, with the first value that is listed for each argument."""
    calls: list[dict[str, Json]] = record.get("ground_truth") or []
    for call in calls:
        for name, allowed in call.items():
            yield name, _given(allowed)


def _given(allowed: Json) -> Json:
    """The first listed value each; an empty text or null in its place stands for an argument left out."""
    given = {name: _first(values) for name, values in allowed.items()}
    return {name: value for name, value in given.items() if value is not None and value != ""}


def _first(allowed: Any) -> Any:
    if not isinstance(allowed, list):
        return allowed
    values: list[Any] = allowed  # pyright: ignore[reportUnknownVariableType] - JSON, known by form only
    return _plain(values[0]) if values else []


def _plain(value: Any) -> Any:
    """Objects hold lists of allowed values again."""
    if isinstance(value, dict):
        return _given(value)  # pyright: ignore[reportUnknownArgumentType] - JSON, known by form only
    if isinstance(value, list):
        entries: list[Any] = value  # pyright: ignore[reportUnknownVariableType] - JSON, known by form only
        return [_plain(each) for each in entries]
    return value


def wrong_calls(found: Tool, arguments: Json) -> Iterator[tuple[Json, str]]:
    """The same call with one thing wrong each: a type, a missing argument, one that nobody knows."""
    schema: Any = found.parameters.schema
    for name, value in arguments.items():
        kind = schema["properties"].get(name, {}).get("type")
        if kind in _WRONG and value != _WRONG[kind]:
            yield {**arguments, name: _WRONG[kind]}, f"{name} of a wrong type"
    for name in schema.get("required", ()):
        if name in arguments:
            yield {key: value for key, value in arguments.items() if key != name}, f"{name} missing"
    yield {**arguments, "made_up_argument": 1}, "an unknown argument"


def _tool(function: Json) -> Tool:
    async def run(context: ToolContext, /, **arguments: Any) -> ToolResult:
        return ToolResult("")

    return Tool(
        name=safe_name(function["name"]),
        description=function.get("description", ""),
        parameters=SchemaParameters.of(function["parameters"]),
        run=run,
        effect="read",
        title=function["name"],
    )


def _passes(found: Tool, arguments: Json) -> bool:
    try:
        return found.parse(json.dumps(arguments)) == arguments
    except ToolRefused:
        return False
