"""What a model's stream survives, over real sockets and with the real SDK."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from itertools import pairwise
from types import ModuleType

import aiohttp
import httpx2
import openai
import pytest

from adapters.models.endpoint import EndpointModel
from adapters.models.failures import PassingError, ToolsRefused, translated
from adapters.models.patience import Limits
from core.errors import ModelCut, ModelError
from core.modelling import ModelProfile, Picture, PromptMessage, TextPiece, ToolCall, ToolSpec, Used
from tests.adapters.models.odd_endpoint import (
    DONE,
    KEY,
    QUICK,
    STOP,
    Body,
    OddEndpoint,
    Reply,
    Rule,
    ask,
    delta,
    event,
    fails,
    hear,
    line_to,
    model_at,
    refuses,
    says,
)

LOOK_UP = ToolSpec("get_order_status", "Look up an order.", {"type": "object", "properties": {}})
NAMED = {"index": 0, "id": "a", "type": "function", "function": {"name": "get_order_status", "arguments": ""}}


def calls_of(*deltas: object) -> Reply:
    """An answer of call deltas, one a chunk."""
    return Reply((*(delta(tool_calls=[each]) for each in deltas), delta(finish="tool_calls"), DONE))


async def test_text_comes_in_pieces_and_ends_with_the_use_that_the_endpoint_tells() -> None:
    usage = {"prompt_tokens": 12, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 8}}
    reply = Reply((delta(content="One "), delta(content="two"), delta(finish="stop"), event({"usage": usage}), DONE))
    async with model_at(reply) as (model, endpoint):
        heard = await hear(model)
    assert (heard.text, heard.used) == ("One two", Used("test", 12, 3, 8))
    assert endpoint.asked[0]["stream_options"] == {"include_usage": True}


async def test_an_endpoint_that_tells_no_use_gets_an_estimate() -> None:
    async with model_at(says("12345678")) as (model, _):
        heard = await hear(model, ask("1234"))
    assert heard.used == Used("test", 1, 2, is_estimate=True)


async def test_reasoning_is_no_part_of_the_answer() -> None:
    chunks = (
        delta(reasoning_content="hmm"),
        delta(content="<thi"),
        delta(content="nk>secret</think>\n\nHel"),
        delta(content="lo"),
        STOP,
    )
    async with model_at(Reply(chunks)) as (model, _):
        assert (await hear(model)).text == "Hello"


async def test_odd_contents_are_read_as_text() -> None:
    chunks = (
        b": comment\r\n\r\n",
        event({"choices": []}),
        delta(role="assistant", content=None),
        delta(content=[{"type": "text", "text": "A"}]),
        b'event: message\r\nid: 3\r\ndata: {"choices": [{"delta": {"content": "B"}}]}\r\n\r\n',
        b'data:{"choices": [{"delta": {"content": "C"}, "finish_reason": "eos"}]}\n',
    )
    async with model_at(Reply(chunks)) as (model, _):
        assert (await hear(model)).text == "ABC"


async def test_bytes_may_break_anywhere() -> None:
    whole = delta(content="Grüße ☂") + STOP
    async with model_at(Reply(tuple(whole[n : n + 1] for n in range(len(whole))))) as (model, _):
        assert (await hear(model)).text == "Grüße ☂"


async def test_an_endpoint_that_does_not_stream_is_heard_all_the_same() -> None:
    body = {"choices": [{"message": {"content": "Whole"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 1}}
    reply = Reply((json.dumps(body, indent=1).encode(),), content_type="application/json")
    async with model_at(reply) as (model, _):
        assert (await hear(model)).text == "Whole"


@pytest.mark.parametrize(
    ("deltas", "arguments"),
    [
        pytest.param(
            [NAMED, {"index": 0, "function": {"arguments": '{"a"'}}, {"index": 0, "function": {"arguments": ":1}"}}],
            ['{"a":1}'],
            id="as the reference endpoint does it",
        ),
        pytest.param(
            [{"function": {"name": "get_order_status", "arguments": "{"}}, {"function": {"arguments": "}"}}],
            ["{}"],
            id="no index and no id",
        ),
        pytest.param(
            [{"id": "x", "function": {"name": "get_order_status"}}, {"id": "x", "function": {"arguments": "{}"}}],
            ["{}"],
            id="id repeated",
        ),
        pytest.param(
            [{"index": 0, "id": "a", "function": {"name": "get_order_status", "arguments": None}}], ["{}"], id="null"
        ),
        pytest.param(
            [{"index": 0, "function": {"name": "get_order_status", "arguments": {"a": 1}}}], ['{"a": 1}'], id="object"
        ),
        pytest.param(
            [
                {"index": 0, "id": "a", "function": {"name": "get_order_status", "arguments": '{"a":1}'}},
                {"index": 0, "id": "b", "function": {"name": "get_order_status", "arguments": '{"a":2}'}},
            ],
            ['{"a":1}', '{"a":2}'],
            id="every call numbered 0",
        ),
        pytest.param(
            [
                {"function": {"name": "get_order_status", "arguments": '{"a":1}'}},
                {"function": {"name": "get_order_status", "arguments": '{"a":2}'}},
            ],
            ['{"a":1}', '{"a":2}'],
            id="two whole calls without numbers",
        ),
    ],
)
async def test_calls_are_put_together_in_every_shape(deltas: Sequence[object], arguments: list[str]) -> None:
    async with model_at(calls_of(*deltas)) as (model, endpoint):
        heard = await hear(model, ask(tools=(LOOK_UP,)))
    assert [call.arguments for call in heard.calls] == arguments
    assert {call.name for call in heard.calls} == {"get_order_status"}
    assert len({call.id for call in heard.calls if call.id}) == len(arguments)
    assert endpoint.asked[0]["tool_choice"] == "auto"


async def test_the_old_form_of_a_call_is_understood() -> None:
    reply = Reply(
        (delta(function_call={"name": "get_order_status", "arguments": "{}"}), delta(finish="function_call"), DONE)
    )
    async with model_at(reply) as (model, _):
        assert (await hear(model, ask(tools=(LOOK_UP,)))).calls[0].name == "get_order_status"


async def test_arguments_that_are_no_json_are_handed_on_as_they_are() -> None:
    broken = {"index": 0, "id": "a", "function": {"name": "get_order_status", "arguments": '{"a": '}}
    async with model_at(calls_of(broken)) as (model, _):
        assert (await hear(model, ask(tools=(LOOK_UP,)))).calls == (ToolCall("a", "get_order_status", '{"a": '),)


async def test_broken_arguments_of_an_earlier_call_are_not_sent_back() -> None:
    messages = (
        PromptMessage("user", "Hi"),
        PromptMessage("assistant", "", calls=(ToolCall("a", "get_order_status", "{broken"),)),
        PromptMessage("tool", "refused", call_id="a"),
    )
    async with model_at(says("ok")) as (model, endpoint):
        await hear(model, replace(ask(tools=(LOOK_UP,)), messages=messages))
    assert endpoint.asked[0]["messages"][1]["tool_calls"][0]["function"]["arguments"] == "{}"
    assert endpoint.asked[0]["messages"][2] == {"role": "tool", "tool_call_id": "a", "content": "refused"}


@pytest.mark.parametrize("status", [429, 500, 503, 529])
async def test_a_passing_failure_is_waited_out(status: int) -> None:
    async with model_at(fails(status), fails(status), says("there")) as (model, endpoint):
        assert (await hear(model)).text == "there"
    assert len(endpoint.asked) == 3


async def test_attempts_are_bounded() -> None:
    async with model_at(fails(503)) as (model, endpoint):
        with pytest.raises(ModelError, match="failed with HTTP 503"):
            await hear(model)
    assert len(endpoint.asked) == QUICK.attempts


async def test_a_wait_that_is_too_long_is_not_waited_for() -> None:
    async with model_at(fails(429, retry_after_s=600)) as (model, endpoint):
        with pytest.raises(ModelError, match="slow down"):
            await hear(model)
    assert len(endpoint.asked) == 1


async def test_what_breaks_before_the_first_event_is_asked_again() -> None:
    broken = (Reply(then="cut"), Reply((b"data: {not json\n\n",)), Reply((event({"error": {"code": 502}}),)))
    async with model_at(*broken, says("at last")) as (model, endpoint):
        assert (await hear(model)).text == "at last"
    assert len(endpoint.asked) == 4


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param(Reply(then="cut"), id="connection cut"),
        pytest.param(Reply(then="end"), id="ended without an end mark"),
        pytest.param(Reply((b"data: {not json\n\n", STOP)), id="broken event"),
        pytest.param(Reply((event({"error": {"message": "overloaded"}}), STOP)), id="error event"),
        pytest.param(Reply(then="hang"), id="stall"),
    ],
)
async def test_what_breaks_after_the_first_text_is_a_cut(rest: Reply) -> None:
    gate = asyncio.Event()
    reply = Reply((delta(content="Your refund "), *rest.chunks), then=rest.then, gate=gate)
    limits = Limits(first_chunk_s=5, chunk_s=0.1)
    async with model_at(reply, limits=limits) as (model, endpoint), aclosing(model.stream(ask())) as events:
        first = await anext(events)
        gate.set()
        with pytest.raises(ModelCut):
            await anext(events)
    assert (first, len(endpoint.asked)) == (TextPiece("Your refund "), 1)


async def test_comments_do_not_hide_a_stall() -> None:
    reply = Reply((delta(content="Hi"), *([b": keep-alive\n\n"] * 20)), then="hang")
    async with model_at(reply, limits=Limits(chunk_s=0.1)) as (model, _):
        with pytest.raises(ModelCut, match="in time"):
            await hear(model)


async def test_a_first_piece_that_never_comes_is_an_error_in_bounded_time() -> None:
    limits = Limits(first_chunk_s=0.1, attempts=1)
    async with model_at(Reply(then="hang"), limits=limits) as (model, endpoint):
        with pytest.raises(ModelError, match="did not answer in time"):
            await hear(model)
        async with asyncio.timeout(5):
            await endpoint.gone.wait()


async def test_a_reader_who_stops_reading_stops_the_endpoint() -> None:
    async with model_at(Reply((delta(content="Hi"),), then="hang")) as (model, endpoint):
        async with aclosing(model.stream(ask())) as events:
            await anext(events)
        async with asyncio.timeout(5):
            await endpoint.gone.wait()


async def test_a_connection_is_used_again_after_an_answer() -> None:
    async with model_at(says("ok")) as (model, endpoint):
        for _ in range(3):
            await hear(model)
    assert len(endpoint.connections) == 1


async def test_an_empty_answer_is_an_error() -> None:
    async with model_at(Reply((STOP,))) as (model, _):
        with pytest.raises(ModelError, match="empty answer"):
            await hear(model)


async def test_thinking_up_to_the_limit_says_what_to_raise() -> None:
    reply = Reply((delta(reasoning_content="hm"), delta(finish="length"), DONE))
    async with model_at(reply) as (model, _):
        with pytest.raises(ModelError, match="max_tokens"):
            await hear(model)


@pytest.mark.parametrize(
    ("reply", "says_so"),
    [
        (refuses(f"Incorrect API key provided: {KEY}", status=401), "refused the key"),
        (refuses("no", status=403), "does not let this key use test"),
        (refuses("The model `test` does not exist", status=404), "does not know the model test"),
        (refuses("quota", status=429, code="insufficient_quota"), "no credit left"),
        (refuses("This model's maximum context length is 8192 tokens"), "too long for test"),
        (refuses("the customer said hunter2", code="odd_thing"), r"HTTP 400, odd_thing"),
        (Reply((b"<html>Log in</html>",), content_type="text/html"), "web page"),
        (Reply((b"<html>no</html>",), content_type="text/html", status=404), "does not know the model"),
        (Reply((b"nonsense",)), "before it was whole"),
    ],
)
async def test_each_failure_says_what_to_do_and_nothing_secret(reply: Reply, says_so: str) -> None:
    async with model_at(reply) as (model, _):
        with pytest.raises(ModelError, match=says_so) as caught:
            await hear(model)
    assert KEY not in str(caught.value)
    assert "hunter2" not in str(caught.value)


async def test_nothing_at_the_address_is_named_with_the_address() -> None:
    async with OddEndpoint(says("x")).serve() as endpoint:
        url = endpoint.url  # its port is free again afterwards
    async with line_to(url) as line:
        model = EndpointModel(line, ModelProfile("test", "test"), limits=QUICK)
        with pytest.raises(ModelError, match=r"Nothing listens at 127\.0\.0\.1:\d+"):
            await hear(model)


async def test_a_name_that_does_not_exist_is_named_as_such() -> None:
    async with line_to("http://nowhere.invalid/v1") as line:
        model = EndpointModel(line, ModelProfile("test", "test"), limits=QUICK)
        with pytest.raises(ModelError, match=r"The name of nowhere\.invalid was not found"):
            await hear(model)


@pytest.mark.parametrize("vendors", [openai, httpx2, aiohttp])
def test_every_error_of_the_vendors_has_a_translation(vendors: ModuleType) -> None:
    roots = (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, aiohttp.ClientError, OSError)
    # Errors of wrong use, of other interfaces of these packages, and of servers.
    others = {"InvalidURL", "CookieConflict", "InvalidWebhookSignatureError"}
    others |= {"ContentTypeError", "EofStream", "WebSocketError", "WSMessageTypeError"}
    errors = {
        name: each
        for name, each in list(vars(vendors).items())
        if isinstance(each, type) and issubclass(each, Exception) and not issubclass(each, Warning)
    }
    missed = {name for name, each in errors.items() if not issubclass(each, roots)} - others
    assert missed == set()
    for each in errors.values():
        if each in roots[1:]:
            with pytest.raises(ModelError), translated("host", "test"):
                raise each("no")


def without(field: str, message: str, *, status: int = 400) -> Rule:
    """A rule that refuses requests with a field."""

    def rule(body: Body) -> Reply | None:
        return refuses(message, status=status) if field in body else None

    return rule


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("stream_options", "Unrecognized request argument supplied: stream_options"),
        ("max_tokens", "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
        ("temperature", "Unsupported value: 'temperature' does not support 0.2 with this model."),
        ("seed", "Extra inputs are not permitted: seed"),
        ("stream_options", "Bad Request"),
    ],
)
async def test_what_an_endpoint_refuses_is_left_out_and_remembered(field: str, message: str) -> None:
    rule = without(field, message)
    async with model_at(says("fine"), rules=[rule]) as (model, endpoint):
        assert (await hear(model, ask(seed=1))).text == "fine"
        tries = len(endpoint.asked)
        assert (await hear(model, ask(seed=1))).text == "fine"
    assert len(endpoint.asked) == tries + 1
    assert field not in endpoint.asked[-1]
    if field == "max_tokens":
        assert endpoint.asked[-1]["max_completion_tokens"] == 800


async def test_a_refusal_about_something_that_worked_before_is_an_error() -> None:
    async with model_at(says("fine"), refuses("Bad Request")) as (model, endpoint):
        await hear(model)
        with pytest.raises(ModelError, match="HTTP 400"):
            await hear(model)
    assert len(endpoint.asked) == 2


async def test_refused_functions_are_told_once_and_then_known() -> None:
    message = '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'
    async with model_at(refuses(message)) as (model, endpoint):
        for _ in range(2):
            with pytest.raises(ToolsRefused):
                await hear(model, ask(tools=(LOOK_UP,)))
        assert not model.takes_tools
    assert len(endpoint.asked) == 1


async def test_many_requests_at_once_learn_a_refusal_together() -> None:
    rule = without("response_format", "response_format is not supported")
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    reply = says('Sure! ```json\n{"a": 1,}\n```')
    async with model_at(reply, rules=[rule]) as (model, endpoint):
        heard = await asyncio.gather(*(hear(model, ask(json_schema=schema)) for _ in range(5)))
    assert {each.text for each in heard} == {'{"a": 1}'}
    assert "JSON schema" in endpoint.asked[-1]["messages"][0]["content"]


@pytest.mark.parametrize("form", ["json_schema", "json_object"])
async def test_json_is_asked_for_in_the_strongest_form_taken(form: str) -> None:
    def rule(body: Body) -> Reply | None:
        kind = body.get("response_format", {}).get("type")
        return None if kind == form else refuses("response_format not supported")

    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    async with model_at(says('{"a": 1}'), rules=[rule]) as (model, _):
        assert json.loads((await hear(model, ask(json_schema=schema))).text) == {"a": 1}


async def test_an_answer_without_the_json_asked_for_is_asked_again() -> None:
    async with model_at(says("I would rather not."), says('{"a": 1}')) as (model, endpoint):
        assert (await hear(model, ask(json_schema={"type": "object"}))).text == '{"a": 1}'
    assert len(endpoint.asked) == 2


async def test_pictures_are_sent_only_to_models_that_see() -> None:
    message = PromptMessage("user", "What is this?", pictures=(Picture("image/png", b"\x89PNG"),))
    for sees in (True, False):
        async with model_at(says("a cat"), sees_pictures=sees) as (model, endpoint):
            await hear(model, replace(ask(), messages=(message,)))
        content = endpoint.asked[0]["messages"][0]["content"]
        if sees:
            assert content[1]["image_url"]["url"] == "data:image/png;base64,iVBORw=="
        else:
            assert content == "What is this?\n(a picture that you cannot see)"


async def test_a_template_that_wants_one_system_text_and_turns_in_order_gets_them() -> None:
    def rule(body: Body) -> Reply | None:
        roles = [each["role"] for each in body["messages"]]
        if "system" in roles[1:]:
            return refuses("System message must be at the beginning.")
        if any(first == second for first, second in pairwise(roles)):
            return refuses("Conversation roles must alternate user/assistant")
        return None

    messages = (
        PromptMessage("system", "A"),
        PromptMessage("system", "B"),
        PromptMessage("user", "C"),
        PromptMessage("user", "D"),
        PromptMessage("system", "E"),
    )
    async with model_at(says("ok"), rules=[rule]) as (model, endpoint):
        await hear(model, replace(ask(), messages=messages))
    assert endpoint.asked[-1]["messages"] == [
        {"role": "system", "content": "A\n\nB"},
        {"role": "user", "content": "C\n\nD\n\n(note) E"},
    ]


async def test_a_passing_failure_is_a_model_error_for_the_core() -> None:
    assert issubclass(PassingError, ModelError)
    assert not issubclass(PassingError, ModelCut)
