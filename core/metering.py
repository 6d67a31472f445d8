"""Models and embedders that put every call on somebody's tab: reserved before it is made, counted after it.

Whose tab it is follows the task: a turn is `paying` for all that is asked while it runs, also by what it starts.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Literal, Protocol

from core.counting import Counter, message_bytes, size_bytes, tools_bytes
from core.errors import ModelCut, ModelError
from core.modelling import (
    CallsAsked,
    ChatModel,
    Embedder,
    ModelEvent,
    ModelProfile,
    ModelRequest,
    PromptMessage,
    TextPiece,
    ToolSpec,
    Used,
)
from core.ports import Clock
from core.prices import PriceBook
from core.spending import Amount, ModelCall, Outcome, Tab, Till, draw

_TAB: ContextVar[Tab | None] = ContextVar("tab", default=None)
_KEPT_PROMPTS = 512
_OF_THEIR_OWN = frozenset(("triage", "summary", "vision"))
"""Routes whose prompts begin otherwise than those of answers."""
_BYTES_PER_TOKEN = 4


@contextmanager
def paying(tab: Tab) -> Generator[None]:
    """Whatever is asked in this block, and in tasks begun in it, goes on this tab."""
    token = _TAB.set(tab)
    try:
        yield
    finally:
        _TAB.reset(token)


def paid_before(used: Used, route: str) -> None:
    """Put a call that an attempt before this one finished on the tab, unless that attempt was settled whole."""
    tab = _TAB.get()
    if tab is not None and not tab.is_recovered:
        tab.add(ModelCall(route, used, "done", tab.began_at))


class CountingEmbedder(Embedder, Protocol):
    """An embedder that tells what it took."""

    async def embed_counted(
        self, texts: list[str], *, role: Literal["query", "passage"]
    ) -> tuple[list[list[float]], Used]:
        """Like `embed`, with what it took."""
        ...


class CountingTranscriber(Protocol):
    """Speech to text that tells who it asks."""

    @property
    def asked(self) -> Used:
        """One request of it."""
        ...

    async def words(self, content: bytes, *, name: str, media_type: str) -> str:
        """See `core.voices.Transcriber`."""
        ...


class Meter:
    """Prices calls, draws what they may cost, and puts them on a tab; one a process."""

    def __init__(self, till: Till, book: PriceBook, clock: Clock, *, is_strict: bool = False) -> None:
        self.is_strict = is_strict
        """Reserve as if every byte were a token, so that no endpoint can pass a cap by counting otherwise."""
        self._till = till
        self._book = book
        self.clock = clock
        self.counter = Counter()
        self._prompts: OrderedDict[tuple[str, str], ModelRequest] = OrderedDict()

    def chat(self, model: ChatModel, route: str) -> "MeteredModel":
        """The model, metered."""
        return MeteredModel(model, route, self)

    def embedder(self, embedder: CountingEmbedder) -> "MeteredEmbedder":
        """The embedder, metered."""
        return MeteredEmbedder(embedder, self)

    def transcriber(self, transcriber: CountingTranscriber) -> "MeteredTranscriber":
        """The one who hears, metered."""
        return MeteredTranscriber(transcriber, self)

    def tab(self) -> tuple[Tab, bool]:
        """Whose call it is; the flag is True where nobody's, so that it has to be settled at once."""
        tab = _TAB.get()
        if tab is not None:
            return tab, False
        return self._till.house_tab(), True

    async def draw(self, tab: Tab, tokens: int, *, requests: int = 1) -> Amount:
        """Reserve what a call may cost at most. Raises `BudgetReached`."""
        price = self._book.ceiling.cost(input_tokens=tokens, output_tokens=0, requests=requests)
        dear = self._book.ceiling.cost(input_tokens=0, output_tokens=tokens, requests=requests)
        return await draw(tab, Amount(requests, tokens, max(price, dear)), self._till)

    async def settle(self, tab: Tab, taken: Amount, call: ModelCall | None, *, is_alone: bool) -> None:
        """Give back what was drawn and put the call on the tab."""
        tab.drawn = tab.drawn - taken
        if call is not None:
            tab.add(call)
        if is_alone:
            await self._till.settle(tab)

    def most_tokens(self, model: str, request: ModelRequest) -> int:
        """What a call may take at most."""
        return self.counter.most_tokens(model, request, is_strict=self.is_strict)

    def priced(self, used: Used) -> Used:
        """With what it cost."""
        return replace(used, nanos=self._book.cost(used))

    def repeated(self, tab: Tab, route: str, model: str, request: ModelRequest) -> float:
        """The share of a prompt that began the prompt before it in the same case too, for the same kind of prompt at
        the same model: whatever route an answer takes, its prompts begin alike.
        """
        key = (tab.account.case_id, f"{route if route in _OF_THEIR_OWN else 'answer'} {model}")
        before = self._prompts.pop(key, None)
        self._prompts[key] = request
        if len(self._prompts) > _KEPT_PROMPTS:
            self._prompts.popitem(last=False)
        return repeated_share(before, request) if before is not None and tab.account.case_id else 0.0


def repeated_share(before: ModelRequest, now: ModelRequest) -> float:
    """How much of a prompt, by bytes, is the same as in another one from its beginning on. Functions come first."""
    tools = tools_bytes(now.tools)
    total = tools + sum(message_bytes(each) for each in now.messages)
    if not total or _names(before.tools) != _names(now.tools):
        return 0.0
    same = tools
    for old, new in zip(before.messages, now.messages, strict=False):
        if old == new:
            same += message_bytes(new)
            continue
        same += _common(old, new)
        break
    return same / total


def _names(tools: tuple[ToolSpec, ...]) -> list[str]:
    return [each.name for each in tools]


def _common(old: PromptMessage, new: PromptMessage) -> int:
    if old.role != new.role:
        return 0
    shorter = min(len(old.text), len(new.text))
    low = 0
    while low < shorter:
        # Halving finds the first difference without walking through every character.
        middle = (low + shorter + 1) // 2
        if old.text[:middle] == new.text[:middle]:
            low = middle
        else:
            shorter = middle - 1
    return size_bytes(new.text[:low])


class MeteredModel:
    """Implements `core.modelling.ChatModel` over another one."""

    def __init__(self, model: ChatModel, route: str, meter: Meter) -> None:
        self._model = model
        self._route = route
        self._meter = meter

    @property
    def profile(self) -> ModelProfile:
        """See `core.modelling.ChatModel`."""
        return self._model.profile

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """See `core.modelling.ChatModel`. Raises `BudgetReached` before anything is asked."""
        meter, now = self._meter, asyncio.get_running_loop().time
        tab, is_alone = meter.tab()
        twice = self.profile.asked_at_once
        requests = 2 if self.profile.is_small else twice
        taken = await meter.draw(tab, twice * meter.most_tokens(self.profile.model, request), requests=requests)
        share, at, began_s = meter.repeated(tab, self._route, self.profile.model, request), meter.clock.now(), now()
        first_s: float | None = None
        used: Used | None = None
        outcome: Outcome = "cut"
        said = 0
        try:
            async with aclosing(self._model.stream(request)) as events:
                async for event in events:
                    first_s = now() if first_s is None else first_s
                    if isinstance(event, Used):
                        used = event = meter.priced(event)
                        outcome = "done"
                        if not used.is_estimate and used.requests == 1:
                            meter.counter.learn(self.profile.model, request, used.input_tokens)
                    else:
                        said += _size(event)
                    yield event
            outcome = "done"
        except ModelError as error:
            outcome = "cut" if isinstance(error, ModelCut) else "failed"
            raise
        finally:
            used = used or meter.priced(self._guess(request, said, has_failed=outcome == "failed"))
            call = ModelCall(
                self._route,
                used,
                outcome,
                at,
                ms=round((now() - began_s) * 1000),
                first_ms=None if first_s is None else round((first_s - began_s) * 1000),
                repeated_tokens=round(used.input_tokens * share),
            )
            await meter.settle(tab, taken, call, is_alone=is_alone)

    def _guess(self, request: ModelRequest, said: int, *, has_failed: bool) -> Used:
        """What a call took that never told: nothing where no answer began, else the prompt and what came."""
        model, endpoint = self.profile.model, self.profile.endpoint
        if has_failed:
            return Used(model, 0, 0, is_estimate=True, endpoint=endpoint)
        asked = tools_bytes(request.tools) + sum(message_bytes(each) for each in request.messages)
        return Used(
            model, -(-asked // _BYTES_PER_TOKEN), -(-said // _BYTES_PER_TOKEN), is_estimate=True, endpoint=endpoint
        )


def _size(event: TextPiece | CallsAsked) -> int:
    if isinstance(event, TextPiece):
        return size_bytes(event.text)
    return sum(size_bytes(call.arguments) for call in event.calls)


class MeteredEmbedder:
    """Implements `core.modelling.Embedder` over one that counts."""

    def __init__(self, embedder: CountingEmbedder, meter: Meter) -> None:
        self._embedder = embedder
        self._meter = meter

    @property
    def name(self) -> str:
        """See `core.modelling.Embedder`."""
        return self._embedder.name

    async def embed(self, texts: list[str], *, role: Literal["query", "passage"]) -> list[list[float]]:
        """See `core.modelling.Embedder`. Raises `BudgetReached` before anything is asked."""
        meter, now = self._meter, asyncio.get_running_loop().time
        tab, is_alone = meter.tab()
        taken = await meter.draw(tab, sum(size_bytes(each) // (1 if meter.is_strict else 3) + 1 for each in texts))
        at, began_s, call = meter.clock.now(), now(), None
        try:
            vectors, used = await self._embedder.embed_counted(texts, role=role)
            ms = round((now() - began_s) * 1000)
            call = ModelCall("embeddings", meter.priced(used), "done", at, ms=ms, first_ms=ms)
            return vectors
        finally:
            call = call or ModelCall("embeddings", Used(self.name, 0, 0, is_estimate=True), "failed", at)
            await meter.settle(tab, taken, call, is_alone=is_alone)


class MeteredTranscriber:
    """Implements `core.voices.Transcriber` over another one: a recording is one request, whatever its length."""

    def __init__(self, transcriber: CountingTranscriber, meter: Meter) -> None:
        self._transcriber = transcriber
        self._meter = meter

    async def words(self, content: bytes, *, name: str, media_type: str) -> str:
        """See `core.voices.Transcriber`. Raises `BudgetReached` before anything is asked."""
        meter, now = self._meter, asyncio.get_running_loop().time
        tab, is_alone = meter.tab()
        taken = await meter.draw(tab, 0)
        at, began_s = meter.clock.now(), now()
        used, call = meter.priced(self._transcriber.asked), None
        try:
            words = await self._transcriber.words(content, name=name, media_type=media_type)
            ms = round((now() - began_s) * 1000)
            call = ModelCall("transcription", used, "done", at, ms=ms, first_ms=ms)
            return words
        finally:
            call = call or ModelCall("transcription", replace(used, requests=0, nanos=0), "failed", at)
            await meter.settle(tab, taken, call, is_alone=is_alone)
