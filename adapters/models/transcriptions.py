"""Speech to text at an OpenAI-compatible endpoint."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from openai import AsyncOpenAI, DefaultAioHttpClient

from adapters.models.failures import translated
from adapters.models.patience import Limits, tries
from adapters.models.settings import ModelTable
from core.errors import ModelError
from core.modelling import Used

_LIMITS = Limits(first_chunk_s=45.0, retry_s=20.0, attempts=2)
_DEFAULT_MODEL = "whisper-1"
_NO_KEY = "none"


class EndpointTranscriber:
    """Implements `core.voices.Transcriber`."""

    def __init__(self, client: AsyncOpenAI, model: str, *, limits: Limits = _LIMITS) -> None:
        self._client = client
        self._model = model
        self._limits = limits
        self._place = client.base_url.netloc.decode() or str(client.base_url)

    @property
    def asked(self) -> Used:
        """One request; endpoints price recordings by the minute or the request, and tell nothing of either."""
        return Used(self._model, 0, 0, is_estimate=True, endpoint=self._place)

    async def words(self, content: bytes, *, name: str, media_type: str) -> str:
        """See `core.voices.Transcriber`."""
        async for attempt in tries(self._limits):
            with attempt, translated(self._place, self._model):
                said = await self._client.audio.transcriptions.create(
                    model=self._model,
                    file=(name, content, media_type),
                    response_format="json",
                    timeout=self._limits.first_chunk_s,
                )
                # A web page in place of an endpoint comes as a plain text.
                text: object = getattr(said, "text", None)
                if not isinstance(text, str):
                    raise ModelError(f"{self._place} did not answer with a transcription. Check its address.")
                return text
        raise AssertionError("the last attempt returns or raises")


@asynccontextmanager
async def open_transcriber(
    table: ModelTable, *, base_url: str, api_key: str, keys: Mapping[str, str]
) -> AsyncGenerator[EndpointTranscriber]:
    """Connect; nothing is asked before the first recording."""
    key = keys.get(table.api_key_env, "") if table.api_key_env else api_key
    async with DefaultAioHttpClient() as http:
        client = AsyncOpenAI(
            api_key=key or _NO_KEY, base_url=table.base_url or base_url or None, http_client=http, max_retries=0
        )
        yield EndpointTranscriber(client, table.model or _DEFAULT_MODEL)
