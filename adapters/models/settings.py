"""The `[models]` table of `firstline.toml`: which model at which endpoint does what."""

from typing import Literal

from pydantic import Field, JsonValue, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from core.modelling import Work
from core.section import Section

Preset = Literal["", "openai", "oxlo", "local"]


class ModelTable(Section):
    """One model. What is left out is taken from the preset, or found out at start."""

    base_url: str = ""
    """Address of the endpoint, ending in `/v1` for most; empty: `OPENAI_BASE_URL`, else the preset's."""
    model: str = ""
    """The model's id at that endpoint; empty: chosen from what the endpoint lists."""
    api_key_env: str = ""
    """Name of the environment variable that holds its key; empty: `OPENAI_API_KEY`."""
    fallback: tuple["str | ModelTable", ...] = ()
    """Asked in this order when it fails: names of models at the same endpoint, or tables like this one."""
    label: str = ""
    """What people read; empty: the model's id."""
    native_tools: bool | None = None
    """Does it take functions? Left out: tried."""
    json_form: Literal["", "schema", "object", "none"] = Field(default="", alias="json")
    """The strongest form of JSON answers it takes; empty: tried."""
    sees_pictures: bool | None = None
    """Left out: judged by its name."""
    is_small: bool | None = None
    """Too weak to be trusted with functions in a free answer. Left out: judged by the size in its name."""
    context_tokens: PositiveInt = 32_000
    """Tokens of one prompt with its answer."""
    first_chunk_limit_s: PositiveFloat = 60.0
    """Seconds from a request to the first piece of its answer."""
    chunk_limit_s: PositiveFloat = 30.0
    """Seconds between two pieces."""
    tokenizer: str = ""
    """Path of the model's `tokenizer.json`; empty: tokens are counted by what the endpoint reports."""
    requests_per_minute: NonNegativeInt = 0
    """Of this table, in this process; what is over it waits, or goes to the fallback. 0: no limit."""
    at_once: NonNegativeInt = 0
    """Requests of this table under way at once, in this process. 0: no limit."""
    hedge_after_s: NonNegativeFloat = 0.0
    """Seconds after which the first fallback is asked too, when no answer has begun; both are paid for. 0: never."""
    extra_body: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])
    """More fields for every request, for what only this endpoint knows."""
    extra_body_decide: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])
    """The same for the short call in which a small model chooses a function."""
    extra_body_reply: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])
    """The same for the call in which a small model writes the answer."""


class ModelsSettings(Section):
    """Models by kind of work. A kind that is left out is done by the preset's model, else by `chat`."""

    preset: Preset = ""
    """Empty: judged by the endpoint's address."""
    chat: ModelTable = ModelTable()
    triage: ModelTable | None = None
    summary: ModelTable | None = None
    """Left out: whoever does triage."""
    multilingual: ModelTable | None = None
    reasoning: ModelTable | None = None
    vision: ModelTable | None = None
    embeddings: ModelTable | None = None
    code: ModelTable | None = None
    transcription: ModelTable | None = None
    """Puts voice messages into words. Left out: people are asked to write."""

    def table(self, work: Work) -> ModelTable | None:
        """What is set for a kind of work."""
        found: ModelTable | None = getattr(self, work)
        return found
