"""Functions for a capable model whose endpoint takes none: offered in the prompt, read out of the text."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from adapters.models.endpoint import EndpointModel
from adapters.models.failures import ToolsRefused
from adapters.models.prompted_calls import CallGate, as_text, instruction
from core.modelling import CallsAsked, ModelEvent, ModelProfile, ModelRequest, PromptMessage, TextPiece


class TextTools:
    """Uses the endpoint's own functions while it takes them, and the prompt from then on."""

    def __init__(self, plain: EndpointModel) -> None:
        self._plain = plain

    @property
    def profile(self) -> ModelProfile:
        """See `ChatModel`."""
        return self._plain.profile

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """See `ChatModel`."""
        if self._plain.takes_tools:
            try:
                async with aclosing(self._plain.stream(request)) as events:
                    async for event in events:
                        yield event
                return
            except ToolsRefused:
                pass  # it comes before the first event, so nothing was shown yet
        async with aclosing(self._prompted(request)) as events:
            async for event in events:
                yield event

    async def _prompted(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        messages = as_text(request.messages)
        if request.tools:
            leading = next((n for n, each in enumerate(messages) if each.role != "system"), len(messages))
            messages.insert(leading, PromptMessage("system", instruction(request.tools)))
        gate, names = CallGate(), {each.name for each in request.tools}
        asked = replace(request, messages=tuple(messages), tools=())
        async with aclosing(self._plain.stream(asked)) as events:
            async for event in events:
                if not isinstance(event, TextPiece) or not names:
                    if not isinstance(event, TextPiece) and names:
                        for last in _ending(gate, names):
                            yield last
                    yield event
                elif shown := gate.feed(event.text):
                    yield TextPiece(shown)


def _ending(gate: CallGate, names: set[str]) -> list[ModelEvent]:
    text, calls = gate.end(names)
    return [*([TextPiece(text)] if text else []), *([CallsAsked(calls)] if calls else [])]
