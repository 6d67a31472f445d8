"""The pure parts: events out of bytes, thoughts and calls out of text, JSON out of prose."""

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.models.json_text import json_in
from adapters.models.prompted_calls import CallGate, calls_in
from adapters.models.sse import EventBuffer
from adapters.models.thinking import ThoughtFilter

NAMES = {"look_up", "refund"}


def pieces_of(text: str, cuts: Sequence[int]) -> list[str]:
    """`text`, cut at these places."""
    places = sorted({min(cut, len(text)) for cut in cuts})
    return [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]


CUTS = st.lists(st.integers(min_value=0, max_value=200), max_size=12)


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3), max_size=6), CUTS)
def test_events_are_the_same_wherever_the_bytes_break(payloads: list[dict[str, str]], cuts: list[int]) -> None:
    whole = "".join(f": hi\n\nevent: x\ndata: {json.dumps(each)}\r\n\r\n" for each in payloads)
    buffer = EventBuffer()
    ready = [data for piece in pieces_of(whole, cuts) for data in buffer.feed(piece.encode())] + buffer.end()
    assert [json.loads(each) for each in ready] == payloads


def test_data_over_several_lines_is_one_event() -> None:
    assert EventBuffer().feed(b'data: {"a":\ndata: 1}\n\n') == [b'{"a":\n1}']


def test_events_without_a_blank_line_between_them_are_told_apart() -> None:
    buffer = EventBuffer()
    ready = buffer.feed(b'data: {"a": 1}\ndata: {"a": 2}\ndata: [DONE]\n')
    assert ready + buffer.end() == [b'{"a": 1}', b'{"a": 2}', b"[DONE]"]


@given(st.text(), CUTS)
def test_an_answer_without_thoughts_loses_nothing(text: str, cuts: list[int]) -> None:
    if text.lstrip().startswith("<think>"):
        return
    thoughts = ThoughtFilter()
    assert "".join(thoughts.feed(piece) for piece in pieces_of(text, cuts)) + thoughts.end() == text


@given(st.text().filter(lambda text: "</think>" not in text), CUTS)
def test_thoughts_are_dropped_wherever_they_break(thought: str, cuts: list[int]) -> None:
    thoughts = ThoughtFilter()
    whole = f"\n<think>{thought}</think>\n\nThe answer."
    assert "".join(thoughts.feed(piece) for piece in pieces_of(whole, cuts)) + thoughts.end() == "The answer."


@given(st.text(alphabet="ab \n`{<tol_ca>}"), CUTS)
def test_text_without_calls_loses_nothing(text: str, cuts: list[int]) -> None:
    gate = CallGate()
    shown = "".join(gate.feed(piece) for piece in pieces_of(text, cuts))
    left, calls = gate.end(NAMES)
    assert (shown + left, calls) == (text, ())


@given(CUTS)
def test_a_call_after_a_sentence_is_found_and_not_shown(cuts: list[int]) -> None:
    gate = CallGate()
    text = 'One moment.\n```json\n{"name": "look_up", "arguments": {"id": "7"}}\n```'
    shown = "".join(gate.feed(piece) for piece in pieces_of(text, cuts))
    left, calls = gate.end(NAMES)
    assert (shown, left) == ("One moment.\n", "")
    assert [(call.name, json.loads(call.arguments)) for call in calls] == [("look_up", {"id": "7"})]


def test_text_is_let_through_as_it_comes() -> None:
    gate = CallGate()
    assert [gate.feed(piece) for piece in ("Your ", "order\n", "is {here}", "\n", "{ or", " not")] == [
        "Your ",
        "order\n",
        "is {here}",
        "\n",
        "",
        "",
    ]


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "refund", "arguments": {"id": "1"}}',
        '{"tool": "refund", "arguments": {"id": "1"}}',
        '{"name": "refund", "parameters": {"id": "1"}}',
        '{"function": {"name": "refund", "arguments": "{\\"id\\": \\"1\\"}"}}',
        '{"tool_calls": [{"function": {"name": "refund", "arguments": {"id": "1"}}}]}',
        '<tool_call>\n{"name": "refund", "arguments": {"id": "1"}}\n</tool_call>',
        '```json\n[{"name": "refund", "arguments": {"id": "1"}}]\n```',
        '{"name": "refund", "arguments": {"id": "1"}',
    ],
)
def test_calls_are_found_in_the_shapes_that_models_write(text: str) -> None:
    calls = calls_in(text, NAMES)
    assert [(call.name, json.loads(call.arguments)) for call in calls] == [("refund", {"id": "1"})]


def test_several_calls_are_all_found_and_unknown_ones_are_no_calls() -> None:
    two = '{"name": "look_up", "arguments": {"id": 1}}\n{"name": "refund", "arguments": {"id": 1}}'
    assert [call.name for call in calls_in(two, NAMES)] == ["look_up", "refund"]
    assert calls_in('{"name": "reboot", "arguments": {}}', NAMES) == ()
    assert calls_in("no JSON at all", NAMES) == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ('Sure, here:\n```json\n{"a": [1, 2]}\n```\nAnything else?', {"a": [1, 2]}),
        ('The result is {"a": {"b": "}"}} as asked.', {"a": {"b": "}"}}),
        ("{'a': 'it is', b: true,}", {"a": "it is", "b": True}),
        ('{"a": "cut off in the mid', {"a": "cut off in the mid"}),
        ("[1, 2]", [1, 2]),
    ],
)
def test_json_is_found_and_mended(text: str, value: object) -> None:
    assert json_in(text) == value


@pytest.mark.parametrize("text", ["", "none", "3", '"text"', "{}x"])
def test_no_json_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="no JSON"):
        json_in(text)
