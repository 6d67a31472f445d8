"""Schemas that come from elsewhere, in whatever dialect."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from core.parameters import SchemaParameters
from core.schemas import normalised, problems, safe_name

BOOKING = SchemaParameters.of(
    {
        "type": "dict",
        "properties": {
            "nights": {"type": "integer", "minimum": 1},
            "price": {"type": "float"},
            "room": {"type": "string", "enum": ["single", "double"]},
            "guests": {"type": "tuple", "items": {"$ref": "#/$defs/Guest"}, "maxItems": 2},
            "late": {"type": "Boolean"},
            "extra": {"type": "any"},
            "code": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
        "required": ["nights"],
        "$defs": {"Guest": {"type": "object", "properties": {"name": {"type": "str"}}, "required": ["name"]}},
    }
)


@pytest.mark.parametrize(
    "arguments",
    [
        {"nights": 2},
        {"nights": 2.0, "price": 3, "late": False, "room": "single"},
        {"nights": 1, "guests": [{"name": "Ada"}], "extra": [1, {"a": None}]},
        {"nights": 1, "code": None, "room": None},
    ],
)
def test_fitting_arguments_pass(arguments: dict[str, JsonValue]) -> None:
    assert BOOKING.parse(json.dumps(arguments))["nights"] == arguments["nights"]


WRONG: list[tuple[dict[str, JsonValue], str]] = [
    ({}, "nights: is missing"),
    ({"nights": "2"}, "nights: must be a whole number"),
    ({"nights": True}, "nights: must be a whole number"),
    ({"nights": 1.5}, "nights: must be a whole number"),
    ({"nights": 0}, "nights: must be at least 1"),
    ({"nights": 1, "price": "3"}, "price: must be a number"),
    ({"nights": 1, "room": "suite"}, "room: must be one of single, double"),
    ({"nights": 1, "guests": [{}]}, "guests[0].name: is missing"),
    ({"nights": 1, "guests": [{"name": 1}]}, "guests[0].name: must be text"),
    ({"nights": 1, "guests": [{"name": "a"}, {"name": "b"}, {"name": "c"}]}, "guests: has room for 2 entries"),
    ({"nights": 1, "late": "yes"}, "late: must be true or false"),
    ({"nights": 1, "code": 4}, "code: must be text"),
    ({"nights": 1, "admin": True}, "admin: not known"),
]


@pytest.mark.parametrize(("arguments", "why"), WRONG)
def test_wrong_arguments_are_named(arguments: dict[str, JsonValue], why: str) -> None:
    with pytest.raises(ValueError, match="^" + why.replace("[", r"\[").replace(".", r"\.")):
        BOOKING.parse(json.dumps(arguments))


@pytest.mark.parametrize("text", ["{", "[]", "5", '"x"'])
def test_what_is_no_object_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="one JSON object"):
        BOOKING.parse(text)


def test_a_schema_that_goes_round_in_circles_ends() -> None:
    schema = normalised({"properties": {"a": {"$ref": "#/properties/a"}}})
    assert problems(schema, {"a": 1}) == []


@given(st.text())
def test_a_function_name_always_becomes_one_that_endpoints_take(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= 64
    assert all(char.isascii() and (char.isalnum() or char in "_-") for char in safe)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(
    st.dictionaries(st.sampled_from(["type", "properties", "items", "anyOf", "required", "enum", "x"]), VALUES), VALUES
)
def test_no_schema_and_no_value_breaks_the_check(schema: dict[str, JsonValue], value: JsonValue) -> None:
    assert isinstance(problems(normalised(schema), {"a": value}), list)
