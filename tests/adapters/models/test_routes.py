"""Routes over real model servers: limits, hedging, and a switch in the middle of a conversation."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import Any

import pytest

from adapters.models.failures import AtItsLimit
from adapters.models.limited import Turnstile
from adapters.models.opening import Models, open_models
from adapters.models.settings import ModelsSettings
from core.errors import ModelError
from core.modelling import CallsAsked, ChatModel, ModelRequest, PromptMessage, TextPiece, ToolCall, ToolSpec, Used
from core.routing import Circumstances, Router, facts_of
from core.triage import triage
from tests.servers.model import ModelServer, Pace, Reply, Rule, serve

LOOK_UP = ToolSpec(
    "get_order_status", "Where an order is.", {"type": "object", "properties": {"order_id": {"type": "string"}}}
)
AT_ONCE = Pace(ttft_s=0.0, tokens_per_s=100_000, tokens=4)


def asks(*messages: PromptMessage, tools: tuple[ToolSpec, ...] = ()) -> ModelRequest:
    return ModelRequest(messages or (PromptMessage("user", "hello"),), tools=tools)


async def hear(model: ChatModel, request: ModelRequest) -> tuple[str, tuple[ToolCall, ...], Used]:
    text, called, used = "", (), Used("", 0, 0)
    async with aclosing(model.stream(request)) as events:
        async for event in events:
            match event:
                case TextPiece(piece):
                    text += piece
                case CallsAsked(asked):
                    called = asked
                case _:
                    used = event
    return text, called, used


@asynccontextmanager
async def routes(
    servers: Sequence[ModelServer], chat: dict[str, Any], **more: dict[str, Any]
) -> AsyncGenerator[Models, None]:
    """Models over these servers; `{0}` in a table's `base_url` is the first one's address."""
    async with AsyncExitStack() as stack:
        urls = [f"{await stack.enter_async_context(serve(each))}/v1" for each in servers]

        def placed(table: dict[str, Any]) -> dict[str, Any]:
            tables: list[dict[str, Any]] = table.get("fallback", [])
            behind = [placed(each) for each in tables]
            return {**table, "base_url": table["base_url"].format(*urls), "fallback": behind}

        settings = ModelsSettings.model_validate({"chat": placed(chat), **{n: placed(t) for n, t in more.items()}})
        yield await stack.enter_async_context(open_models(settings, api_key="k"))


def table(n: int, model: str, **more: Any) -> dict[str, Any]:
    return {"base_url": f"{{{n}}}", "model": model, "context_tokens": 32_000, **more}


async def test_a_switch_in_the_middle_of_a_turn_hands_calls_and_results_on_to_the_next_model() -> None:
    look_up = {"name": "get_order_status", "arguments": {"order_id": "88291"}}
    wants = Rule("order", Reply(tool_calls=[look_up]), 1, "user")
    first = ModelServer(AT_ONCE)
    first.rules = [wants, Rule("", Reply(status=503))]
    second = ModelServer(AT_ONCE)
    second.rules = [Rule("", Reply(text="It came on Monday."))]
    behind = table(1, "big-b")
    async with routes([first, second], table(0, "big-a", fallback=[behind])) as models:
        asked = PromptMessage("user", "where is order 88291?")
        _, called, _ = await hear(models.chat("chat"), asks(asked, tools=(LOOK_UP,)))
        talk = (asked, PromptMessage("assistant", "", calls=called), PromptMessage("tool", "{}", call_id=called[0].id))
        text, _, used = await hear(models.chat("chat"), asks(*talk, tools=(LOOK_UP,)))
    assert (text, used.model) == ("It came on Monday.", "big-b")
    sent = second.records[-1].body["messages"]
    assert [each["role"] for each in sent] == ["user", "assistant", "tool"]
    assert sent[1]["tool_calls"][0]["id"] == sent[2]["tool_call_id"]


async def test_a_model_without_functions_gets_earlier_calls_and_results_as_text() -> None:
    first, second = ModelServer(AT_ONCE), ModelServer(AT_ONCE)
    first.rules = [Rule("", Reply(status=503))]
    second.rules = [Rule("", Reply(text="It came on Monday."))]
    behind = table(1, "big-b", native_tools=False)
    talk = (
        PromptMessage("user", "where is order 88291?"),
        PromptMessage("assistant", "", calls=(ToolCall("c1", "get_order_status", '{"order_id": "88291"}'),)),
        PromptMessage("tool", '{"state": "delivered"}', call_id="c1"),
    )
    async with routes([first, second], table(0, "big-a", fallback=[behind])) as models:
        text, _, _ = await hear(models.chat("chat"), asks(*talk))
    assert text == "It came on Monday."
    sent = second.records[-1].body["messages"]
    assert [each["role"] for each in sent] == ["user", "assistant", "user"]
    assert '"delivered"' in sent[2]["content"]
    assert not any("tool_calls" in each for each in sent)


@pytest.mark.parametrize(
    ("text", "around", "model"),
    [
        ("Where is my parcel?", Circumstances(), "chat-m"),
        ("Où est mon colis, je l'attends depuis longtemps ?", Circumstances(), "tongues"),
        ("```\nTraceback (most recent call last):\n  File 'a.py'\n```", Circumstances(), "coder"),
        (
            "What does your warranty policy say about " + "a broken part that came with it and " * 8,
            Circumstances(),
            "thinker",
        ),
    ],
)
async def test_each_kind_of_message_is_answered_by_the_model_of_its_route(
    text: str, around: Circumstances, model: str
) -> None:
    server = ModelServer(AT_ONCE)
    judged = triage(text)
    facts = {**facts_of(judged, text, around), "language": "fr" if "colis" in text else "en"}
    work = Router().decide(facts).model.decision.work
    async with routes(
        [server],
        table(0, "chat-m"),
        multilingual=table(0, "tongues"),
        reasoning=table(0, "thinker"),
        code=table(0, "coder"),
        vision=table(0, "eyes", sees_pictures=True),
    ) as models:
        await hear(models.chat(work), asks(PromptMessage("user", text)))
        assert models.chat("vision").profile.model == "eyes"
    assert server.records[-1].body["model"] == model


async def test_a_route_never_has_more_under_way_than_it_may() -> None:
    server = ModelServer(Pace(ttft_s=0.0, tokens_per_s=400, tokens=8))
    async with routes([server], table(0, "m", at_once=2)) as models:
        answers = await asyncio.gather(*(hear(models.chat("chat"), asks()) for _ in range(7)))
    assert len(answers) == 7
    assert server.most_in_flight == 2


async def test_what_is_over_a_limit_goes_to_the_fallback_at_once_and_counts_as_no_failure() -> None:
    first, second = ModelServer(AT_ONCE), ModelServer(AT_ONCE)
    chat = table(0, "a", requests_per_minute=2, fallback=[table(1, "b")])
    async with routes([first, second], chat) as models:
        used = [(await hear(models.chat("chat"), asks()))[2].model for _ in range(8)]
        assert used == ["a", "a", *["b"] * 6]
        assert models.chat("chat").profile.model == "a", "it does not rest"


async def test_limits_are_those_of_a_route_and_not_of_its_endpoint() -> None:
    server = ModelServer(AT_ONCE)
    chat = table(0, "m", requests_per_minute=1, first_chunk_limit_s=5)
    async with routes([server], chat, triage=table(0, "m", requests_per_minute=5)) as models:
        await hear(models.chat("chat"), asks())
        with pytest.raises(AtItsLimit, match="as many requests"):
            await hear(models.chat("chat"), asks())
        await hear(models.chat("triage"), asks())


async def test_a_turnstile_lets_go_in_order_and_waits_no_longer_than_it_is_told() -> None:
    now = [0.0]
    slept: list[float] = []

    def sleep(seconds: float) -> "asyncio.Future[None]":
        slept.append(seconds)
        now[0] += seconds
        return asyncio.ensure_future(asyncio.sleep(0))

    turnstile = Turnstile(0, 2, lambda: now[0], sleep)
    for _ in range(3):
        async with turnstile.passing(limit_s=100, who="m"):
            pass
    assert slept == [60.0]
    async with turnstile.passing(limit_s=1, who="m"):
        pass
    late = turnstile.passing(limit_s=1, who="m")
    with pytest.raises(AtItsLimit):
        await late.__aenter__()


async def test_a_slow_model_is_hedged_and_the_first_to_begin_answers() -> None:
    slow = ModelServer(Pace(ttft_s=30.0))
    quick = ModelServer(AT_ONCE)
    quick.rules = [Rule("", Reply(text="Here."))]
    chat = table(0, "slow", hedge_after_s=0.01, fallback=[table(1, "quick")])
    async with routes([slow, quick], chat) as models:
        model = models.chat("chat")
        text, _, used = await hear(model, asks())
        assert (text, used.model, used.requests, used.is_estimate) == ("Here.", "quick", 2, True)
        assert model.profile.asked_at_once == 2
    assert [len(slow.records), len(quick.records)] == [1, 1]


async def test_a_model_that_begins_in_time_is_the_only_one_that_is_asked() -> None:
    quick, other = ModelServer(AT_ONCE), ModelServer(AT_ONCE)
    chat = table(0, "quick", hedge_after_s=20.0, fallback=[table(1, "other")])
    async with routes([quick, other], chat) as models:
        _, _, used = await hear(models.chat("chat"), asks())
    assert (used.model, used.requests, len(other.records)) == ("quick", 1, 0)


async def test_of_two_that_race_the_one_that_fails_does_not_win() -> None:
    slow, broken = ModelServer(Pace(ttft_s=0.2, tokens_per_s=1000, tokens=3)), ModelServer(AT_ONCE)
    broken.rules = [Rule("", Reply(status=401))]
    chat = table(0, "slow", hedge_after_s=0.01, fallback=[table(1, "broken")])
    async with routes([slow, broken], chat) as models:
        assert (await hear(models.chat("chat"), asks()))[2].model == "slow"


async def test_when_both_fail_the_reasons_are_told() -> None:
    first, second = ModelServer(AT_ONCE), ModelServer(AT_ONCE)
    first.rules = second.rules = [Rule("", Reply(status=401))]
    chat = table(0, "a", hedge_after_s=0.0001, fallback=[table(1, "b")])
    async with routes([first, second], chat) as models:
        with pytest.raises(ModelError, match="refused the key"):
            await hear(models.chat("chat"), asks())
