"""Reading a form out of whatever a model answers: mended where it can be, field by field, never an error."""

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar, get_args, get_origin

import json_repair
from pydantic import BaseModel, JsonValue
from pydantic.fields import FieldInfo

from core.finding import MOST_ITEM_CHARS, MOST_ITEMS

F = TypeVar("F", bound=BaseModel)

_SYNONYMS = {
    "receipt": "document", "invoice": "document", "label": "document", "letter": "document", "box": "parcel",
    "package": "parcel", "item": "product", "screen": "screenshot", "photo": "other", "no": "none", "undamaged": "none",
    "false": "none", "low": "minor", "light": "minor", "slight": "minor", "moderate": "minor", "medium": "minor",
    "high": "severe", "heavy": "severe", "major": "severe", "total": "severe", "dented": "dent", "crushed": "crush",
    "torn": "tear", "water": "wet", "cracked": "crack", "scratched": "scratch", "shattered": "broken",
}  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def form_in(answer: str, form: type[F]) -> F | None:
    """The form that an answer holds; None when it holds nothing that was asked for."""
    found = _object_in(answer)
    if found is None:
        return None
    known: dict[str, Any] = {}
    for name, field in form.model_fields.items():
        value = _fitting(found.get(name), field)
        if value is not None:
            known[name] = value
    return form.model_validate(known) if known else None


def _object_in(answer: str) -> Mapping[str, JsonValue] | None:
    start = answer.find("{")
    if start < 0:
        return None
    try:
        value: JsonValue = json.JSONDecoder().raw_decode(answer, start)[0]
    except (ValueError, RecursionError):
        try:
            value = json_repair.loads(answer[start : start + 60_000])  # type: ignore[assignment]
        except (ValueError, RecursionError):
            return None
    while isinstance(value, dict) and len(value) == 1 and isinstance(inner := next(iter(value.values())), dict):
        value = inner  # some models wrap the form in its own name
    return value if isinstance(value, dict) else None


def _fitting(value: JsonValue, field: FieldInfo) -> Any:
    """The value as the field takes it; None where it says nothing."""
    wanted: Any = field.annotation
    if value is None or isinstance(value, dict):
        return None
    if get_origin(wanted) is tuple:
        item = get_args(wanted)[0]
        items = [_number(each) if item is int else _text(each, MOST_ITEM_CHARS) for each in _items(value)]
        return tuple(each for each in items if each not in (None, ""))[:MOST_ITEMS] or None
    if choices := [each for each in get_args(wanted) if isinstance(each, str)]:
        return _choice(_text(value, 80), choices)
    numeric = next((each for each in (*get_args(wanted), wanted) if each in (int, float)), None)
    if numeric is not None:
        return _bounded(_decimal(value), field, whole=numeric is int)
    limit = next((meta.max_length for meta in field.metadata if hasattr(meta, "max_length")), MOST_ITEM_CHARS)
    return _text("\n".join(map(str, value)) if isinstance(value, list) else value, limit) or None


def _items(value: JsonValue) -> list[JsonValue]:
    if isinstance(value, list):
        return value[: 4 * MOST_ITEMS]
    return [*re.split(r"[,;\n]", value)] if isinstance(value, str) else [value]


def _text(value: JsonValue, limit_chars: int) -> str:
    if isinstance(value, bool | list | dict) or value is None:
        return "" if not isinstance(value, bool) else str(value).lower()
    return _CONTROL.sub("", str(value)).strip()[:limit_chars]


def _choice(text: str, choices: list[str]) -> str | None:
    plain = re.sub(r"[\s-]+", "_", text.casefold())
    if plain in choices:
        return plain
    return next((each for word in plain.split("_") if (each := _SYNONYMS.get(word, word)) in choices), None)


def _number(value: JsonValue) -> int | None:
    number = _decimal(value)
    return None if number is None else int(number)


def _decimal(value: JsonValue) -> float | None:
    found = re.search(r"-?\d{1,9}(?:\.\d{1,9})?", str(value)) if not isinstance(value, bool) else None
    if found is None:
        return None
    return float(found.group()) / (100 if isinstance(value, str) and "%" in value else 1)


def _bounded(number: float | None, field: FieldInfo, *, whole: bool) -> int | float | None:
    if number is None:
        return None
    low = next((meta.ge for meta in field.metadata if hasattr(meta, "ge")), number)
    high = next((meta.le for meta in field.metadata if hasattr(meta, "le")), number)
    if not low <= number <= high:
        return None
    return int(number) if whole else number
