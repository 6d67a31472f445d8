"""Functions for models whose endpoints take none: in the prompt, or chosen under a schema."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import JsonValue

from adapters.models.choice_examples import examples_for
from adapters.models.deciding import Deciding
from adapters.models.decision import decision_messages, decision_schema
from adapters.models.text_tools import TextTools
from core.modelling import ModelRequest, PromptMessage, ToolCall, ToolSpec, Used
from tests.adapters.models.odd_endpoint import (
    Body,
    Reply,
    ask,
    delta,
    event,
    hear,
    model_at,
    refuses,
    says,
)


def spec(name: str, description: str, *arguments: str) -> ToolSpec:
    """A function with text arguments."""
    properties: dict[str, JsonValue] = {each: {"type": "string"} for each in arguments}
    return ToolSpec(name, description, {"type": "object", "properties": properties, "required": list(arguments)})


LOOK_UP = spec("get_order_status", "Look up where an order is.", "order_id")
REFUND = spec("initiate_refund", "Start a refund for an order. It may wait for a person.", "order_id", "reason")
TOOLS = (LOOK_UP, REFUND)
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def no_tools(body: Body) -> Reply | None:
    """An endpoint that takes no functions."""
    return refuses("tools is not supported for this model") if "tools" in body else None


async def test_functions_are_offered_in_the_prompt_once_an_endpoint_refuses_them() -> None:
    call = '{"name": "get_order_status", "arguments": {"order_id": "7"}}'
    async with model_at(says(call), rules=[no_tools]) as (plain, endpoint):
        model = TextTools(plain)
        heard = [await hear(model, ask("Where is order 7?", tools=TOOLS)) for _ in range(2)]
    for each in heard:
        assert each.text == ""
        assert [(one.name, json.loads(one.arguments)) for one in each.calls] == [
            ("get_order_status", {"order_id": "7"})
        ]
    assert len(endpoint.asked) == 3
    assert "initiate_refund" in endpoint.asked[-1]["messages"][0]["content"]


async def test_an_endpoint_that_takes_functions_is_given_them() -> None:
    async with model_at(says("Hello.")) as (plain, endpoint):
        assert (await hear(TextTools(plain), ask(tools=TOOLS))).text == "Hello."
    assert len(endpoint.asked[0]["tools"]) == 2


async def test_plain_text_still_streams_and_braces_in_it_are_kept() -> None:
    reply = Reply((delta(content="Use "), delta(content="{braces}"), delta(content="\n{here"), delta(finish="stop")))
    async with model_at(reply, rules=[no_tools]) as (plain, _):
        assert (await hear(TextTools(plain), ask(tools=TOOLS))).text == "Use {braces}\n{here"


async def test_results_go_back_as_text() -> None:
    messages = (
        PromptMessage("system", "Rules."),
        PromptMessage("user", "Where is order 7?"),
        PromptMessage("assistant", "", calls=(ToolCall("c1", "get_order_status", '{"order_id": "7"}'),)),
        PromptMessage("tool", '{"state": "done"}', call_id="c1"),
    )
    async with model_at(says("It is on its way."), rules=[no_tools]) as (plain, endpoint):
        heard = await hear(TextTools(plain), ModelRequest(messages, tools=TOOLS))
    assert heard.text == "It is on its way."
    assert endpoint.asked[-1]["messages"][1:] == [
        {"role": "user", "content": "Where is order 7?"},
        {"role": "assistant", "content": '{"name": "get_order_status", "arguments": {"order_id": "7"}}'},
        {"role": "user", "content": 'Result of get_order_status:\n{"state": "done"}'},
    ]


def chooses(choice: Mapping[str, Any]) -> Any:
    """A rule: this choice for every request under a schema."""

    def rule(body: Body) -> Reply | None:
        return says(json.dumps(choice)) if "response_format" in body else None

    return rule


async def test_a_small_model_chooses_a_function_under_a_schema() -> None:
    choice = {"tool": "initiate_refund", "arguments": {"order_id": "88291", "reason": "damaged"}}
    async with model_at(rules=[chooses(choice)]) as (plain, endpoint):
        heard = await hear(Deciding(plain, plain), ask("A refund for #88291, it is damaged.", tools=TOOLS))
    assert [(each.name, json.loads(each.arguments)) for each in heard.calls] == [
        ("initiate_refund", {"order_id": "88291", "reason": "damaged"})
    ]
    assert heard.used
    assert len(endpoint.asked) == 1
    assert endpoint.asked[0]["temperature"] == 0
    schema = endpoint.asked[0]["response_format"]["json_schema"]["schema"]
    assert [each["properties"]["tool"]["const"] for each in schema["anyOf"]] == [
        "get_order_status",
        "initiate_refund",
        "answer",
    ]


async def test_when_a_small_model_chooses_to_answer_the_answer_streams_without_functions() -> None:
    usage = event({"usage": {"prompt_tokens": 10, "completion_tokens": 5}})
    reply = Reply((delta(content="Within "), delta(content="14 days."), delta(finish="stop"), usage))
    async with model_at(reply, rules=[chooses({"tool": "answer"})]) as (plain, endpoint):
        messages = (
            PromptMessage("system", "Short rules."),
            *(PromptMessage("user", f"line {n}") for n in range(9)),
            PromptMessage("user", "<passages>…</passages>\nCan I return it?"),
        )
        heard = await hear(Deciding(plain, plain), ModelRequest(messages, tools=TOOLS, question="Can I return it?"))
    assert heard.text == "Within 14 days."
    assert isinstance(heard.used, Used)
    assert heard.used.output_tokens > 5
    choice, answer = endpoint.asked
    assert choice["messages"][-1]["content"].endswith("Customer: Can I return it?")
    assert "passages" not in choice["messages"][-1]["content"]
    assert "tools" not in answer
    assert len(answer["messages"]) == 8


async def test_a_number_that_nobody_wrote_is_asked_for_in_place_of_a_call() -> None:
    choice = {"tool": "initiate_refund", "arguments": {"order_id": "12345", "reason": "damaged"}}
    async with model_at(says("Which order is it?"), rules=[chooses(choice)]) as (plain, endpoint):
        heard = await hear(Deciding(plain, plain), ask("I want a refund.", tools=TOOLS))
    assert (heard.calls, heard.text) == ((), "Which order is it?")
    assert "did not give the order id" in endpoint.asked[-1]["messages"][-1]["content"]


async def test_a_refund_for_a_reason_out_of_the_examples_is_not_asked_for() -> None:
    choice = {"tool": "initiate_refund", "arguments": {"order_id": "88291", "reason": "it is the wrong colour"}}
    async with model_at(says("Within 14 days."), rules=[chooses(choice)]) as (plain, _):
        heard = await hear(Deciding(plain, plain), ask("Can I return #88291 after 20 days?", tools=TOOLS))
        asked = await hear(Deciding(plain, plain), ask("Refund #88291, it is the wrong colour.", tools=TOOLS))
    assert (heard.calls, heard.text) == ((), "Within 14 days.")
    assert asked.calls


async def test_a_number_from_earlier_in_the_talk_counts_as_said() -> None:
    messages = (
        PromptMessage("user", "It is about #88-291"),
        PromptMessage("assistant", "What about it?"),
        PromptMessage("user", "Where is it?"),
    )
    choice = {"tool": "get_order_status", "arguments": {"order_id": "88291"}}
    async with model_at(rules=[chooses(choice)]) as (plain, endpoint):
        heard = await hear(Deciding(plain, plain), ModelRequest(messages, tools=TOOLS))
    assert heard.calls
    assert "It is about #88-291" in endpoint.asked[0]["messages"][-1]["content"]


@pytest.mark.parametrize("choice", [{"tool": "reboot"}, {"tool": "answer"}, {"x": 1}, {"tool": None}])
async def test_a_choice_of_nothing_known_is_an_answer(choice: Mapping[str, Any]) -> None:
    async with model_at(says("Hello."), rules=[chooses(choice)]) as (plain, _):
        assert (await hear(Deciding(plain, plain), ask(tools=TOOLS))).text == "Hello."


async def test_after_a_function_ran_a_small_model_gets_a_flat_prompt() -> None:
    messages = (
        PromptMessage("system", "Rules."),
        PromptMessage("user", "Where is order 7?"),
        PromptMessage("assistant", "", calls=(ToolCall("c1", "get_order_status", '{"order_id": "7"}'),)),
        PromptMessage("tool", "It comes tomorrow.", call_id="c1"),
    )
    async with model_at(says("It comes tomorrow.")) as (plain, endpoint):
        heard = await hear(Deciding(plain, plain), ModelRequest(messages, tools=TOOLS))
    assert (heard.calls, heard.text) == ((), "It comes tomorrow.")
    assert endpoint.asked[0]["messages"] == [
        {"role": "system", "content": "Rules."},
        {
            "role": "user",
            "content": "Customer wrote: Where is order 7?\nResult: It comes tomorrow.\n"
            "Write the reply to the customer, from the result alone.",
        },
    ]


async def test_each_of_the_two_calls_has_its_own_extra_fields() -> None:
    async with model_at(says("Hi."), rules=[chooses({"tool": "answer"})]) as (plain, endpoint):
        model = Deciding(plain.with_extra({"id_slot": 0}), plain.with_extra({"id_slot": 1}))
        await hear(model, ask(tools=TOOLS))
    assert [each["id_slot"] for each in endpoint.asked] == [0, 1]


def test_the_start_of_the_choice_is_the_same_for_every_message() -> None:
    first, second = (decision_messages(TOOLS, question=text, earlier=(), now=NOW)[:-1] for text in ("A", "B"))
    assert first == second


def test_the_examples_set_looking_up_against_acting() -> None:
    chosen = [(said, choice["tool"]) for said, choice in examples_for(TOOLS)]
    assert {"get_order_status", "initiate_refund"} <= {str(tool) for _, tool in chosen}
    assert any("refund" in said and tool == "answer" for said, tool in chosen)


def test_examples_that_a_function_brings_along_are_used() -> None:
    own = replace(REFUND, examples=(("Money back for 5!", {"order_id": "5", "reason": "?"}), ("Is 5 refunded?", None)))
    chosen = dict(examples_for([own]))
    assert chosen["Money back for 5!"] == {"tool": "initiate_refund", "arguments": {"order_id": "5", "reason": "?"}}
    assert chosen["Is 5 refunded?"] == {"tool": "answer"}


def test_a_function_that_takes_a_time_is_chosen_with_the_time_at_hand() -> None:
    call = ToolSpec(
        "schedule_callback",
        "Call back.",
        {"type": "object", "properties": {"when": {"type": "string", "format": "date-time"}}, "required": ["when"]},
    )
    last = decision_messages([call], question="Call me at 5.", earlier=(), now=NOW)[-1].text
    assert last == "(It is Monday, 2026-03-02T10:00+0000.)\nCustomer: Call me at 5."


def test_a_schema_keeps_arguments_and_loses_what_only_costs() -> None:
    description: JsonValue = {"type": "string", "maxLength": 1000, "description": "What for."}
    long = ToolSpec("make", "Make.", {"type": "object", "properties": {"description": description}})
    forms = decision_schema([long])["anyOf"]
    assert isinstance(forms, list)
    assert isinstance(forms[0], dict)
    assert "'description': {'type': 'string'}" in str(forms[0])


def test_definitions_of_a_function_s_schema_stay_reachable() -> None:
    nested = ToolSpec(
        "make",
        "Make.",
        {"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"type": "string"}}},
    )
    assert decision_schema([nested])["$defs"] == {"A": {"type": "string"}}
