"""A second model is asked too when the first is slow to begin; whoever begins first answers. Off unless set."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from core.modelling import ChatModel, ModelEvent, ModelProfile, ModelRequest, Used

_AHEAD = 16
"""Events that a runner may be ahead of whoever reads them."""


@dataclass(slots=True)
class _End:
    error: Exception | None = None


def _events() -> "asyncio.Queue[ModelEvent | _End]":
    return asyncio.Queue(_AHEAD)


@dataclass(slots=True)
class _Runner:
    """One of the two, pulled by a task of its own, so that its connection lives and ends there."""

    model: ChatModel
    events: "asyncio.Queue[ModelEvent | _End]" = field(default_factory=_events)
    has_begun: asyncio.Event = field(default_factory=asyncio.Event)
    failed: Exception | None = None
    task: "asyncio.Task[None] | None" = None

    def start(self, request: ModelRequest) -> None:
        self.task = asyncio.create_task(self._run(request))

    async def _run(self, request: ModelRequest) -> None:
        try:
            async with aclosing(self.model.stream(request)) as events:
                async for event in events:
                    self.has_begun.set()
                    await self.events.put(event)
        except Exception as error:  # noqa: BLE001 - handed to whoever reads, which raises it
            self.failed = error
            await self.events.put(_End(error))
        else:
            await self.events.put(_End())
        finally:
            self.has_begun.set()


class HedgedModel:
    """Implements `core.modelling.ChatModel` over two.

    `sleep` waits for so many seconds. A model that is asked and not listened to counts with its prompt as an estimate.
    """

    def __init__(
        self,
        first: ChatModel,
        second: ChatModel,
        *,
        after_s: float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._first = first
        self._second = second
        self._after_s = after_s
        self._sleep = sleep

    @property
    def profile(self) -> ModelProfile:
        """The first one's; one call may lead to two requests."""
        return replace(self._first.profile, asked_at_once=2)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """See `ChatModel`."""
        runners = [_Runner(self._first)]
        try:
            runners[0].start(request)
            if self._first.profile.model != self._second.profile.model and not await self._begins_in_time(runners[0]):
                runners.append(_Runner(self._second))
                runners[1].start(request)
            winner = await _first_to_begin(runners)
            async with aclosing(_told(winner, is_hedged=len(runners) > 1)) as events:
                async for event in events:
                    yield event
        finally:
            tasks = [each.task for each in runners if each.task]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _begins_in_time(self, runner: _Runner) -> bool:
        waits = [asyncio.ensure_future(each) for each in (runner.has_begun.wait(), self._sleep(self._after_s))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
        return runner.has_begun.is_set()


async def _first_to_begin(runners: Sequence[_Runner]) -> _Runner:
    """Whoever has begun an answer; one that failed only when nobody is left."""
    while True:
        running = [each for each in runners if each.failed is None]
        begun = [each for each in running if each.has_begun.is_set()]
        if begun or not running:
            return (begun or list(runners))[0]
        waits = [asyncio.ensure_future(each.has_begun.wait()) for each in running]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()


async def _told(runner: _Runner, *, is_hedged: bool) -> AsyncGenerator[ModelEvent, None]:
    while True:
        event = await runner.events.get()
        if isinstance(event, _End):
            if event.error is not None:
                raise event.error
            return
        if is_hedged and isinstance(event, Used):
            event = replace(event, input_tokens=2 * event.input_tokens, requests=event.requests + 1, is_estimate=True)
        yield event
