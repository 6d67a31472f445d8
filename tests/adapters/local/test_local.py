"""The local engine, embeddings and reader with their real models: shapes and guards, not wording."""

import io
from pathlib import Path

import pytest
from openai import AsyncOpenAI, AuthenticationError
from PIL import Image, ImageDraw, ImageFont

from adapters.local import embedder, text_reader
from adapters.local.chat_server import DECIDE_SLOT, REPLY_SLOT, LocalChatServer
from adapters.local.embedder import LocalEmbedder
from adapters.local.language import LocalLanguage
from adapters.local.text_reader import LocalTextReader
from adapters.local.weights import KNOWN, Packaged, Weights, find_weights, join
from adapters.models.opening import open_models
from adapters.models.settings import ModelsSettings, ModelTable
from bots.toolshed import load_tools
from core.errors import SettingsError
from core.modelling import CallsAsked, ModelRequest, PromptMessage, TextPiece
from core.settings import ToolSettings

pytestmark = pytest.mark.local_llm
REFUND = "I want a refund for order #88291. The item arrived damaged."
STATUS = "Where is my order #88291?"


def settings_for(server: LocalChatServer) -> ModelsSettings:
    chat = ModelTable(
        base_url=server.base_url,
        model=server.model_name,
        is_small=True,
        first_chunk_limit_s=300,
        chunk_limit_s=300,
        extra_body_decide={"id_slot": DECIDE_SLOT, "cache_prompt": True},
        extra_body_reply={"id_slot": REPLY_SLOT, "cache_prompt": True},
    )
    return ModelsSettings(preset="local", chat=chat)


async def chosen(server: LocalChatServer, text: str, *, seed: int) -> list[tuple[str, str]]:
    """What the model wants to call for a message."""
    tools = tuple(each.spec for each in load_tools(ToolSettings()) if not each.hands_over)
    request = ModelRequest(
        (PromptMessage("system", "You help customers of a shop."), PromptMessage("user", text)),
        tools=tools,
        max_tokens=60,
        seed=seed,
        question=text,
    )
    asked: list[tuple[str, str]] = []
    async with open_models(settings_for(server), base_url=server.base_url, api_key=server.api_key) as models:
        async for event in models.chat("chat").stream(request):
            if isinstance(event, CallsAsked):
                asked.extend((call.name, call.arguments) for call in event.calls)
    return asked


@pytest.mark.asyncio(loop_scope="session")
async def test_a_refund_request_chooses_the_refund_of_the_right_order(small_server: LocalChatServer) -> None:
    ((name, arguments),) = await chosen(small_server, REFUND, seed=1)
    assert name == "initiate_refund"
    assert "88291" in arguments


@pytest.mark.asyncio(loop_scope="session")
async def test_asking_where_an_order_is_never_chooses_a_refund(small_server: LocalChatServer) -> None:
    for seed in range(5):
        assert all(name != "initiate_refund" for name, _ in await chosen(small_server, STATUS, seed=seed))


@pytest.mark.asyncio(loop_scope="session")
async def test_answers_come_in_pieces(small_server: LocalChatServer) -> None:
    request = ModelRequest((PromptMessage("user", "Say hello to a customer in one sentence."),), max_tokens=24)
    async with open_models(
        settings_for(small_server), base_url=small_server.base_url, api_key=small_server.api_key
    ) as models:
        pieces = [each async for each in models.chat("chat").stream(request) if isinstance(each, TextPiece)]
    assert len(pieces) > 2


@pytest.mark.asyncio(loop_scope="session")
async def test_nobody_else_on_this_machine_can_use_the_model(small_server: LocalChatServer) -> None:
    async with AsyncOpenAI(base_url=small_server.base_url, api_key="guess", max_retries=0) as stranger:
        with pytest.raises(AuthenticationError):
            await stranger.chat.completions.create(
                model=small_server.model_name, messages=[{"role": "user", "content": "Hi"}]
            )


@pytest.mark.skipif(not embedder.is_available(), reason="the extra local-small is not installed")
@pytest.mark.parametrize("is_e5", [True, False])
async def test_texts_that_mean_alike_are_near_across_languages(is_e5: bool) -> None:
    here = LocalEmbedder(is_e5=is_e5)
    (query,) = await here.embed(["¿Cuándo llega mi paquete?"], role="query")
    near, far = await here.embed(["When does my parcel arrive?", "Gift cards do not expire."], role="passage")

    def cosine(a: list[float], b: list[float]) -> float:
        return sum(x * y for x, y in zip(a, b, strict=True))

    assert cosine(query, near) > cosine(query, far)
    assert cosine(near, near) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.skipif(not text_reader.is_available(), reason="the extra local-small is not installed")
async def test_an_error_code_is_read_off_a_screenshot() -> None:
    image = Image.new("RGB", (640, 120), "white")
    ImageDraw.Draw(image).text(
        (20, 40), "Error E-4012: payment declined", fill="black", font=ImageFont.load_default(28)
    )
    content = io.BytesIO()
    image.save(content, "PNG")
    lines = await LocalTextReader().read(content.getvalue())
    assert [line.text for line in lines] == ["Error E-4012: payment declined"]


def test_languages_are_told_apart_and_short_texts_are_not_guessed() -> None:
    here = LocalLanguage()
    assert here.of("Wo ist meine Bestellung geblieben?") == "de"
    assert here.of("Where has my order gone?") == "en"
    assert here.of("refund") == ""


def test_weights_of_another_content_are_refused_and_leave_nothing_behind(tmp_path: Path) -> None:
    part = tmp_path / "part.bin"
    part.write_bytes(b"not a model")
    other = Packaged("m.gguf", "Some model", "x", 1, 11, "0" * 64)
    with pytest.raises(SettingsError, match="not the file"):
        join(other, [part], tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_named_file_that_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="LOCAL_CHAT_GGUF"):
        find_weights(str(tmp_path / "none.gguf"), cache_folder=tmp_path)


def test_a_named_file_is_used_before_any_package(tmp_path: Path) -> None:
    named = tmp_path / "better.gguf"
    named.write_bytes(b"GGUF")
    assert find_weights(str(named), cache_folder=tmp_path) == Weights(named, "better")


def test_every_known_model_has_a_whole_checksum() -> None:
    assert all(len(each.sha256) == 64 and int(each.sha256, 16) for each in KNOWN)
