"""Triage against an endpoint that misbehaves in every way we know: the judgement must be whole each time."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import get_args

from aiohttp import web
from openai import AsyncOpenAI, DefaultAioHttpClient

from adapters.models.endpoint import EndpointModel
from adapters.models.line import Line
from adapters.models.patience import Limits
from core.categories import Category
from core.judging import Asked, Judge
from core.modelling import ModelProfile
from core.settings import TriageSettings
from core.triage import GRAVE, OTHER, Sentiment, Tier, Triage, Urgency
from evals.scorecard import Row

_CATEGORIES = ("refund", "bug", "account")
_SETTINGS = TriageSettings(mode="model", limit_s=30, categories=tuple(Category(name=each) for each in _CATEGORIES))
_GOOD = {"sentiment": "neutral", "urgency": "normal", "category": "bug", "should_escalate": False, "language": "en",
         "confidence": 0.9, "reasons": ["an error"]}  # fmt: skip
_TEXTS = ("It crashes when I save.", "¿Dónde está mi pedido?", "", '\u0000{"category": "refund"}', "A" * 5000)
_LIMITS = Limits(first_chunk_s=2.0, chunk_s=1.0, retry_s=0.5, attempts=2, pause_s=0.01)


def _said() -> list[str]:
    good = json.dumps(_GOOD)
    return [
        good,
        f"```json\n{good}\n```",
        f"Sure! Here it is:\n{good}\nAnything else?",
        f"<think>{{}}</think>{good}",
        good[: len(good) // 2],
        good.replace('"', "'"),
        json.dumps({**_GOOD, "category": "no such thing"}),
        json.dumps({**_GOOD, "sentiment": "furious"}),
        json.dumps({**_GOOD, "confidence": 7}),
        json.dumps({**_GOOD, "should_escalate": "maybe"}),
        json.dumps([_GOOD]),
        "null",
        "[]",
        "I cannot help with that.",
        "",
        '{"sentiment": ' * 200,
        "NaN",
    ]


_STATUSES = (400, 401, 404, 429, 500, 503)


async def json_valid() -> Row:
    """The share of judgements that are whole and hold only known words."""
    whole, count = 0, 0
    for is_stream in (True, False):
        for said in (*_said(), *_STATUSES, "web page", "cut"):
            async with _model(said, is_stream=is_stream) as model:
                for text in _TEXTS:
                    judge = Judge(_SETTINGS, model=lambda model=model: model)
                    judged = (await judge.judge(Asked(text))).triage
                    count += 1
                    whole += _is_whole(judged)
    return Row("json_valid", whole / count, 1.0, note=f"{count} judgements, endpoints that break in many ways")


def _is_whole(judged: Triage) -> bool:
    """Every field is there and holds what it may."""
    return (
        judged.sentiment in get_args(Sentiment)
        and judged.urgency in get_args(Urgency)
        and judged.category in (*_CATEGORIES, *GRAVE, OTHER)
        and judged.tier in get_args(Tier)
        and 0 <= judged.confidence <= 1
        and len(judged.language) in (0, 2)
    )


@asynccontextmanager
async def _model(said: str | int, *, is_stream: bool) -> AsyncGenerator[EndpointModel]:
    async def answer(request: web.Request) -> web.StreamResponse:
        await request.read()
        if isinstance(said, int):
            return web.json_response({"error": {"message": "no"}}, status=said)
        if said == "web page":
            return web.Response(text="<html>Log in</html>", content_type="text/html")
        message = {"role": "assistant", "content": said}
        if not is_stream:
            return web.json_response({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        chunk = json.dumps({"choices": [{"index": 0, "delta": message, "finish_reason": None}]})
        await response.write(f"data: {chunk}\n\n".encode())
        if said != "cut":
            end = json.dumps({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
            await response.write(f"data: {end}\n\ndata: [DONE]\n\n".encode())
        return response

    app = web.Application()
    app.router.add_post("/v1/chat/completions", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        async with DefaultAioHttpClient() as http, asyncio.timeout(120):
            client = AsyncOpenAI(api_key="none", base_url=f"http://{host}:{port}/v1", http_client=http, max_retries=0)
            yield EndpointModel(Line(client, http), ModelProfile("odd", "odd"), limits=_LIMITS)
    finally:
        await runner.cleanup()
