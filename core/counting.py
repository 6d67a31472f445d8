"""How many tokens a prompt has at most, before anybody is asked.

Byte-level tokenizers make at least one token of every few bytes. English takes 4 to 5 bytes a token, German and
French 3.5, Chinese and Japanese 3 to 4, code 3; counted is one for every three bytes, so that reservations hold.
"""

import json

from core.modelling import ModelRequest, PromptMessage, ToolSpec

_BYTES_PER_TOKEN = 3
_PER_MESSAGE = 8
"""Tokens of the template around one message."""
_PER_PICTURE = 2_000
"""What vision models take for a picture of the size that is shown to them."""

_LEAST_TOKENS = 200
"""Shorter prompts tell little about a tokenizer."""
_MARGIN = 0.9


class Counter:
    """Bytes of a token by model, learnt from what endpoints say that prompts took."""

    def __init__(self) -> None:
        self._known: dict[str, float] = {}

    def learn(self, model: str, request: ModelRequest, input_tokens: int) -> None:
        """A prompt took so many tokens, by the endpoint's own count."""
        if input_tokens < _LEAST_TOKENS or any(each.pictures for each in request.messages):
            return
        size = tools_bytes(request.tools) + sum(map(message_bytes, request.messages))
        found = size / input_tokens
        before = self._known.get(model, found)
        # What lowers the figure counts at once, what raises it slowly: budgets are to be kept.
        self._known[model] = found if found < before else 0.8 * before + 0.2 * found

    def bytes_per_token(self, model: str) -> float:
        """With a margin; the estimate for all until something was learnt."""
        known = self._known.get(model)
        return _BYTES_PER_TOKEN if known is None else max(1.0, known * _MARGIN)


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


def most_tokens(request: ModelRequest) -> int:
    """Tokens that a request takes at most, answer included."""
    size = tools_bytes(request.tools)
    around = 0
    for message in request.messages:
        size += message_bytes(message)
        around += _PER_MESSAGE + _PER_PICTURE * len(message.pictures)
    return -(-size // _BYTES_PER_TOKEN) + around + request.max_tokens
