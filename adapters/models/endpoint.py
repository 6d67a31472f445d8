"""A chat model at an OpenAI-compatible endpoint.

The lines of the stream are read here, since the SDK's stream objects cost ten times as much a chunk. So what goes
wrong inside a stream is ours to notice.
"""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AsyncExitStack, aclosing
from typing import Any, cast

import httpx2
from pydantic import JsonValue
from pydantic_core import from_json

from adapters.models.answer import Answer
from adapters.models.failures import PassingError, RefusedRequest, ToolsRefused, translated
from adapters.models.gathering import Gathering
from adapters.models.json_text import json_in
from adapters.models.line import Line
from adapters.models.patience import Limits, tries
from adapters.models.sse import DONE, EventBuffer
from adapters.models.traits import Feature, Traits
from adapters.models.wire import body_of, prompt_chars
from core.errors import ModelCut, ModelError
from core.modelling import CallsAsked, ModelEvent, ModelProfile, ModelRequest, TextPiece

log = logging.getLogger(__name__)

_COMPLETIONS = "chat/completions"
_TIMEOUT = httpx2.Timeout(None, connect=5.0)
_DRAIN_S = 0.25
"""How long to read on after the end mark, so that the connection can be used again."""


class EndpointModel:
    """One model at one endpoint, with retries until the first event."""

    def __init__(
        self,
        line: Line,
        profile: ModelProfile,
        *,
        traits: Traits | None = None,
        limits: Limits | None = None,
        extra: Mapping[str, JsonValue] | None = None,
    ) -> None:
        self._line = line
        self._profile = profile
        self._traits = traits or Traits()
        self._limits = limits or Limits()
        self._extra = extra or {}
        self._place = line.place

    @property
    def profile(self) -> ModelProfile:
        """See `ChatModel`."""
        return self._profile

    @property
    def takes_tools(self) -> bool:
        """False once the endpoint has refused functions, or when settings say so."""
        return self._traits.takes("tools")

    def with_extra(self, extra: Mapping[str, JsonValue]) -> "EndpointModel":
        """The same model, with more fields in its requests; what it refuses is learnt together."""
        merged = {**self._extra, **extra}
        return EndpointModel(self._line, self._profile, traits=self._traits, limits=self._limits, extra=merged)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """See `ChatModel`. Raises `ToolsRefused` for a request with functions that are not taken."""
        if request.tools and not self.takes_tools:
            raise ToolsRefused(f"{self._profile.model} at {self._place} takes no functions.")
        events, first = await self._begin(request)
        try:
            async with aclosing(events):
                yield first
                async for event in events:
                    yield event
        except ModelError as error:
            raise ModelCut(f"The answer of {self._place} broke off. {error}") from error

    async def _begin(self, request: ModelRequest) -> tuple[AsyncGenerator[ModelEvent, None], ModelEvent]:
        async for attempt in tries(self._limits):
            with attempt:
                events = self._events(request)
                return events, await anext(events)
        raise AssertionError("the last attempt returns or raises")

    async def _events(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        answer, held, has_text = Answer(), list[str](), False
        async with aclosing(self._texts(request, answer)) as texts:
            async for text in texts:
                has_text = True
                if request.json_schema is not None:
                    held.append(text)
                else:
                    yield TextPiece(text)
        if not has_text and not answer.calls:
            raise self._empty(answer)
        if held:
            yield TextPiece(self._as_json("".join(held)))
        if answer.calls:
            yield CallsAsked(answer.calls)
        yield answer.used(self._profile.model, prompt_chars(request), self._place)

    async def _texts(self, request: ModelRequest, answer: Answer) -> AsyncGenerator[str, None]:
        """The text of the answer as it comes; calls and use gather in `answer`."""
        now = asyncio.get_running_loop().time
        until = now() + self._limits.first_chunk_s
        buffer, is_open = EventBuffer(), True
        async with AsyncExitStack() as stack:
            stack.enter_context(translated(self._place, self._profile.model))
            async with asyncio.timeout_at(until):
                response, used = await self._open(request, stack)
            chunks = response.aiter_bytes() if _is_stream(response, self._place) else _as_event(response)
            gathering = await stack.enter_async_context(Gathering(chunks, is_last=lambda chunk: DONE in chunk))
            while is_open:
                async with asyncio.timeout_at(until):
                    chunk = await gathering.next()
                ready = buffer.feed(chunk) if chunk else buffer.end()
                if ready:
                    until = now() + self._limits.chunk_s
                is_open = bool(chunk) and DONE not in ready
                if text := self._take(answer, ready):
                    yield text
            if text := answer.end():
                yield text
            if not answer.is_done:
                raise PassingError(f"{self._place} ended its answer before it was whole.")
            self._traits.worked(used)
            await gathering.end(limit_s=_DRAIN_S)

    async def _open(self, request: ModelRequest, stack: AsyncExitStack) -> tuple[httpx2.Response, set[Feature]]:
        """Send the request, leaving out what the endpoint turns out not to take."""
        while True:
            body, used = body_of(
                request,
                model=self._profile.model,
                traits=self._traits,
                sees_pictures=self._profile.sees_pictures,
                extra=self._extra,
            )
            try:
                response = await self._line.post(
                    _COMPLETIONS, _flat(body), timeout=_TIMEOUT, model=self._profile.model, stream=True
                )
                stack.push_async_callback(response.aclose)
                return response, used
            except RefusedRequest as refusal:
                given_up = self._traits.learn(refusal.said, used)
                if given_up is None:
                    raise
                log.info("%s does not take %s for %s", self._place, given_up, self._profile.model)
                if given_up == "tools":
                    raise ToolsRefused(str(refusal)) from refusal

    def _take(self, answer: Answer, ready: list[bytes]) -> str:
        texts: list[str] = []
        for data in ready:
            if data == DONE:
                answer.is_done = True
                continue
            try:
                chunk: Any = from_json(data)
            except ValueError as error:
                raise PassingError(f"{self._place} sent a broken event in its stream.") from error
            if isinstance(chunk, dict):
                texts.append(answer.take(cast("Mapping[str, Any]", chunk)))
        return "".join(texts)

    def _as_json(self, text: str) -> str:
        try:
            return json.dumps(json_in(text), ensure_ascii=False)
        except ValueError as error:
            raise PassingError(f"{self._profile.model} at {self._place} did not answer with JSON.") from error

    def _empty(self, answer: Answer) -> ModelError:
        who = f"{self._profile.model} at {self._place}"
        if answer.finish == "content_filter":
            return ModelError(f"{who} declined to answer (content filter).")
        if answer.finish == "length" and answer.thought:
            return ModelError(f"{who} used up its length limit on reasoning. Raise max_tokens in [agent].")
        return PassingError(f"{who} gave an empty answer.")


def _flat(body: Mapping[str, Any]) -> dict[str, Any]:
    """With the fields that are not the API's own beside the others."""
    given = {key: value for key, value in body.items() if key != "extra_body"}
    return {**given, "stream": True, **body.get("extra_body", {})}


def _is_stream(response: httpx2.Response, place: str) -> bool:
    """False for an endpoint that does not stream and sends the whole answer at once."""
    kind = response.headers.get("content-type", "")
    if "html" in kind:
        raise ModelError(f"{place} sent a web page, not an answer. Check OPENAI_BASE_URL; it ends in /v1 for most.")
    return "application/json" not in kind


async def _as_event(response: httpx2.Response) -> AsyncIterator[bytes]:
    yield b"data: " + (await response.aread()).replace(b"\n", b" ") + b"\n\n"
    yield b"data: [DONE]\n\n"
