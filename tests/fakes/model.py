"""A model that says what it was told to, and fails on a call nobody scripted."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from core.errors import ModelError
from core.modelling import CallsAsked, ModelEvent, ModelProfile, ModelRequest, TextPiece, ToolCall, Used

Scripted = Sequence[ModelEvent | ModelError]


def says(text: str, *, piece_chars: int = 7) -> Scripted:
    """A text in pieces, then the use."""
    pieces = [TextPiece(text[at : at + piece_chars]) for at in range(0, len(text), piece_chars)]
    return [*pieces, Used("scripted", 10, len(pieces))]


def calls(name: str, arguments: str, *, id: str = "call-1") -> Scripted:
    """One tool call."""
    return [CallsAsked((ToolCall(id, name, arguments),)), Used("scripted", 10, 5)]


class ScriptedModel:
    """Each call takes the next script; `requests` keeps what was asked."""

    def __init__(self, *scripts: Scripted, is_small: bool = False, holds: bool = False) -> None:
        self.scripts = list(scripts)
        self.requests: list[ModelRequest] = []
        self._held = asyncio.Event()
        self._held_from = 1
        if not holds:
            self._held.set()
        self.profile = ModelProfile("scripted", "a scripted model", is_small=is_small)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """See `core.modelling.ChatModel`."""
        self.requests.append(request)
        number = len(self.requests)
        if not self.scripts:
            raise AssertionError("the model was asked more often than scripted")
        for event in self.scripts.pop(0):
            if isinstance(event, ModelError):
                raise event
            yield event
        if number >= self._held_from:
            await self._held.wait()

    def hold_from(self, number: int) -> None:
        """Only this call and later ones wait, counted from 1."""
        self._held_from = number

    def release(self) -> None:
        """Let held answers end: with `holds` each waits after its last event."""
        self._held.set()
