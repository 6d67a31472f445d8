"""A tool: a typed function that the agent may call, and what code demands before it runs.

A tool is written as an async function whose first parameter is the `ToolContext`; the others become
the JSON schema the model sees. The docstring is its description.
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_type_hints

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError, create_model

from core.errors import ToolRefused
from core.modelling import JsonObject, ToolSpec
from core.principal import Principal

Effect = Literal["read", "write", "money"]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool found or did."""

    summary: str
    """One or two true sentences for the customer."""
    data: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """What the model may see."""
    reference: str = ""
    """The back end's own id of what was done; shown on the receipt."""


@dataclass(frozen=True, slots=True)
class ToolContext:
    """On whose behalf a tool runs, and with what."""

    principal: Principal
    case_id: str
    turn_id: str
    key: str
    """The same for every attempt at the same effect: hand it to the back end as its idempotency key."""
    data_folder: Path
    """Where a tool may keep files of its own."""
    facts: dict[str, ToolResult]
    """Results of the tools this one declared in `needs`, by name."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount that would move."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount:.2f} {self.currency}"


ToolFunction = Callable[..., Awaitable[ToolResult]]
Arguments = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Tool:
    """A function with all that code demands before it may run."""

    name: str
    description: str
    arguments: type[BaseModel]
    run: ToolFunction
    effect: Effect
    title: str
    """For people, with argument names in braces: `Looking up order #{order_id}`."""
    is_about_customer: bool
    """It touches the linked customer's own data, so without a link it is refused."""
    said: tuple[str, ...]
    """Arguments whose value must occur in what the customer wrote: models like to invent them."""
    asked_with: tuple[str, ...]
    """Word stems, one of which the customer must have used before this may run; empty: no demand."""
    needs: tuple[str, ...]
    """Reading tools that the runtime runs first, by itself, with the arguments of the same name."""
    acts_on: tuple[str, ...]
    """Arguments that name what it acts on. The same tool on the same thing happens once."""
    amount: Callable[[Arguments, dict[str, ToolResult]], Money] | None
    """The money it would move, from its arguments and the facts of `needs`."""
    look_up: ToolFunction | None
    """Finds out what became of an earlier attempt: a result when it was done, raises `LookupError` if not."""
    hands_over: bool
    """Calling it passes the case to people, once this turn has ended."""
    time_limit_s: float
    examples: tuple[tuple[str, JsonObject | None], ...] = ()
    """What a customer says and the arguments that follow; None: sounds near, but is not for this tool."""

    @property
    def spec(self) -> ToolSpec:
        """The tool as the model sees it."""
        return ToolSpec(self.name, self.description, schema_of(self.arguments), self.examples)

    def parse(self, arguments: str) -> Arguments:
        """The arguments, checked. Raises `ToolRefused`, worded so that the model can correct itself."""
        try:
            return self.arguments.model_validate_json(arguments or "{}").model_dump(mode="json")
        except ValidationError as error:
            raise ToolRefused(explain(self.name, error), say="") from error

    def typed(self, arguments: Arguments) -> dict[str, Any]:
        """Checked arguments as the function's own types."""
        checked = self.arguments.model_validate(arguments)
        return {name: getattr(checked, name) for name in self.arguments.model_fields}

    def title_for(self, arguments: Arguments) -> str:
        """The title with its arguments filled in."""
        try:
            return self.title.format(**{name: str(value).lstrip("#") for name, value in arguments.items()})
        except (KeyError, IndexError):
            return self.title


def explain(name: str, error: ValidationError) -> str:
    """One line a problem, naming the argument."""
    problems = "; ".join(
        f"{'.'.join(str(part) for part in problem['loc']) or 'arguments'}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_input=False)
    )
    return f"{name} was not called. {problems}. Correct the arguments, or ask the customer."


def schema_of(model: type[BaseModel]) -> JsonObject:
    """The JSON schema of an arguments model, without the titles that only cost tokens."""

    def plain(node: JsonValue) -> JsonValue:
        if isinstance(node, dict):
            return {key: plain(value) for key, value in node.items() if key != "title" or not isinstance(value, str)}
        if isinstance(node, list):
            return [plain(item) for item in node]
        return node

    return {key: plain(value) for key, value in model.model_json_schema().items() if key != "title"}


def tool(
    *,
    title: str,
    effect: Effect = "read",
    is_about_customer: bool = True,
    said: tuple[str, ...] = (),
    asked_with: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
    acts_on: tuple[str, ...] = (),
    amount: Callable[[Arguments, dict[str, ToolResult]], Money] | None = None,
    look_up: ToolFunction | None = None,
    hands_over: bool = False,
    time_limit_s: float = 20.0,
    examples: tuple[tuple[str, JsonObject | None], ...] = (),
) -> Callable[[ToolFunction], Tool]:
    """Declare a function as a tool. The meaning of each option stands at `Tool`."""

    def declare(function: ToolFunction) -> Tool:
        return Tool(
            name=getattr(function, "__name__", ""),
            description=inspect.getdoc(function) or "",
            arguments=arguments_model(function),
            run=function,
            effect=effect,
            title=title,
            is_about_customer=is_about_customer,
            said=said,
            asked_with=asked_with,
            needs=needs,
            acts_on=acts_on,
            amount=amount,
            look_up=look_up,
            hands_over=hands_over,
            time_limit_s=time_limit_s,
            examples=examples,
        )

    return declare


def arguments_model(function: ToolFunction) -> type[BaseModel]:
    """A pydantic model of a tool function's parameters after the first; unknown ones are refused."""
    hints = get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    fields: dict[str, Any] = {
        each.name: (
            hints[each.name],
            ... if each.default is inspect.Parameter.empty else each.default,
        )
        for each in parameters
    }
    name = f"{getattr(function, '__name__', 'tool')}_arguments"
    return create_model(name, __config__=ConfigDict(extra="forbid", str_strip_whitespace=True), **fields)
