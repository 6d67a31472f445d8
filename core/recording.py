"""Model calls as steps of a journal: one that was finished before is read back instead of being made again."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from pydantic import TypeAdapter

from core.journal import Journal
from core.metering import paid_before
from core.modelling import CallsAsked, ChatModel, ModelEvent, ModelProfile, ModelRequest, TextPiece, ToolCall, Used


@dataclass(frozen=True, slots=True)
class _Said:
    """All that came of one model call."""

    text: str
    calls: tuple[ToolCall, ...]
    used: tuple[Used, ...]


_SAID = TypeAdapter(_Said)


class RecordedModel:
    """Implements `core.modelling.ChatModel` over another one, for one attempt at a turn."""

    def __init__(self, model: ChatModel, journal: Journal, *, route: str = "chat") -> None:
        self._model = model
        self._route = route
        self._journal = journal
        self._finished = 0

    @property
    def profile(self) -> ModelProfile:
        """See `core.modelling.ChatModel`."""
        return self._model.profile

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """See `core.modelling.ChatModel`; a call whose answer broke off is no step."""
        key = f"model:{self._finished + 1}"
        if (said := self._journal.known(key, _SAID)) is not None:
            self._finished += 1
            for before in said.used:
                paid_before(before, self._route)
            for event in _events(said):
                yield event
            return
        text: list[str] = []
        calls: tuple[ToolCall, ...] = ()
        used: list[Used] = []
        async with aclosing(self._model.stream(request)) as events:
            async for event in events:
                match event:
                    case TextPiece(piece):
                        text.append(piece)
                    case CallsAsked(asked):
                        calls = asked
                    case Used():
                        used.append(event)
                yield event
        said = _Said("".join(text), calls, tuple(used))
        if calls:
            await self._journal.keep(key, _SAID, said)
        else:
            # Nothing but the turn's end follows: the answer is saved there, a flush to the disk sooner.
            self._journal.keep_later(key, _SAID, said)
        self._finished += 1


def _events(said: _Said) -> list[ModelEvent]:
    text = [TextPiece(said.text)] if said.text else []
    calls = [CallsAsked(said.calls)] if said.calls else []
    return [*text, *calls, *said.used]
