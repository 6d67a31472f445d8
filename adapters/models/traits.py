"""What one model at one endpoint takes in a request, learnt from what it refuses."""

import re
from typing import Literal

Feature = Literal[
    "tools",
    "json_schema",
    "json_object",
    "stream_options",
    "max_tokens",
    "max_completion_tokens",
    "temperature",
    "seed",
    "extra",
    "late_system",
    "repeated_roles",
    "pictures",
]
JsonForm = Literal["schema", "object", "none"]

_JSON_WORDS = r"response_?format|json_?schema|json_?object|json.mode|structured.output|guided"
_WORDS: tuple[tuple[Feature, str], ...] = (
    ("stream_options", r"stream_?options|include_usage"),
    ("max_tokens", r"max_(completion_)?tokens"),
    ("max_completion_tokens", r"max_(completion_)?tokens"),
    ("temperature", r"temperature"),
    ("seed", r"\bseed\b"),
    ("json_schema", _JSON_WORDS),
    ("json_object", _JSON_WORDS),
    ("late_system", r"system (message|role|prompt)|role.{0,10}system"),
    ("repeated_roles", r"alternat|consecutive|same role"),
    ("pictures", r"image|vision|multimodal|content.{0,30}(string|str type|array|list)"),
    ("tools", r"\btools?\b|tool_choice|tool.?call|function.?call|functions"),
    ("extra", r"cache_prompt|id_slot|extra|unknown (field|param)|unrecognized|unexpected"),
)
"""How endpoints name a feature when they refuse it, the more telling words first."""

_SUSPECTS: tuple[Feature, ...] = (
    "extra",
    "stream_options",
    "seed",
    "temperature",
    "json_schema",
    "json_object",
    "max_tokens",
    "tools",
)
"""What to leave out, in this order, when an endpoint refuses a request and does not say why."""


class Traits:
    """What this model takes. Kept as long as the process runs, so a refusal is paid for once."""

    def __init__(self, *, native_tools: bool | None = None, json: JsonForm | None = None) -> None:
        self._refused: set[Feature] = set()
        self._proven: set[Feature] = set()
        if native_tools is False:
            self._refused.add("tools")
        if native_tools:
            self._proven.add("tools")
        if json in ("object", "none"):
            self._refused.add("json_schema")
        if json == "none":
            self._refused.add("json_object")

    def takes(self, feature: Feature) -> bool:
        """Nothing is known against it."""
        return feature not in self._refused

    @property
    def json(self) -> JsonForm:
        """The strongest form of JSON answers that it takes."""
        if self.takes("json_schema"):
            return "schema"
        return "object" if self.takes("json_object") else "none"

    @property
    def length_name(self) -> Literal["max_tokens", "max_completion_tokens", ""]:
        """Its name for the length limit; empty when it takes none."""
        if self.takes("max_tokens"):
            return "max_tokens"
        return "max_completion_tokens" if self.takes("max_completion_tokens") else ""

    def worked(self, used: set[Feature]) -> None:
        """A request with these was answered, so none of them is a suspect any more."""
        self._proven |= used

    def learn(self, said: str, used: set[Feature]) -> Feature | None:
        """The feature that a refusal is about, given up from now on; None when it is about none of them.

        `said` is the endpoint's message in lower case, `used` what the refused request made use of.
        """
        named: Feature | None = next((each for each, words in _WORDS if each in used and re.search(words, said)), None)
        guessed: Feature | None = next((each for each in _SUSPECTS if each in used and each not in self._proven), None)
        found = named or guessed
        if found is not None:
            self._refused.add(found)
        return found
