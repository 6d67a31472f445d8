"""From settings to open models: presets, what an endpoint lists, keys, fallbacks, embeddings."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from adapters.models.catalogue import Listing, choose
from adapters.models.embeddings import EndpointEmbedder
from adapters.models.looks import chats, embeds, is_small, sees
from adapters.models.opening import open_models
from adapters.models.plan import Plan, Planner
from adapters.models.presets import ENDPOINTS
from adapters.models.settings import ModelsSettings
from core.errors import ModelError, SettingsError
from core.modelling import Work
from tests.adapters.models.odd_endpoint import KEY, OddEndpoint, Reply, fails, hear, line_to, says

OXLO = (
    "llama-3.3-70b",
    "qwen-3-32b",
    "deepseek-r1-671b",
    "kimi-k2-6",
    "kimi-vl-a3b",
    "gemma-3-27b",
    "bge-large",
    "oxlo-coder-fast",
)


def plan(
    listed: tuple[str, ...] = (), *, base_url: str = "", api_key: str = KEY, problem: str = "", **models: object
) -> Plan:
    """A plan with every endpoint listing the same."""
    planner = Planner(ModelsSettings.model_validate(models), base_url=base_url, api_key=api_key, keys={"OTHER": "k2"})
    return planner.plan({place: Listing(listed, problem) for place in planner.places()})


def first_models(found: Plan) -> Mapping[Work, str]:
    """The first model of each kind of work."""
    return {work: chain[0].model for work, chain in found.models.items()}


def test_the_address_of_oxlo_chooses_its_preset() -> None:
    found = plan(OXLO, base_url="https://api.oxlo.ai/v1")
    assert first_models(found) == {
        "chat": "llama-3.3-70b",
        "triage": "llama-3.3-70b",
        "multilingual": "qwen-3-32b",
        "reasoning": "deepseek-r1-671b",
        "vision": "kimi-vl-a3b",
        "embeddings": "bge-large",
        "code": "oxlo-coder-fast",
    }
    assert found.models["vision"][0].sees_pictures
    assert [each.model for each in found.models["reasoning"]] == ["deepseek-r1-671b", "llama-3.3-70b"]


def test_names_in_other_spellings_are_found() -> None:
    spelled = ("meta-llama/Llama-3.3-70B-Instruct", "Qwen/Qwen3-32B", "BAAI/bge-large-en-v1.5", "Qwen3-Coder-30B-A3B")
    found = first_models(plan(spelled, preset="oxlo"))
    assert found["chat"] == "meta-llama/Llama-3.3-70B-Instruct"
    assert found["multilingual"] == "Qwen/Qwen3-32B"
    assert found["embeddings"] == "BAAI/bge-large-en-v1.5"
    assert found["code"] == "Qwen3-Coder-30B-A3B"


def test_what_is_not_listed_is_named_and_done_by_the_chat_model() -> None:
    found = plan(("llama-3.3-70b",), preset="oxlo")
    assert set(found.models) == {"chat", "triage"}
    assert "multilingual: Qwen 3 32B is not listed; the chat model does it." in found.lines
    assert any(line.startswith("vision: Kimi VL A3B or Gemma 3 27B is not listed") for line in found.lines)


def test_without_a_list_only_sure_names_are_used() -> None:
    found = plan((), preset="oxlo", problem="api.oxlo.ai did not answer in time.")
    assert first_models(found) == {"chat": "llama-3.3-70b", "triage": "llama-3.3-70b", "reasoning": "kimi-k2-6"}
    assert "api.oxlo.ai did not answer in time." in found.lines


def test_a_preset_at_an_endpoint_that_knows_none_of_its_names_runs_with_what_it_lists() -> None:
    found = first_models(plan(("text-embed-1", "house-model"), preset="oxlo"))
    assert found["chat"] == "house-model"
    assert found["triage"] == "house-model" if "triage" in found else True
    assert found["embeddings"] == "text-embed-1"


def test_a_key_alone_means_openai() -> None:
    found = plan(("gpt-4.1-mini", "gpt-4.1", "text-embedding-3-small", "whisper-1"))
    assert found.models["chat"][0].place.base_url == "https://api.openai.com/v1"
    assert first_models(found)["embeddings"] == "text-embedding-3-small"
    assert first_models(found)["vision"] == "gpt-4.1-mini"


def test_an_unknown_endpoint_runs_with_its_first_chat_model() -> None:
    listed = ("nomic-embed-text", "whisper-large", "mistral-nemo", "llava")
    found = plan(listed, base_url="http://127.0.0.1:11434/v1", api_key="")
    assert first_models(found) == {"chat": "mistral-nemo", "vision": "llava", "embeddings": "nomic-embed-text"}


def test_an_endpoint_that_lists_nothing_is_asked_for_a_default() -> None:
    assert first_models(plan((), base_url="http://127.0.0.1:1/v1")) == {"chat": "default"}


def test_a_chat_model_that_sees_looks_at_pictures_too() -> None:
    found = plan((), base_url="http://127.0.0.1:1/v1", chat={"model": "house", "sees_pictures": True})
    assert first_models(found)["vision"] == "house"


def test_tables_name_models_endpoints_keys_and_fallbacks() -> None:
    found = plan(
        ("a", "b"),
        base_url="http://127.0.0.1:1/v1",
        chat={"model": "a", "fallback": ["b", {"base_url": "http://other/v1", "model": "c", "api_key_env": "OTHER"}]},
        code={"base_url": "http://third/v1", "model": "d"},
    )
    chain = found.models["chat"]
    assert [(each.model, each.place.base_url, each.place.key) for each in chain] == [
        ("a", "http://127.0.0.1:1/v1", KEY),
        ("b", "http://127.0.0.1:1/v1", KEY),
        ("c", "http://other/v1", "k2"),
    ]
    assert found.models["code"][0].place.key == "", "the common key goes nowhere else"
    assert any("c is not among the models that other lists" in line for line in found.lines)
    assert KEY not in repr(found)


@pytest.mark.parametrize(
    ("base_url", "api_key", "settings", "problem"),
    [
        ("", "", {}, "No model endpoint: set OPENAI_API_KEY"),
        ("localhost:8080", "", {}, "localhost:8080 is no address"),
        ("http://x/v1", "", {"chat": {"api_key_env": "MISSING"}}, "names MISSING, which is not set"),
    ],
)
def test_what_is_missing_or_wrong_is_said(base_url: str, api_key: str, settings: Any, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem):
        plan(base_url=base_url, api_key=api_key, **settings)


@pytest.mark.parametrize(
    ("model", "small"),
    [
        ("Qwen2.5-Coder-1.5B-Instruct", True),
        ("qwen2.5-coder-0.5b-instruct-q4_k_m", True),
        ("SmolLM2-135M-Instruct", True),
        ("llama3.2:3b", True),
        ("llama-3.3-70b", False),
        ("kimi-vl-a3b", False),
        ("gemma-3-27b", False),
        ("gpt-4.1-mini", False),
        ("qwen3-30b-a3b", False),
    ],
)
def test_small_models_are_known_by_the_size_in_their_name(model: str, small: bool) -> None:
    assert is_small(model) is small


def test_names_tell_what_a_model_is_for() -> None:
    assert [sees(each) for each in ("Kimi-VL-A3B", "qwen2.5-vl-7b", "gpt-4o", "llama-3.3-70b")] == [
        True,
        True,
        True,
        False,
    ]
    assert [embeds(each) for each in ("intfloat/e5-large-v2", "bge-m3", "gpt-4o", "bge-reranker")] == [
        True,
        True,
        False,
        False,
    ]
    assert not any(chats(each) for each in ("whisper-1", "tts-1", "text-embedding-3-small", "dall-e-3", "bge-large"))


def test_a_model_without_a_wish_is_none() -> None:
    assert choose("code", ENDPOINTS[""], Listing(("house",))) == ("", "")


async def test_models_open_at_a_real_endpoint_and_say_what_was_chosen() -> None:
    models = {"data": [{"id": "house"}, {"id": "house-embed"}]}
    async with (
        OddEndpoint(says("Hello."), models=models).serve() as endpoint,
        open_models(ModelsSettings(), base_url=endpoint.url, api_key=KEY) as found,
    ):
        assert found.chat("reasoning") is found.chat("chat")
        assert (await hear(found.chat("chat"))).text == "Hello."
        assert found.chat("chat").profile.label == "house"
        assert any(line.startswith("chat: house at 127.0.0.1:") for line in found.lines)
        assert found.embedder
        assert found.embedder.name == "house-embed"
    assert len(endpoint.connections) == 1


async def test_a_model_that_is_named_for_pictures_sees_them_though_it_chats_without() -> None:
    given = {"chat": {"model": "house"}, "vision": {"model": "house"}}
    async with (
        OddEndpoint(says("Hello."), models={"data": [{"id": "house"}]}).serve() as endpoint,
        open_models(ModelsSettings.model_validate(given), base_url=endpoint.url, api_key=KEY) as found,
    ):
        assert found.chat("vision").profile.sees_pictures
        assert not found.chat("chat").profile.sees_pictures


@pytest.mark.parametrize("models", [404, ["house"], {"models": [{"name": "house"}]}, {"data": None}, "text"])
async def test_odd_lists_do_not_keep_a_process_from_starting(models: object) -> None:
    async with (
        OddEndpoint(says("Hello."), models=models).serve() as endpoint,
        open_models(ModelsSettings(), base_url=endpoint.url) as found,
    ):
        assert (await hear(found.chat("chat"))).text == "Hello."
    assert endpoint.asked[0]["model"] in ("house", "default")


async def test_an_endpoint_that_is_down_at_start_is_told_and_the_fallback_answers() -> None:
    settings = {"chat": {"model": "a", "base_url": "http://127.0.0.1:9/v1", "fallback": [{"base_url": ""}]}}
    async with OddEndpoint(says("Hello.")).serve() as endpoint:
        settings["chat"]["fallback"] = [{"base_url": endpoint.url, "model": "b"}]
        async with open_models(ModelsSettings.model_validate(settings)) as found:
            assert any("Nothing listens at 127.0.0.1:9" in line for line in found.lines)
            assert (await hear(found.chat("chat"))).text == "Hello."
    assert endpoint.asked[0]["model"] == "b"


def vectors(*rows: list[float]) -> Reply:
    """An answer of embeddings, the last one first."""
    data = [{"index": n, "embedding": row} for n, row in enumerate(rows)]
    return Reply((json.dumps({"data": data[::-1]}).encode(),), content_type="application/json")


@pytest.mark.parametrize(
    ("model", "role", "sent"),
    [
        ("e5-large-v2", "query", "query: a"),
        ("e5-large-v2", "passage", "passage: a"),
        ("bge-large-en", "query", "Represent this sentence for searching relevant passages: a"),
        ("bge-large-en", "passage", "a"),
        ("text-embedding-3-small", "query", "a"),
    ],
)
async def test_texts_are_embedded_with_what_their_model_wants_before_them(model: str, role: Any, sent: str) -> None:
    async with (
        OddEndpoint(fails(503), vectors([1.0, 0.0], [0.0, 1.0])).serve() as endpoint,
        line_to(endpoint.url) as line,
    ):
        assert await EndpointEmbedder(line, model).embed(["a", "b"], role=role) == [[1.0, 0.0], [0.0, 1.0]]
    assert endpoint.asked[-1]["input"][0] == sent


async def test_many_texts_go_in_batches_in_order() -> None:
    def rule(body: dict[str, Any]) -> Reply:
        return vectors(*([float(text)] for text in body["input"]))

    async with OddEndpoint(rules=[rule]).serve() as endpoint, line_to(endpoint.url) as line:
        found = await EndpointEmbedder(line, "m").embed([str(n) for n in range(150)], role="passage")
        assert await EndpointEmbedder(line, "m").embed([], role="passage") == []
    assert found == [[float(n)] for n in range(150)]
    assert len(endpoint.asked) == 3


@pytest.mark.parametrize(
    "reply", [vectors([1.0]), Reply((b"{}",), content_type="application/json"), Reply((b"<html>",))]
)
async def test_what_is_no_list_of_embeddings_is_an_error(reply: Reply) -> None:
    async with OddEndpoint(reply).serve() as endpoint, line_to(endpoint.url) as line:
        with pytest.raises(ModelError, match="embeddings"):
            await EndpointEmbedder(line, "m").embed(["a", "b"], role="query")
