"""What a tool takes: a pydantic model of a function's own types, or a JSON schema that came from elsewhere."""

import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, get_type_hints

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter, ValidationError, create_model

from core.modelling import JsonObject
from core.schemas import normalised, problems, without_nulls

Arguments = dict[str, JsonValue]

_OBJECT: TypeAdapter[Arguments] = TypeAdapter(Arguments)


class Parameters(Protocol):
    """Checks the arguments of a tool."""

    @property
    def schema(self) -> JsonObject:
        """JSON schema of type object."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """The arguments there are."""
        ...

    def parse(self, text: str) -> Arguments:
        """The arguments of a call, checked. Raises `ValueError` whose text names each wrong argument."""
        ...

    def typed(self, arguments: Arguments) -> dict[str, Any]:
        """Checked arguments as the function takes them."""
        ...


@dataclass(frozen=True, slots=True)
class TypedParameters:
    """Those of a Python function."""

    model: type[BaseModel]

    @property
    def schema(self) -> JsonObject:
        """See `Parameters`."""
        return schema_of(self.model)

    @property
    def names(self) -> tuple[str, ...]:
        """See `Parameters`."""
        return tuple(self.model.model_fields)

    def parse(self, text: str) -> Arguments:
        """See `Parameters`."""
        try:
            return self.model.model_validate_json(text or "{}").model_dump(mode="json")
        except ValidationError as error:
            raise ValueError(explain(error)) from error

    def typed(self, arguments: Arguments) -> dict[str, Any]:
        """See `Parameters`."""
        checked = self.model.model_validate(arguments)
        return {name: getattr(checked, name) for name in self.model.model_fields}


@dataclass(frozen=True, slots=True)
class SchemaParameters:
    """Those that a JSON schema describes; `of` brings its dialect into order first."""

    schema: JsonObject

    @classmethod
    def of(cls, schema: JsonObject) -> "SchemaParameters":
        """From any of the dialects in use."""
        return cls(normalised(schema))

    @property
    def names(self) -> tuple[str, ...]:
        """See `Parameters`."""
        properties = self.schema.get("properties")
        return tuple(properties) if isinstance(properties, dict) else ()

    def parse(self, text: str) -> Arguments:
        """See `Parameters`."""
        try:
            arguments = _OBJECT.validate_json(text or "{}")
        except ValidationError as error:
            raise ValueError("arguments: must be one JSON object") from error
        arguments = without_nulls(self.schema, arguments)
        if found := problems(self.schema, arguments):
            raise ValueError("; ".join(found))
        return arguments

    def typed(self, arguments: Arguments) -> dict[str, Any]:
        """JSON values are what such a tool takes."""
        return dict(arguments)


def of_function(function: Callable[..., Any]) -> TypedParameters:
    """The parameters after the first; unknown arguments are refused."""
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {
        each.name: (hints[each.name], ... if each.default is inspect.Parameter.empty else each.default)
        for each in list(inspect.signature(function).parameters.values())[1:]
    }
    name = f"{getattr(function, '__name__', 'tool')}_arguments"
    config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    return TypedParameters(create_model(name, __config__=config, **fields))


def explain(error: ValidationError) -> str:
    """One line a problem, naming the argument."""
    return "; ".join(
        f"{'.'.join(str(part) for part in problem['loc']) or 'arguments'}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_input=False)
    )


def schema_of(model: type[BaseModel]) -> JsonObject:
    """The JSON schema of an arguments model, without the titles that only cost tokens."""

    def plain(node: JsonValue) -> JsonValue:
        if isinstance(node, dict):
            return {key: plain(value) for key, value in node.items() if key != "title" or not isinstance(value, str)}
        if isinstance(node, list):
            return [plain(item) for item in node]
        return node

    return {key: plain(value) for key, value in model.model_json_schema().items() if key != "title"}


def as_text(value: JsonValue) -> str:
    """An argument as people read it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
