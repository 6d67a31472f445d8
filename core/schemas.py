"""JSON schemas of tools that were written elsewhere: into one dialect, and arguments checked against them.

Knows the part of JSON schema that describes arguments, and the spellings of it that function lists use in the wild.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeGuard

from pydantic import JsonValue

from core.modelling import JsonObject

_TYPES = {
    "dict": "object", "map": "object", "hashmap": "object", "float": "number", "double": "number",
    "long": "integer", "int": "integer", "byte": "integer", "short": "integer", "str": "string", "char": "string",
    "bool": "boolean", "list": "array", "tuple": "array", "arraylist": "array", "set": "array", "none": "null",
}  # fmt: skip
"""Spellings of other languages to JSON schema's."""
_PLAIN = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})
_WORDS = {
    "object": "an object",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}
_MOST_DEEP = 40
"""References that go round in circles end here."""

Schema = Mapping[str, Any]


def normalised(schema: Schema) -> JsonObject:
    """The same schema in JSON schema's own words, of type object, without titles."""
    plain = _normal(schema)
    plain["type"] = "object"
    plain.setdefault("properties", {})
    return plain


def _normal(schema: Schema) -> dict[str, Any]:
    """Every key in its right form; one in another form is left out."""
    named = ((key, _form(key, value)) for key, value in schema.items() if key not in ("title", "optional"))
    return {key: value for key, value in named if value is not _LEFT_OUT}


_LEFT_OUT = object()
_OF_SCHEMAS = frozenset(("properties", "$defs", "definitions"))
_LISTS_OF_SCHEMAS = frozenset(("anyOf", "oneOf", "allOf", "prefixItems"))
_NUMBERS = frozenset(("minItems", "maxItems", "minLength", "maxLength", "minimum", "maximum"))


def _form(key: str, value: Any) -> Any:
    match key:
        case "type":
            return _type(value) or _LEFT_OUT
        case "items" | "additionalProperties":
            return _normal_or_any(value)
        case "required":
            return _strings(value)
        case "pattern":
            return value if _is_pattern(value) else _LEFT_OUT
        case _ if key in _OF_SCHEMAS:
            return {name: _normal_or_any(each) for name, each in _items(value)} if _is_mapping(value) else _LEFT_OUT
        case _ if key in _LISTS_OF_SCHEMAS:
            return [_normal_or_any(each) for each in value] if _is_list(value) else _LEFT_OUT
        case _:
            return value if key not in _NUMBERS or _IS["number"](value) else _LEFT_OUT


def _is_pattern(value: object) -> bool:
    try:
        re.compile(str(value))
    except re.error:
        return False
    return True


def _normal_or_any(value: object) -> Any:
    return _normal(dict(_items(value))) if _is_mapping(value) else value


def _items(value: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    return ((str(key), each) for key, each in value.items())


def _is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)


def _type(value: object) -> str | list[str] | None:
    """None where anything goes."""
    if _is_list(value):
        known = [each for item in value if isinstance(each := _type(item), str)]
        return known or None
    name = str(value).lower()
    name = _TYPES.get(name, name)
    return name if name in _PLAIN else None


def safe_name(name: str) -> str:
    """A function name that every endpoint takes: letters, digits, `_` and `-`, at most 64."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_")[:64] or "tool"


def without_nulls(schema: JsonObject, arguments: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Models write null where they leave an optional argument out; so it is taken as left out."""
    required = _strings(schema.get("required"))
    properties = schema.get("properties")
    known: Mapping[str, Any] = properties if isinstance(properties, dict) else {}
    return {
        name: value
        for name, value in arguments.items()
        if value is not None or name in required or not list(_check(known.get(name, {}), None, name, schema, 0))
    }


def problems(schema: JsonObject, arguments: dict[str, JsonValue]) -> list[str]:
    """What is wrong with a call's arguments, one line an argument; unknown ones are wrong unless invited."""
    found = list(_check({"additionalProperties": False, **schema}, arguments, "", schema, 0))
    return list(dict.fromkeys(found))


def _check(schema: Any, value: JsonValue, path: str, root: Schema, depth: int) -> Iterator[str]:
    if not _is_mapping(schema) or depth > _MOST_DEEP:
        if schema is False:
            yield f"{path}: not known"
        return
    node: Schema = dict(_items(schema))
    if "$ref" in node:
        yield from _check(_resolve(str(node["$ref"]), root), value, path, root, depth + 1)
        return
    if (wrong := _wrong_type(node, value)) is not None:
        yield f"{path or 'arguments'}: must be {wrong}"
        return
    yield from _choice(node, value, path)
    yield from _combined(node, value, path, root, depth)
    if isinstance(value, dict):
        yield from _members(node, value, path, root, depth)
    elif _is_list(value):
        yield from _elements(node, value, path, root, depth)
    else:
        yield from _bounds(node, value, path)


def _resolve(reference: str, root: Schema) -> Any:
    """A reference within the same schema; others allow anything, since nothing is fetched for a check."""
    found: Any = root
    for part in reference.removeprefix("#").split("/")[1:]:
        if not _is_mapping(found):
            return {}
        found = dict(_items(found)).get(part.replace("~1", "/").replace("~0", "~"), {})
    return found


_IS: dict[str, Callable[[JsonValue], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: _is_whole(value),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}


def _is_whole(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer()


def _wrong_type(node: Schema, value: JsonValue) -> str | None:
    """What it should have been; None when the type fits."""
    wanted = node.get("type")
    names = _strings(wanted) if _is_list(wanted) else [wanted] if isinstance(wanted, str) else []
    if not names or any(_IS[name](value) for name in names if name in _IS):
        return None
    if value is None and node.get("nullable") is True:
        return None
    return " or ".join(_WORDS.get(name, name) for name in names)


def _strings(value: object) -> list[str]:
    return [str(each) for each in value] if _is_list(value) else []


def _choice(node: Schema, value: JsonValue, path: str) -> Iterator[str]:
    allowed = node.get("enum")
    if _is_list(allowed) and value not in allowed and not ("default" in node and value == node["default"]):
        yield f"{path}: must be one of {', '.join(map(str, allowed))}"
    if "const" in node and value != node["const"]:
        yield f"{path}: must be {node['const']}"


def _combined(node: Schema, value: JsonValue, path: str, root: Schema, depth: int) -> Iterator[str]:
    for each in node.get("allOf", ()):
        yield from _check(each, value, path, root, depth + 1)
    for key in ("anyOf", "oneOf"):
        options: Sequence[Any] = node.get(key, ())
        results = [list(_check(each, value, path, root, depth + 1)) for each in options]
        if results and all(results):
            yield min(results, key=len)[0]


def _members(node: Schema, value: dict[str, JsonValue], path: str, root: Schema, depth: int) -> Iterator[str]:
    known: dict[str, Any] = node.get("properties") or {}
    for name in _strings(node.get("required")):
        if name not in value:
            yield f"{_join(path, name)}: is missing"
    for name, each in value.items():
        inner: Any = known.get(name, node.get("additionalProperties", True))
        yield from _check(inner, each, _join(path, name), root, depth + 1)


def _elements(node: Schema, value: list[JsonValue], path: str, root: Schema, depth: int) -> Iterator[str]:
    first: Sequence[Any] = node.get("prefixItems", ())
    for n, each in enumerate(value):
        inner = first[n] if n < len(first) else node.get("items", True)
        yield from _check(inner, each, f"{path}[{n}]", root, depth + 1)
    if len(value) < node.get("minItems", 0):
        yield f"{path}: needs at least {node['minItems']} entries"
    if "maxItems" in node and len(value) > node["maxItems"]:
        yield f"{path}: has room for {node['maxItems']} entries"


def _bounds(node: Schema, value: JsonValue, path: str) -> Iterator[str]:
    if isinstance(value, str):
        size, low, high = len(value), node.get("minLength"), node.get("maxLength")
        pattern = node.get("pattern")
        if isinstance(pattern, str) and not re.search(pattern, value):
            yield f"{path}: must look like {pattern}"
    elif isinstance(value, int | float) and not isinstance(value, bool):
        size, low, high = value, node.get("minimum"), node.get("maximum")
    else:
        return
    if isinstance(low, int | float) and size < low:
        yield f"{path}: must be at least {low}"
    if isinstance(high, int | float) and size > high:
        yield f"{path}: must be at most {high}"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
