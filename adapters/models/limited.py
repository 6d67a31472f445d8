"""A model of one route with its limits: so many calls at once, so many a minute. Counted in this process."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field

from adapters.models.failures import AtItsLimit
from core.modelling import ChatModel, ModelEvent, ModelProfile, ModelRequest

_MINUTE_S = 60.0


@dataclass(slots=True)
class Turnstile:
    """Lets calls through in the order they came. 0 of a limit: none.

    `clock` gives seconds that only grow.
    """

    at_once: int
    per_minute: int
    clock: Callable[[], float]
    sleep: Callable[[float], "asyncio.Future[None]"] = field(
        default=lambda seconds: asyncio.ensure_future(asyncio.sleep(seconds))
    )
    _busy: int = 0
    _began: deque[float] = field(default_factory=deque[float])
    _waiting: deque[asyncio.Event] = field(default_factory=deque[asyncio.Event])

    def wait_s(self) -> float:
        """Seconds until another call may begin; infinity while only the end of one makes room."""
        if self.at_once and self._busy >= self.at_once:
            return float("inf")
        now = self.clock()
        while self._began and now - self._began[0] >= _MINUTE_S:
            self._began.popleft()
        if not self.per_minute or len(self._began) < self.per_minute:
            return 0.0
        return self._began[0] + _MINUTE_S - now

    @asynccontextmanager
    async def passing(self, *, limit_s: float, who: str) -> AsyncGenerator[None, None]:
        """One call. Raises `AtItsLimit` when it may not begin within `limit_s`."""
        until = self.clock() + limit_s
        await self._enter(until, who)
        try:
            yield
        finally:
            self._busy -= 1
            self._next()

    async def _enter(self, until: float, who: str) -> None:
        mine = asyncio.Event()
        self._waiting.append(mine)
        try:
            while self._waiting[0] is not mine or self.wait_s() > 0:
                left = until - self.clock()
                pause = self.wait_s() if self._waiting[0] is mine else float("inf")
                if left <= 0 or (pause > left and pause != float("inf")):
                    raise AtItsLimit(f"{who} has as many requests as its limits allow.")
                await self._wait(mine, min(pause, left))
            self._busy += 1
            if self.per_minute:
                self._began.append(self.clock())
        finally:
            self._waiting.remove(mine)
            self._next()

    async def _wait(self, mine: asyncio.Event, seconds: float) -> None:
        mine.clear()
        woken, slept = asyncio.ensure_future(mine.wait()), self.sleep(seconds)
        try:
            await asyncio.wait({woken, slept}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            woken.cancel()
            slept.cancel()

    def _next(self) -> None:
        if self._waiting:
            self._waiting[0].set()


class LimitedModel:
    """Implements `core.modelling.ChatModel` over another one; waits at most `limit_s` for its turn."""

    def __init__(self, model: ChatModel, turnstile: Turnstile, *, limit_s: float) -> None:
        self._model = model
        self._turnstile = turnstile
        self._limit_s = limit_s

    @property
    def profile(self) -> ModelProfile:
        """See `ChatModel`."""
        return self._model.profile

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """See `ChatModel`. Raises `AtItsLimit` before anything is asked."""
        async with (
            self._turnstile.passing(limit_s=self._limit_s, who=self.profile.label),
            aclosing(self._model.stream(request)) as events,
        ):
            async for event in events:
                yield event
