"""Whether voice messages are heard, and by whom."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from adapters.models.transcriptions import open_transcriber
from adapters.storage.store import Store
from bots.metered import meter
from bots.settings import Settings, variables
from core.platform import Chat
from core.ports import Clock
from core.voices import Voices


@asynccontextmanager
async def open_voices(
    settings: Settings, store: Store, chats: Mapping[str, Chat], clock: Clock
) -> AsyncGenerator[Voices | None]:
    """What hears them, metered; None where no model is set for it."""
    table = settings.configuration.models.transcription
    if table is None:
        yield None
        return
    environment = settings.environment
    async with open_transcriber(
        table, base_url=environment.openai_base_url, api_key=environment.openai_api_key, keys=variables()
    ) as transcriber:
        yield Voices(meter(settings.configuration, store.till, clock).transcriber(transcriber), chats, store.inbox)
