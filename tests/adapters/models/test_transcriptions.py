"""Speech to text over a real socket."""

import pytest

from adapters.models.patience import Limits
from adapters.models.settings import ModelTable
from adapters.models.transcriptions import EndpointTranscriber, open_transcriber
from core.errors import ModelError
from tests.servers import model


async def test_a_recording_is_sent_as_a_file_and_comes_back_as_words() -> None:
    server = model.ModelServer()
    server.heard = ["Where is my parcel?"]
    async with (
        model.serve(server) as url,
        open_transcriber(ModelTable(model="ears"), base_url=f"{url}/v1", api_key="k", keys={}) as transcriber,
    ):
        said = await transcriber.words(b"sound", name="voice.ogg", media_type="audio/ogg")
    assert said == "Where is my parcel?"
    assert server.recordings == [("ears", "voice.ogg", b"sound")]


async def test_what_is_refused_and_what_fails_is_one_kind_of_error() -> None:
    server = model.ModelServer()
    async with (
        model.serve(server) as url,
        open_transcriber(ModelTable(base_url=f"{url}/v1"), base_url="", api_key="k", keys={}) as opened,
    ):
        quick = EndpointTranscriber(opened._client, "ears", limits=Limits(attempts=2, pause_s=0.001))  # pyright: ignore[reportPrivateUsage]
        for media_type in ("audio/ogg", "text/plain"):
            with pytest.raises(ModelError) as failed:
                await quick.words(b"sound", name="voice.ogg", media_type=media_type)
            assert "nothing heard" not in str(failed.value)
    assert len(server.recordings) == 2


async def test_an_address_that_serves_pages_is_named() -> None:
    server = model.ModelServer()
    async with (
        model.serve(server) as url,
        open_transcriber(ModelTable(base_url=f"{url}/nowhere"), base_url="", api_key="k", keys={}) as transcriber,
    ):
        with pytest.raises(ModelError, match=r"127\.0\.0\.1"):
            await transcriber.words(b"sound", name="voice.ogg", media_type="audio/ogg")
