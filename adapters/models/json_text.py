"""The JSON value in a model's text, mended where models break it."""

import json
import re
from typing import cast

import json_repair
from pydantic import JsonValue

_FENCE = re.compile(r"```(?:json|tool_call)?\s*\n(.*?)(?:```|\Z)", re.DOTALL)


def json_in(text: str) -> JsonValue:
    """The first JSON object or list in a text: bare, in a code fence, or with words around it.

    Missing brackets, quotes and commas are mended. Raises `ValueError` when there is none.
    """
    try:
        return _json_in(text)
    except RecursionError as error:
        raise ValueError("the JSON in the text is nested without end") from error


def _json_in(text: str) -> JsonValue:
    try:
        whole: JsonValue = json.loads(text)
    except ValueError:
        pass
    else:
        if isinstance(whole, dict | list):
            return whole
    fenced = _FENCE.search(text)
    inner = fenced[1] if fenced else text
    start = inner.find("{") if "{" in inner else inner.find("[")
    if start < 0:
        raise ValueError("there is no JSON in the text")
    try:
        value: JsonValue = json.JSONDecoder().raw_decode(inner, start)[0]
    except ValueError:
        value = cast("JsonValue", json_repair.loads(inner[start:]))
    if isinstance(value, dict | list) and value:
        return value
    raise ValueError("there is no JSON in the text")
