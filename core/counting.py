"""How many tokens a prompt has at most, before anybody is asked.

A model's own tokenizer counts, where it is known. Elsewhere bytes do: byte-level tokenizers make no more tokens than
there are bytes. English takes 4 to 5 bytes a token, German and French 3.5, Chinese and Japanese 3 to 4, code 3; counted
is one for every three, or for as few as an endpoint was seen to count, and in strict budgets one for every byte.
"""

import json
import math
from collections.abc import Callable, Iterable, Iterator

from core.modelling import ModelRequest, PromptMessage, ToolSpec

_BYTES_PER_TOKEN = 3
_PER_MESSAGE = 8
"""Tokens of the template around one message."""
_PER_PICTURE = 2_000
"""What vision models take for a picture of the size that is shown to them."""

_LEAST_TOKENS = 200
"""Shorter prompts tell little about a tokenizer."""
_MARGIN = 0.9


Tokenizer = Callable[[str], int]
"""Counts the tokens of a text."""


class Counter:
    """Bytes of a token by model: by its tokenizer, else learnt from what endpoints say that prompts took."""

    def __init__(self) -> None:
        self._known: dict[str, float] = {}
        self._tokenizers: dict[str, Tokenizer] = {}

    def know(self, model: str, tokenizer: Tokenizer) -> None:
        """From now on this counts for the model."""
        self._tokenizers[model] = tokenizer

    def learn(self, model: str, request: ModelRequest, input_tokens: int) -> None:
        """A prompt took so many tokens, by the endpoint's own count."""
        if input_tokens < _LEAST_TOKENS or any(each.pictures for each in request.messages):
            return
        size = tools_bytes(request.tools) + sum(map(message_bytes, request.messages))
        found = size / input_tokens
        before = self._known.get(model, found)
        # What lowers the figure counts at once, what raises it slowly: budgets are to be kept.
        self._known[model] = found if found < before else 0.8 * before + 0.2 * found

    def bytes_per_token(self, model: str, texts: Iterable[str] = ()) -> float:
        """Of these texts, where the tokenizer is known; else with a margin, the estimate for all at first."""
        if (tokenizer := self._tokenizers.get(model)) is not None:
            said = "\n".join(texts)
            if tokens := tokenizer(said):
                return max(1.0, size_bytes(said) / tokens)
        known = self._known.get(model)
        return _BYTES_PER_TOKEN if known is None else max(1.0, known * _MARGIN)

    def most_tokens(self, model: str, request: ModelRequest, *, is_strict: bool = False) -> int:
        """Tokens that a request takes at most, answer included."""
        if (tokenizer := self._tokenizers.get(model)) is not None:
            return sum(map(tokenizer, _texts(request))) + _around(request)
        return most_tokens(request, per_token=1 if is_strict else min(_BYTES_PER_TOKEN, self.bytes_per_token(model)))


_specs: dict[str, tuple[ToolSpec, int]] = {}


def size_bytes(text: str) -> int:
    """Bytes of UTF-8."""
    return len(text) if text.isascii() else len(text.encode(errors="replace"))


def message_bytes(message: PromptMessage) -> int:
    """Bytes of a message without its pictures."""
    size = size_bytes(message.text)
    for call in message.calls:
        size += size_bytes(call.name) + size_bytes(call.arguments)
    return size


def tools_bytes(tools: tuple[ToolSpec, ...]) -> int:
    """Bytes of the functions that are offered; each is measured once."""
    size = 0
    for spec in tools:
        known = _specs.get(spec.name)
        if known is None or known[0] is not spec:
            text = json.dumps(spec.parameters, ensure_ascii=False)
            known = _specs[spec.name] = (spec, size_bytes(spec.name + spec.description + text))
        size += known[1]
    return size


def most_tokens(request: ModelRequest, *, per_token: float = _BYTES_PER_TOKEN) -> int:
    """Tokens that a request takes at most, answer included, at so many bytes a token."""
    size = tools_bytes(request.tools) + sum(map(message_bytes, request.messages))
    return math.ceil(size / per_token) + _around(request)


def _around(request: ModelRequest) -> int:
    """The template, pictures, and the longest answer allowed."""
    pictures = sum(len(each.pictures) for each in request.messages)
    return _PER_MESSAGE * len(request.messages) + _PER_PICTURE * pictures + request.max_tokens


def _texts(request: ModelRequest) -> Iterator[str]:
    for spec in request.tools:
        yield f"{spec.name} {spec.description} {json.dumps(spec.parameters, ensure_ascii=False)}"
    for message in request.messages:
        yield message.text
        for call in message.calls:
            yield f"{call.name} {call.arguments}"
