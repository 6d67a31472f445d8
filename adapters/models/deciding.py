"""Functions for a small model: one short choice under a grammar, then an answer without functions.

A small model asked to do both at once does neither. It chooses well when the endpoint allows nothing but a
valid choice, and answers decently from a short, flat prompt.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from adapters.models.decision import Choice, choice_in, decision_messages, decision_schema
from adapters.models.endpoint import EndpointModel
from core.modelling import (
    CallsAsked,
    ModelEvent,
    ModelProfile,
    ModelRequest,
    PromptMessage,
    TextPiece,
    ToolCall,
    Used,
)

_EARLIER = 4
"""Messages before the last that a choice may need: `yes, that one`."""
_HISTORY = 6
"""Messages of history in the prompt of an answer."""
_CHOICE_TOKENS = 120


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Deciding:
    """A small model that can run functions: chosen first, one at a time.

    `decide` and `reply` are the same model; they differ in what the endpoint is told to keep warm.
    """

    def __init__(
        self,
        decide: EndpointModel,
        reply: EndpointModel,
        *,
        temperature: float = 0.0,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._decide = decide
        self._reply = reply
        self._temperature = temperature
        self._now = now

    @property
    def profile(self) -> ModelProfile:
        """See `ChatModel`."""
        return self._reply.profile

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """See `ChatModel`."""
        choice, used = Choice(), None
        if request.tools and request.messages[-1].role == "user":
            choice, used = await self._choose(request)
            if choice.tool and not choice.unsaid:
                yield CallsAsked((ToolCall(f"call_{uuid4().hex[:16]}", choice.tool, choice.arguments),))
                if used:
                    yield used
                return
        flat = replace(request, messages=_flat(request.messages, choice.unsaid), tools=())
        async with aclosing(self._reply.stream(flat)) as events:
            async for event in events:
                yield _sum(used, event) if isinstance(event, Used) else event

    async def _choose(self, request: ModelRequest) -> tuple[Choice, Used | None]:
        *before, last = (each for each in request.messages if each.role in ("user", "assistant"))
        question = request.question or last.text
        asked = replace(
            request,
            messages=decision_messages(request.tools, question=question, earlier=before[-_EARLIER:], now=self._now()),
            tools=(),
            json_schema=decision_schema(request.tools),
            temperature=self._temperature,
            max_tokens=_CHOICE_TOKENS,
        )
        text, used = "", None
        async with aclosing(self._decide.stream(asked)) as events:
            async for event in events:
                if isinstance(event, TextPiece):
                    text += event.text
                elif isinstance(event, Used):
                    used = event
        said = "\n".join([*(each.text for each in before), question])
        return choice_in(text, request.tools, said=said), used


def _flat(messages: Sequence[PromptMessage], unsaid: Sequence[str]) -> tuple[PromptMessage, ...]:
    """System text, a little history, the last message; what functions gave becomes plain sentences."""
    system = [each for each in messages if each.role == "system"]
    talk = [each for each in messages if each.role in ("user", "assistant") and not each.calls and each.text]
    results = [each.text for each in messages if each.role == "tool"]
    *history, last = talk or [PromptMessage("user", "(no text)")]
    text = last.text
    if results:
        found = "\n".join(f"Result: {each}" for each in results)
        text = f"Customer wrote: {text}\n{found}\nWrite the reply to the customer, from the result alone."
    elif unsaid:
        missing = ", ".join(each.replace("_", " ") for each in unsaid)
        text += f"\n\n(The customer did not give the {missing}. Ask for it in one sentence.)"
    return (*system, *history[-_HISTORY:], replace(last, text=text))


def _sum(first: Used | None, second: Used) -> Used:
    if first is None:
        return second
    return Used(
        second.model,
        first.input_tokens + second.input_tokens,
        first.output_tokens + second.output_tokens,
        first.cached_tokens + second.cached_tokens,
        is_estimate=first.is_estimate or second.is_estimate,
        endpoint=second.endpoint,
        requests=first.requests + second.requests,
    )
