"""What is asked of a model and what it sends back, in words that every endpoint can be translated to."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from pydantic import JsonValue

JsonObject = Mapping[str, JsonValue]

Work = Literal["chat", "triage", "summary", "multilingual", "reasoning", "vision", "embeddings", "code"]
"""Kinds of work, each with its own endpoint and model in `firstline.toml`."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A checked, re-encoded image, ready to be shown to a model."""

    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One function the model asks for. `arguments` is its text: it may be broken JSON."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """One message of a request."""

    role: Literal["system", "user", "assistant", "tool"]
    text: str
    pictures: tuple[Picture, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    """On an assistant message: the calls it made."""
    call_id: str = ""
    """On a tool message: which call this is the result of."""


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A function as the model sees it. `parameters` is a JSON schema of type object."""

    name: str
    description: str
    parameters: JsonObject
    examples: tuple[tuple[str, JsonObject | None], ...] = ()
    """What a customer says and the arguments that follow; None: it sounds near, but is not for this function.
    Small models choose by them."""


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One call to a model."""

    messages: tuple[PromptMessage, ...]
    tools: tuple[ToolSpec, ...] = ()
    json_schema: JsonObject | None = None
    """The answer must be JSON of this schema; adapters degrade to JSON mode or a prompt where needed."""
    max_tokens: int = 800
    temperature: float = 0.2
    seed: int | None = None
    """Makes an answer repeatable where the endpoint can; tests use it."""
    question: str = ""
    """The customer's own new words, without the passages around them: what a small model decides on."""


@dataclass(frozen=True, slots=True)
class TextPiece:
    """Text, as it comes."""

    text: str


@dataclass(frozen=True, slots=True)
class CallsAsked:
    """The model wants these run before it goes on. Comes at most once, after all text."""

    calls: tuple[ToolCall, ...]


@dataclass(frozen=True, slots=True)
class Used:
    """What a call took. An endpoint that tells nothing gets an estimate, marked as such."""

    model: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    is_estimate: bool = False
    endpoint: str = field(default="", compare=False)
    """Host and port of where it was asked."""
    requests: int = 1
    """How often the endpoint was asked for it."""
    nanos: int | None = None
    """What it cost, in billionths of the currency; None when no price is known."""


ModelEvent = TextPiece | CallsAsked | Used


@dataclass(frozen=True, slots=True)
class ModelProfile:
    """What the core has to know of a model to use it well."""

    model: str
    label: str
    """For people: `Qwen2.5-Coder 1.5B on this machine`."""
    is_small: bool = False
    """Too weak to phrase what a tool did: the tool's own summary is shown, and prompts are kept short."""
    sees_pictures: bool = False
    context_tokens: int = 32_000
    endpoint: str = ""
    """Host and port of where it is asked."""
    asked_at_once: int = 1
    """Requests that one call may lead to at the same time."""


class ChatModel(Protocol):
    """A chat model somewhere."""

    @property
    def profile(self) -> ModelProfile:
        """What answers just now; after a fallback this may change between calls."""
        ...

    def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """Ask once. Events come in the order text, calls, use.

        Retries and fallbacks happen inside, but only until the first event. Raises `ModelError` when
        nothing answered, `ModelCut` when the answer broke off after its first event.
        """
        ...


class Embedder(Protocol):
    """Turns texts into vectors that are near when the texts mean alike."""

    @property
    def name(self) -> str:
        """Changes whenever vectors stop being comparable."""
        ...

    async def embed(self, texts: list[str], *, role: Literal["query", "passage"]) -> list[list[float]]:
        """One vector a text, in order, all of one length. Raises `ModelError`."""
        ...
