"""A model endpoint that says exactly what a test tells it to, byte by byte, over a real socket."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web
from openai import AsyncOpenAI, DefaultAioHttpClient

from adapters.models.endpoint import EndpointModel
from adapters.models.line import Line
from adapters.models.patience import Limits
from adapters.models.traits import Traits
from core.modelling import CallsAsked, ChatModel, ModelProfile, ModelRequest, PromptMessage, TextPiece, ToolCall, Used

Body = dict[str, Any]
KEY = "sk-secret-of-the-test"
QUICK = Limits(first_chunk_s=5, chunk_s=5, retry_s=5, retry_after_s=1, pause_s=0.01)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. After its chunks the stream ends, is cut, or hangs until the client goes away."""

    chunks: tuple[bytes, ...] = ()
    status: int = 200
    content_type: str = "text/event-stream"
    headers: dict[str, str] = field(default_factory=dict[str, str])
    then: Literal["end", "cut", "hang"] = "end"
    gate: asyncio.Event | None = None
    """What comes after the first chunk waits for it."""


def event(payload: object) -> bytes:
    """An event of a stream."""
    return b"data: " + json.dumps(payload).encode() + b"\n\n"


def delta(*, finish: str | None = None, **fields: object) -> bytes:
    """A chunk of an answer."""
    return event({"choices": [{"index": 0, "delta": fields, "finish_reason": finish}]})


DONE = b"data: [DONE]\n\n"
STOP = delta(finish="stop") + DONE


def says(text: str) -> Reply:
    """A whole answer in one piece."""
    return Reply((delta(content=text), STOP))


def refuses(message: str, *, status: int = 400, **more: object) -> Reply:
    """An error as endpoints send it."""
    body = json.dumps({"error": {"message": message, "type": "invalid_request_error", **more}}).encode()
    return Reply((body,), status=status, content_type="application/json")


def fails(status: int, *, retry_after_s: float = 0.0) -> Reply:
    """A failure that may pass."""
    wait = {"retry-after-ms": f"{retry_after_s * 1000:g}"}
    return Reply((b'{"error": {"message": "no"}}',), status=status, content_type="application/json", headers=wait)


Rule = Callable[[Body], Reply | None]


class OddEndpoint:
    """Answers with the first rule that has something to say, else with the next reply, the last one for ever."""

    def __init__(self, *replies: Reply, rules: Sequence[Rule] = (), models: object = None) -> None:
        self._replies = list(replies)
        self._rules = rules
        self._models = {"data": [{"id": "test"}]} if models is None else models
        self.asked: list[Body] = []
        """Bodies of the requests, in order."""
        self.connections: set[object] = set()
        """The client's side of each connection."""
        self.gone = asyncio.Event()
        """The client went away before the end."""
        self.url = ""

    def _reply(self, body: Body) -> Reply:
        for rule in self._rules:
            if reply := rule(body):
                return reply
        return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body: Body = await request.json()
        self.asked.append(body)
        self.connections.add(request.transport and request.transport.get_extra_info("peername"))
        reply = self._reply(body)
        response = web.StreamResponse(status=reply.status, headers=reply.headers)
        response.content_type = reply.content_type
        try:
            await response.prepare(request)
            for chunk in reply.chunks[:1]:
                await response.write(chunk)
            if reply.gate:
                await reply.gate.wait()
            for chunk in reply.chunks[1:]:
                await response.write(chunk)
            if reply.then == "hang":
                await asyncio.Event().wait()
        except (asyncio.CancelledError, ConnectionResetError):
            self.gone.set()
            raise
        if reply.then == "cut" and request.transport is not None:
            request.transport.abort()
            return response
        await response.write_eof()
        return response

    async def _list(self, _: web.Request) -> web.Response:
        if isinstance(self._models, int):
            return web.Response(status=self._models)
        return web.json_response(self._models)

    @asynccontextmanager
    async def serve(self) -> AsyncGenerator["OddEndpoint"]:
        """Listen on a free loopback port."""
        app = web.Application(client_max_size=2**26)
        app.router.add_post("/v1/chat/completions", self._answer)
        app.router.add_post("/v1/embeddings", self._answer)
        app.router.add_get("/v1/models", self._list)
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        try:
            yield self
        finally:
            await runner.cleanup()


@asynccontextmanager
async def line_to(url: str) -> AsyncGenerator[Line]:
    """The line to an address."""
    async with DefaultAioHttpClient() as http:
        yield Line(AsyncOpenAI(api_key=KEY, base_url=url, http_client=http, max_retries=0), http)


@asynccontextmanager
async def model_at(
    *replies: Reply,
    rules: Sequence[Rule] = (),
    limits: Limits = QUICK,
    traits: Traits | None = None,
    sees_pictures: bool = False,
) -> AsyncGenerator[tuple[EndpointModel, OddEndpoint]]:
    """A model at an endpoint that gives these replies."""
    async with OddEndpoint(*replies, rules=rules).serve() as endpoint, line_to(endpoint.url) as line:
        profile = ModelProfile("test", "test", sees_pictures=sees_pictures)
        yield EndpointModel(line, profile, limits=limits, traits=traits), endpoint


def ask(text: str = "Hello", **fields: Any) -> ModelRequest:
    """A request with one message of the customer."""
    return ModelRequest((PromptMessage("user", text),), **fields)


@dataclass(slots=True)
class Heard:
    """What a model answered."""

    text: str = ""
    pieces: int = 0
    calls: tuple[ToolCall, ...] = ()
    used: Used | None = None


async def hear(model: ChatModel, request: ModelRequest | None = None) -> Heard:
    """A whole answer; its events must come in the order text, calls, use."""
    heard = Heard()
    async with asyncio.timeout(20):
        async for each in model.stream(request or ask()):
            assert heard.used is None
            match each:
                case TextPiece():
                    assert not heard.calls
                    heard.text += each.text
                    heard.pieces += 1
                case CallsAsked():
                    assert not heard.calls
                    heard.calls = each.calls
                case Used():
                    heard.used = each
    return heard
