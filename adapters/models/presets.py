"""Which model does which kind of work at endpoints that we know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from adapters.models.settings import Preset
from core.modelling import Work


@dataclass(frozen=True, slots=True)
class Wish:
    """A model wanted for a kind of work, found by name in what the endpoint lists."""

    says: str
    """For people."""
    patterns: tuple[str, ...]
    """Regular expressions over normalised ids, the best first."""
    sure: str = ""
    """An id that may be used without a list."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A known endpoint."""

    base_url: str
    wishes: Mapping[Work, Wish] = field(default_factory=dict[Work, Wish])


_LLAMA = Wish("Llama 3.3 70B", (r"^llama-3\.3-70b$", r"llama-?3[.-]3-70b"), sure="llama-3.3-70b")
_MINI = Wish("GPT-4.1 mini", (r"^gpt-4\.1-mini$", r"^gpt-4o-mini$", r"^gpt-.*mini$", r"^gpt-"), sure="gpt-4.1-mini")

ENDPOINTS: Mapping[Preset, Endpoint] = {
    "oxlo": Endpoint(
        "https://api.oxlo.ai/v1",
        {
            "chat": _LLAMA,
            "triage": _LLAMA,
            "multilingual": Wish("Qwen 3 32B", (r"qwen-?3-32b",)),
            "reasoning": Wish(
                "DeepSeek R1 671B or Kimi K2.6",
                (r"deepseek-?r1(?!.*distill)", r"^kimi-k2-6$", r"kimi-?k2[.-]6", r"kimi-?k2"),
                sure="kimi-k2-6",
            ),
            "vision": Wish("Kimi VL A3B or Gemma 3 27B", (r"kimi-?vl", r"gemma-?3-27b")),
            "embeddings": Wish("BGE-Large or E5-Large", (r"bge-?large", r"e5-?large")),
            "code": Wish(
                "Qwen 3 Coder 30B or Oxlo.ai Coder Fast", (r"qwen-?3-?coder-?30b", r"oxlo.*coder|coder-?fast")
            ),
        },
    ),
    "openai": Endpoint(
        "https://api.openai.com/v1",
        {
            "chat": _MINI,
            "triage": _MINI,
            "multilingual": _MINI,
            "reasoning": Wish("GPT-4.1", (r"^gpt-4\.1$", r"^gpt-5\.\d$", r"^gpt-5$"), sure="gpt-4.1"),
            "vision": _MINI,
            "embeddings": Wish("text-embedding-3-small", (r"^text-embedding-3-small$",), sure="text-embedding-3-small"),
            "code": Wish("GPT-4.1", (r"^gpt-4\.1$", r"^gpt-5\.\d$", r"^gpt-5$"), sure="gpt-4.1"),
        },
    ),
    "local": Endpoint("http://127.0.0.1:8080/v1"),
    "": Endpoint(""),
}


def preset_of(base_url: str) -> Preset:
    """The preset that an address belongs to; empty for an endpoint that we do not know."""
    host = urlsplit(base_url).hostname or ""
    if host == "api.oxlo.ai":
        return "oxlo"
    return "openai" if host == "api.openai.com" else ""
