"""A back end in memory, as a data set describes it: its rows, its functions, and what changed."""

import ast
import copy
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]


class World:
    """One customer's view of a back end. Functions are methods of the names that the data's tool list has."""

    writes: frozenset[str] = frozenset()
    """Functions that change something."""

    def __init__(self, rows: Json, user_rows: Json | None = None) -> None:
        self.rows = rows
        self.user_rows = user_rows

    def prepare(self, task: Json) -> None:
        """Bring it into a task's initial state."""
        state: Json = task.get("initial_state") or {}
        steps: list[Json] = state.get("initialization_actions") or []
        for step in steps:
            self.function(step["func_name"], step.get("env_type", ""))(**step["arguments"])
            self.settle()

    def function(self, name: str, requestor: str) -> Callable[..., Any]:
        """What a tool's name stands for. Raises `LookupError` when there is none."""
        found = getattr(self, name, None)
        if found is None or name.startswith("_"):
            raise LookupError(name)
        return found

    def call(self, name: str, requestor: str, arguments: Json) -> tuple[str, bool]:
        """The output as text, and whether it is an error."""
        try:
            result = self.function(name, requestor)(**copy.deepcopy(arguments))
            self.settle()
        except (ValueError, KeyError, TypeError, ArithmeticError) as error:
            return f"Error: {error}", True
        return (result if isinstance(result, str) else json.dumps(result)), False

    def settle(self) -> None:
        """What follows by itself from a change."""

    def snapshot(self) -> Json:
        """All rows as they are now."""
        return copy.deepcopy({"db": self.rows, "user_db": self.user_rows})

    def calculate(self, expression: str) -> str:
        """The four operations."""
        if not set(expression) <= set("0123456789+-*/(). "):
            raise ValueError("Invalid characters in expression")
        return str(round(float(_value(ast.parse(expression, mode="eval").body)), 2))

    def transfer_to_human_agents(self, summary: str) -> str:
        """The case leaves the bot."""
        return "Transfer successful"


def _value(node: ast.AST) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.UnaryOp(ast.USub(), operand):
            return -_value(operand)
        case ast.BinOp(left, ast.Add(), right):
            return _value(left) + _value(right)
        case ast.BinOp(left, ast.Sub(), right):
            return _value(left) - _value(right)
        case ast.BinOp(left, ast.Mult(), right):
            return _value(left) * _value(right)
        case ast.BinOp(left, ast.Div(), right):
            return _value(left) / _value(right)
        case _:
            raise ValueError("Invalid expression")


def digest(rows: Json | None) -> str | None:
    """The hash that the data sets give of a state."""
    if rows is None:
        return None
    return hashlib.sha256(json.dumps(rows, sort_keys=True, default=str).encode()).hexdigest()


def changed(before: Any, after: Any, path: str = "") -> Iterator[tuple[str, str, Any]]:
    """What changed, as `(operation, path, value)`: objects are compared by member, anything else as a whole."""
    if isinstance(before, dict) and isinstance(after, dict):
        old: Json = before  # pyright: ignore[reportUnknownVariableType] - JSON, known by form only
        new: Json = after  # pyright: ignore[reportUnknownVariableType] - JSON, known by form only
        for key in sorted({*old, *new}):
            if key not in new:
                yield ("remove", f"{path}/{key}", None)
            elif key not in old:
                yield ("set", f"{path}/{key}", new[key])
            else:
                yield from changed(old[key], new[key], f"{path}/{key}")
    elif before != after:
        yield ("set", path, after)


def expected(diff: list[Json] | None) -> list[tuple[str, str, Any]]:
    """A data set's own list of changes in the same form."""
    return sorted(((each["op"], each["path"], each.get("value")) for each in diff or []), key=lambda one: one[:2])


def same(left: str, right: str) -> bool:
    """Two outputs say the same: as JSON where they are JSON, else as text."""
    return _loaded(left) == _loaded(right)


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
