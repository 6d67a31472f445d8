"""An answer in the making: the prompt that grows, the text shown so far, and what it may claim."""

import json
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing

from core.claims import ClaimFilter
from core.errors import ModelCut
from core.grounding import Grounding
from core.modelling import (
    CallsAsked,
    ChatModel,
    ModelRequest,
    PromptMessage,
    TextPiece,
    ToolCall,
    ToolSpec,
)
from core.reply import ReplyEvent
from core.scene import Outcome
from core.turn import TurnRecord

_CUT_RETRIES = 2
"""How often a step is asked again after its answer broke off."""


class Draft:
    """Grows by model steps and by the outcomes of tool calls."""

    def __init__(
        self,
        messages: list[PromptMessage],
        *,
        evidence: list[str],
        question: str,
        max_tokens: int,
        grounding: Callable[[Callable[[], str]], Grounding] | None = None,
    ) -> None:
        self.outcomes: list[Outcome] = []
        self.calls: tuple[ToolCall, ...] = ()
        """What the step that just ended asked for."""
        self._messages = messages
        self._evidence = evidence
        self.question = question
        self._max_tokens = max_tokens
        self.said: list[str] = []
        """What the model wrote, step by step, before anything was left out of it."""
        self._results: list[str] = []
        """What tools of this turn returned, as the model gets it."""
        self.grounding = grounding(lambda: "\n".join([*self._evidence, *self._results])) if grounding else None
        self._filter = ClaimFilter(
            lambda: "\n".join(self._evidence), self.grounding.grounded if self.grounding else str
        )

    @property
    def text(self) -> str:
        """The answer as shown so far."""
        return self._filter.shown

    @property
    def withdrawn(self) -> list[str]:
        """Claims that had no receipt."""
        return self._filter.withdrawn

    async def step(
        self, model: ChatModel, record: TurnRecord, *, tools: tuple[ToolSpec, ...]
    ) -> AsyncGenerator[ReplyEvent, None]:
        """Ask the model once more; its text comes as events, its calls stand in `calls` afterwards.

        An answer that breaks off is withdrawn and asked for again. Raises `ModelError`.
        """
        start = len(self.text)
        request = ModelRequest(
            tuple(self._messages),
            tools=tools,
            max_tokens=self._max_tokens,
            question=self.question,
        )
        text: list[str] = []
        for attempt in range(_CUT_RETRIES + 1):
            text.clear()
            self.calls = ()
            try:
                async with aclosing(model.stream(request)) as events:
                    async for event in events:
                        if isinstance(event, TextPiece):
                            for change in self._feed(event.text, is_first=not text):
                                yield change
                            text.append(event.text)
                        elif isinstance(event, CallsAsked):
                            self.calls = _distinct(event.calls)
                        else:
                            record.used.append(event)
                break
            except ModelCut:
                record.note("model_cut", json.dumps({"attempt": attempt + 1}))
                if attempt == _CUT_RETRIES:
                    raise
                yield self._filter.rewind(start)
        for change in self._filter.end():
            yield change
        self.said.append("".join(text))
        self._messages.append(PromptMessage("assistant", self.said[-1], calls=self.calls))
        record.note(
            "model",
            json.dumps(
                {
                    "model": model.profile.model,
                    "calls": [call.name for call in self.calls],
                }
            ),
        )

    def say(self, text: str) -> Iterator[ReplyEvent]:
        """Append a paragraph of our own; it is true by where it comes from."""
        self._evidence.append(text)
        yield from self._feed(text, is_first=True)
        yield from self._filter.end()

    def replace(self, text: str) -> Iterator[ReplyEvent]:
        """Make the whole answer this text, changing as little of what is shown as possible."""
        keep = next(
            (i for i, (a, b) in enumerate(zip(self.text, text, strict=False)) if a != b),
            min(len(self.text), len(text)),
        )
        if keep < len(self.text):
            yield self._filter.rewind(keep)
        if keep < len(text):
            yield from self._filter.put(text[keep:])

    def add(self, outcome: Outcome) -> None:
        """Take in what a call led to: the model will see it, and the text may claim it."""
        for each in (*outcome.before, outcome):
            self.outcomes.append(each)
            if each.state == "done":
                self._evidence.append(each.result.summary)
            self._results.append(each.for_model)
        facts = "".join(f"\n(first looked up: {each.for_model})" for each in outcome.before)
        self._messages.append(PromptMessage("tool", outcome.for_model + facts, call_id=outcome.call.id))

    def _feed(self, text: str, *, is_first: bool) -> Iterator[ReplyEvent]:
        if is_first and self.text and not self.text.endswith("\n"):
            yield from self._filter.feed("\n\n")
        yield from self._filter.feed(text)


def _distinct(calls: Sequence[ToolCall]) -> tuple[ToolCall, ...]:
    """Identical calls of one step are one call."""
    return tuple({(call.name, call.arguments): call for call in calls}.values())
