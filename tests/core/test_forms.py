"""A form is read out of whatever a model answers, and never raises."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.finding import Comparison, Finding, Form
from core.forms import form_in

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
FILLED = st.dictionaries(st.sampled_from(sorted(Form.model_fields)), JSON, max_size=8)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ('```json\n{"kind": "parcel", "damage": "severe"}\n```', {"kind": "parcel", "damage": "severe"}),
        ('Sure! {"kind": "Receipt", "totals": "1 EUR; 3 EUR"}', {"kind": "document", "totals": ("1 EUR", "3 EUR")}),
        ('{"finding": {"kind": "box", "parcels": "2 boxes"}}', {"kind": "parcel", "parcels": 2}),
        ('{"kind": "parcel", "summary": "A dented box", "conf', {"kind": "parcel", "summary": "A dented box"}),
        ('{"damage": "heavily crushed", "damage_kind": "Crushed", "confidence": "90%"}',
         {"damage_kind": "crush", "confidence": 0.9}),
        ('{"error_codes": 404, "text": ["one", "two"]}', {"error_codes": ("404",), "text": "one\ntwo"}),
        ('{"kind": "dragon", "parcels": -4, "confidence": 7, "summary": "x"}', {"kind": "other", "parcels": None}),
    ],
)  # fmt: skip
def test_what_models_break_is_mended(answer: str, expected: dict[str, object]) -> None:
    form = form_in(answer, Form)
    assert form is not None
    assert {name: getattr(form, name) for name in expected} == expected


@pytest.mark.parametrize("answer", ["", "I cannot see pictures.", "{}", "[]", "{" * 5_000, '{"a": 1}', "null"])
def test_an_answer_that_holds_no_form_gives_none(answer: str) -> None:
    assert form_in(answer, Form) is None


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine draws the first input slowly
@given(FILLED, st.integers(min_value=0, max_value=200))
def test_any_values_in_a_form_give_a_valid_one_or_none(values: dict[str, object], cut: int) -> None:
    text = json.dumps(values)
    for answer in (text, text[: max(0, len(text) - cut)]):
        form = form_in(answer, Form)
        assert form is None or Finding.model_validate(form.model_dump())


@given(st.text(max_size=300))
def test_any_text_at_all_is_survived(text: str) -> None:
    for kind in (Form, Comparison):
        form_in(text, kind)
        form_in("{" + text, kind)
