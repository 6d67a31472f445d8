"""Open the models that the settings ask for: one HTTP session, each endpoint asked once what it has."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from openai import AsyncOpenAI, DefaultAioHttpClient

from adapters.models.catalogue import listing
from adapters.models.deciding import Deciding
from adapters.models.embeddings import EndpointEmbedder
from adapters.models.endpoint import EndpointModel
from adapters.models.fallback import FallbackModel
from adapters.models.hedging import HedgedModel
from adapters.models.limited import LimitedModel, Turnstile
from adapters.models.line import Line
from adapters.models.patience import Limits
from adapters.models.plan import Place, Plan, Planned, Planner
from adapters.models.settings import ModelsSettings
from adapters.models.text_tools import TextTools
from adapters.models.tokenizing import tokenizer_of
from adapters.models.traits import Traits
from core.modelling import ChatModel, Embedder, ModelProfile, Work

_NO_KEY = "none"
"""The SDK demands a key; servers without one ignore it."""
_RETRY_WITH_FALLBACK_S = 6.0
"""With another model at hand, the first is not asked again for long."""


@dataclass(frozen=True, slots=True)
class Models:
    """The models of a process."""

    by_work: Mapping[Work, ChatModel]
    embedder: Embedder | None
    """None when no endpoint has embeddings."""
    tokenizers: Mapping[str, Callable[[str], int]]
    """Those that settings name, by model."""
    lines: tuple[str, ...]
    """What was chosen and what was not found, for the log and the start screen."""
    embedder_named: Callable[[str], Embedder | None] = lambda model: None
    """Another model for embeddings by its name, where that is a fallback of theirs, else at their endpoint."""

    def chat(self, work: Work) -> ChatModel:
        """The model for a kind of work; the chat model where there is none of its own."""
        return self.by_work.get(work) or self.by_work["chat"]


@asynccontextmanager
async def open_models(
    settings: ModelsSettings,
    *,
    base_url: str = "",
    api_key: str = "",
    keys: Mapping[str, str] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncGenerator[Models]:
    """Connect to every endpoint and choose models.

    `base_url` and `api_key` are what the environment says (`OPENAI_BASE_URL`, `OPENAI_API_KEY`), `keys` what
    the variables hold that `api_key_env` may name. An endpoint that does not answer now is told of in `lines`
    and asked again by the first turn. Raises `SettingsError` when there is no endpoint at all.
    """
    planner = Planner(settings, base_url=base_url, api_key=api_key, keys=keys or {})
    async with DefaultAioHttpClient() as http:
        lines = {
            place: Line(
                AsyncOpenAI(api_key=place.key or _NO_KEY, base_url=place.base_url, http_client=http, max_retries=0),
                http,
            )
            for place in planner.places()
        }
        async with asyncio.TaskGroup() as group:
            asked = {place: group.create_task(listing(line.client)) for place, line in lines.items()}
        plan = planner.plan({place: task.result() for place, task in asked.items()})
        yield _Builder(plan, lines, clock).models()


class _Builder:
    """Turns a plan into models; a model used for several kinds of work is made once."""

    def __init__(self, plan: Plan, lines: Mapping[Place, Line], clock: Callable[[], float]) -> None:
        self._plan = plan
        self._lines = lines
        self._clock = clock
        self._made: dict[tuple[Place, str, bool, bool], ChatModel] = {}
        self._turnstiles: dict[int, Turnstile] = {}

    def models(self) -> Models:
        by_work: dict[Work, ChatModel] = {
            work: self._chain(chain) for work, chain in self._plan.models.items() if work != "embeddings"
        }
        named = {each.model: each.table.tokenizer for chain in self._plan.models.values() for each in chain}
        tokenizers = {model: tokenizer_of(path) for model, path in named.items() if path}
        return Models(by_work, self._embedder(), tokenizers, self._plan.lines, self._embedder_named)

    def _embedder(self) -> Embedder | None:
        chain = self._plan.models.get("embeddings")
        return EndpointEmbedder(self._lines[chain[0].place], chain[0].model) if chain else None

    def _embedder_named(self, model: str) -> Embedder | None:
        chain = self._plan.models.get("embeddings") or ()
        place = next((each.place for each in chain if each.model == model), chain[0].place if chain else None)
        return EndpointEmbedder(self._lines[place], model) if place else None

    def _chain(self, chain: tuple[Planned, ...]) -> ChatModel:
        members = [self._limited(each, has_next=each is not chain[-1]) for each in chain]
        if len(members) == 1:
            return members[0]
        model, after_s = FallbackModel(members, clock=self._clock), chain[0].table.hedge_after_s
        return HedgedModel(model, model.after_the_first(), after_s=after_s) if after_s else model

    def _limited(self, planned: Planned, *, has_next: bool) -> ChatModel:
        """With the limits of its table; one that is in several chains is counted once."""
        model, table = self._model(planned, has_next=has_next), planned.table
        if not (table.at_once or table.requests_per_minute):
            return model
        if id(planned) not in self._turnstiles:
            self._turnstiles[id(planned)] = Turnstile(table.at_once, table.requests_per_minute, self._clock)
        wait_s = 0.0 if has_next else table.first_chunk_limit_s
        return LimitedModel(model, self._turnstiles[id(planned)], limit_s=wait_s)

    def _model(self, planned: Planned, *, has_next: bool) -> ChatModel:
        key = (planned.place, planned.model, has_next, planned.sees_pictures)
        if key not in self._made:
            self._made[key] = self._make(planned, has_next=has_next)
        return self._made[key]

    def _make(self, planned: Planned, *, has_next: bool) -> ChatModel:
        table = planned.table
        limits = Limits(first_chunk_s=table.first_chunk_limit_s, chunk_s=table.chunk_limit_s)
        if has_next:
            limits = Limits(
                first_chunk_s=table.first_chunk_limit_s,
                chunk_s=table.chunk_limit_s,
                retry_s=_RETRY_WITH_FALLBACK_S,
                retry_after_s=_RETRY_WITH_FALLBACK_S,
                attempts=2,
            )
        profile = ModelProfile(
            model=planned.model,
            label=table.label or planned.model,
            is_small=planned.is_small,
            sees_pictures=planned.sees_pictures,
            context_tokens=table.context_tokens,
            endpoint=urlsplit(planned.place.base_url).netloc,
        )
        plain = EndpointModel(
            self._lines[planned.place],
            profile,
            traits=Traits(native_tools=table.native_tools, json=table.json_form or None),
            limits=limits,
            extra=table.extra_body,
        )
        if planned.is_small:
            return Deciding(plain.with_extra(table.extra_body_decide), plain.with_extra(table.extra_body_reply))
        return TextTools(plain)
