"""A chat model that never sees personal data: masked on the way in, put back on the way out.

The map between masks and values lives as long as one request. Tools get the real values, the endpoint never does.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from core.modelling import CallsAsked, ChatModel, ModelEvent, ModelProfile, ModelRequest, PromptMessage, TextPiece
from core.redaction import Kind, Masks


class MaskedModel:
    """Implements `core.modelling.ChatModel` around another one."""

    def __init__(self, model: ChatModel, kinds: frozenset[Kind]) -> None:
        self._model = model
        self._kinds = kinds

    @property
    def profile(self) -> ModelProfile:
        """See `core.modelling.ChatModel`."""
        return self._model.profile

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """See `core.modelling.ChatModel`. A mask that comes in pieces is held back until it is whole."""
        masks, held = Masks(self._kinds), ""
        async with aclosing(self._model.stream(_masked(request, masks))) as events:
            async for event in events:
                if isinstance(event, TextPiece):
                    held += event.text
                    ready = len(held) - masks.held_back(held)
                    if ready:
                        yield TextPiece(masks.unmask(held[:ready]))
                    held = held[ready:]
                    continue
                if held:
                    yield TextPiece(masks.unmask(held))
                    held = ""
                yield _unmasked(event, masks)
        if held:
            yield TextPiece(masks.unmask(held))


def _masked(request: ModelRequest, masks: Masks) -> ModelRequest:
    messages = tuple(each if each.role == "system" else _masked_message(each, masks) for each in request.messages)
    return replace(request, messages=messages, question=masks.mask(request.question))


def _masked_message(message: PromptMessage, masks: Masks) -> PromptMessage:
    calls = tuple(replace(call, arguments=masks.mask(call.arguments)) for call in message.calls)
    return replace(message, text=masks.mask(message.text), calls=calls)


def _unmasked(event: ModelEvent, masks: Masks) -> ModelEvent:
    if not isinstance(event, CallsAsked):
        return event
    return CallsAsked(tuple(replace(call, arguments=masks.unmask(call.arguments)) for call in event.calls))
